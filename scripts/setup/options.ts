import { type ParseArgsOptionsConfig, parseArgs } from "node:util";

/**
 * Reads a script's options: `--help` prints the help and ends with 0. An option that it does not know, that is given twice
 * where one counts, or whose value is empty ends with 2 and says which.
 *
 * @param script the script's name, for the message
 */
export function readOptions<const T extends ParseArgsOptionsConfig>(
  script: string,
  help: string,
  options: T,
) {
  process.stdout.on("error", ignoreClosedPipe);
  if (process.argv.slice(2).some((argument) => ["--help", "-h"].includes(argument))) {
    console.log(help);
    process.exit(0);
  }
  try {
    const { values, tokens } = parseArgs({ options, tokens: true });
    const seen = new Set<string>();
    for (const token of tokens) {
      if (token.kind !== "option") continue;
      const { name, value } = token;
      if (value !== undefined && value.trim() === "") throw new Error(`--${name} has no value`);
      if (seen.has(name) && !options[name]?.multiple) throw new Error(`--${name} is given twice`);
      seen.add(name);
    }
    return values;
  } catch (error) {
    process.exit(wrongUsage(script, help, (error as Error).message));
  }
}

/** `… | head` closes the pipe before everything is written, which is no failure. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}

/**
 * Says what is wrong with how a script was called, and how it is called.
 *
 * @returns its exit code
 */
export function wrongUsage(script: string, help: string, problem: string): number {
  process.stderr.write(`${script}: ${problem}\n\n${help}\n`);
  return 2;
}
