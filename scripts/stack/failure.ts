import { ConfigError } from "../../config/read.ts";
import { exitCodeOf } from "../steps/ask.ts";

/**
 * Tells why a script has failed, by its name; what is wrong in a stack file is told in lines of its own.
 *
 * @returns the script's exit code
 */
export function tellFailure(script: string, error: unknown): number {
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(error instanceof ConfigError ? `${text}\n` : `${script}: ${text}\n`);
  return exitCodeOf(error as Error);
}
