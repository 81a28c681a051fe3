// Run by node:test: loads the test files that are its arguments into this one process, each in a suite of its own, named
// by its path. A file that can't be loaded fails alone, and hooks at its top level are its own.
import { createRequire } from "node:module";
import { describe } from "node:test";
import { pathToFileURL } from "node:url";

const [first = "", ...others] = process.argv.slice(2);

if (others.length === 0)
  describe(first, async () => void (await import(pathToFileURL(first).href)));
else {
  // At once, and so without a top-level await in what they import: where files wait side by side, node:test may take
  // the tests of one for another's.
  const require = createRequire(import.meta.url);
  for (const file of [first, ...others]) describe(file, () => void require(file));
}
