// One process for all suites of this folder: starting one costs more than the tests do.
import { globSync } from "node:fs";

for (const suite of globSync("*.suite.ts", { cwd: import.meta.dirname }).sort()) {
  await import(`./${suite}`);
}
