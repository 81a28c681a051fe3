// Every npm script starts here: `node scripts/setup/main.mjs [--omit=dev] SCRIPT.ts [args…]` installs the packages and
// the right Node if they are missing, then runs the script with that Node. A script with --omit=dev needs no
// development packages.
// Plain JavaScript without dependencies: it must run on any Node from 18 on, before `npm ci`.
import { existsSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { runForeground } from "./foreground.mjs";
import { ensurePackages } from "./packages.mjs";
import { ensureNode } from "./rightNode.mjs";
import { say } from "./say.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** @param {string[]} given */
async function main(given) {
  const omitDev = given[0] === "--omit=dev";
  const [script, ...args] = omitDev ? given.slice(1) : given;
  if (script === undefined) {
    throw new Error("usage: node scripts/setup/main.mjs [--omit=dev] SCRIPT.ts [ARGUMENT…]");
  }
  const path = resolve(root, script);
  if (!existsSync(path)) {
    throw new Error(`${script} does not exist in this project; \`npm run\` lists the scripts`);
  }
  await ensurePackages(root, { dev: !omitDev });
  const node = await ensureNode(root);
  return runForeground(node, [path, ...args], {
    ...process.env,
    PATH: [join(root, "node_modules", ".bin"), process.env.PATH].filter(Boolean).join(delimiter),
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE || join(root, ".cache", "node-compile"),
  });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  say("setup", /** @type {Error} */ (error).message);
  process.exitCode = 1;
}
