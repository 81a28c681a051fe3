/**
 * Runs a command in the foreground and resolves to its exit code (128 + n for signal n). This
 * process never ends before it; Ctrl-C and SIGTERM reach it exactly once.
 */
export function runForeground(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<number>;
