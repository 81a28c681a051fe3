// A program at a pseudo-terminal, as a person has it before them: util-linux's `script` makes the terminal.
import { spawn, spawnSync } from "node:child_process";

/** Why nothing can run at a pseudo-terminal here; false where it can. */
export const NO_TERMINAL = /util-linux/.test(
  spawnSync("script", ["--version"], { encoding: "utf8" }).stdout ?? "",
)
  ? false
  : "there is no util-linux script";

/** What a person reads at the end of what the terminal shows, and what they type then, or do. */
export type Answer = readonly [prompt: RegExp, keys: string | ((match: RegExpExecArray) => string)];

export const CTRL_C = "\x03";
export const CTRL_D = "\x04";
export const ENTER = "\r";

/** What the terminal showed, and how the program ended. */
export interface AtTerminal {
  readonly code: number;
  readonly shown: string;
}

/**
 * Runs a program of Node's at a pseudo-terminal. Each answer is typed once its prompt is shown; a prompt that never comes
 * leaves the program waiting.
 *
 * @param args Node's arguments
 */
export function runAtTerminal(
  args: readonly string[],
  answers: readonly Answer[],
  env: Readonly<Record<string, string | undefined>> = process.env,
  cwd: string = process.cwd(),
): Promise<AtTerminal> {
  const line = [process.execPath, ...args].map(quoted).join(" ");
  const child = spawn("script", ["--quiet", "--return", "--command", line, "/dev/null"], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...env, TERM: "dumb" },
    cwd,
  });
  const waiting = [...answers];
  let shown = "";
  let fresh = "";
  child.stdout.on("data", (chunk: Buffer) => {
    shown += chunk;
    fresh += chunk;
    const [prompt, keys = ""] = waiting[0] ?? [];
    const match = prompt?.exec(fresh);
    if (!match) return;
    waiting.shift();
    fresh = "";
    child.stdin.write(typeof keys === "string" ? keys : keys(match));
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? -1, shown }));
  });
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
