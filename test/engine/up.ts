// `up` of the stack whose settings stand in the file that is named: a process to be interrupted.
import { readFile } from "node:fs/promises";
import { openStack, type StackSettings } from "../../scripts/engine/openStack.ts";

const settings = JSON.parse(await readFile(process.argv[2] ?? "", "utf8")) as StackSettings;
await (await openStack(settings)).up();
