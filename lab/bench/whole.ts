import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectRoot } from "../../scripts/setup/root.ts";
import { type Row, timed } from "./row.ts";

/** From the start of a process to a lab that listens. */
export async function measureLab(): Promise<Row[]> {
  const script =
    'const { openLab } = await import("./lab/src/lab.ts"); await (await openLab({ seed: "1" })).close();';
  const time = await timed(() => node(["--input-type=module", "--eval", script]));
  return [
    { name: "lab ready, process start included", measured: time / 1000, budget: 2, unit: "s" },
  ];
}

/** The whole story, process start included, once everything is set up. */
export async function measureStory(): Promise<Row[]> {
  const time = await timed(() => node([join("lab", "cli", "main.ts")]));
  return [{ name: "the story, once set up", measured: time / 1000, budget: 60, unit: "s" }];
}

/** All unit tests, process start included, as the price of a thousand: their number grows with what is tested. */
export async function measureUnitTests(): Promise<Row[]> {
  let printed = "";
  const time = await timed(async () => {
    ({ stdout: printed } = await node([
      join("scripts", "test", "main.ts"),
      ...["--only", "test/unit/"],
    ]));
  });
  const passed = Number(/^(\d+) passed, 0 failed, \d+ skipped\n$/m.exec(printed)?.[1]);
  return [{ name: "a thousand unit tests", measured: time / passed, budget: 15, unit: "s" }];
}

/** Runs Node in the project's folder; rejects, with its output, when it fails. */
const node = (args: readonly string[]) =>
  promisify(execFile)(process.execPath, args, { cwd: projectRoot, maxBuffer: 2 ** 26 });
