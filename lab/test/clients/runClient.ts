import { type ExecFileException, execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { CLIENTS, FoundOracles } from "../../../scripts/oracles/oracles.ts";

/** How a client ended. */
export interface Ended {
  /** Exit code; the error's name or the signal where there is none. */
  code: number | string;
  /** What it wrote, on both. */
  said: string;
}

/** Where a client runs with printed files, and to whom it sends. */
export interface Bench {
  readonly oracles: FoundOracles;
  /** The folder of the printed files. */
  readonly folder: string;
  /** The lab's root certificate. */
  readonly caFile: string;
  /** The loopback address that stands for the sender's public one. */
  readonly source: string;
  readonly to: string;
}

const LIMIT_MS = 60_000;

/** Runs one of Debian's mail clients. */
export const runClient = (
  oracles: FoundOracles,
  name: (typeof CLIENTS)[number],
  args: readonly string[],
  input = "",
): Promise<Ended> => runProgram(oracles, join(oracles.clients, name), args, { input });

/** Runs a program beside Debian's mail clients, without the settings and proxies of whoever runs the tests. */
export function runProgram(
  { env }: FoundOracles,
  program: string,
  args: readonly string[],
  { input = "", more = {} }: { input?: string; more?: Readonly<Record<string, string>> },
): Promise<Ended> {
  const clean = {
    PATH: process.env.PATH,
    HOME: "/nonexistent",
    LC_ALL: "C.UTF-8",
    ...env,
    ...more,
  };
  return new Promise((resolve) => {
    const finish = (error: ExecFileException | null, stdout: string, stderr: string) =>
      resolve({ code: error?.code ?? error?.signal ?? 0, said: stdout + stderr });
    const options = { env: clean, timeout: LIMIT_MS };
    const { stdin } = execFile(program, args, options, finish);
    // A client that ends before it has read everything shows in its exit code.
    stdin?.on("error", () => {}).end(input);
  });
}

/** A library of Debian's, from the fetched packages or the machine's own. */
export const libraryFile = ({ env }: FoundOracles, name: string): string =>
  env.LD_LIBRARY_PATH?.split(":")
    .map((path) => join(path, name))
    .find((path) => existsSync(path)) ?? name;
