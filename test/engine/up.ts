// `up` of the stack whose settings stand in the file that is named: a process to be interrupted. Exit code 1 when it
// does not end well; said here, as the SDK listens for what a program leaves unhandled.
import { readFile } from "node:fs/promises";
import { openStack, type StackSettings } from "../../scripts/engine/openStack.ts";

const settings = JSON.parse(await readFile(process.argv[2] ?? "", "utf8")) as StackSettings;
try {
  await (await openStack(settings)).up();
} catch {
  process.exitCode = 1;
}
