// `npm run lab`: the outside world on this machine. See HELP.
import { parseArgs } from "node:util";
import { DEFAULT_SEED } from "../stack/stackConfig.ts";
import { dumpLab } from "./dump.ts";
import { listProvenance } from "./provenance.ts";
import { serveLab } from "./serve.ts";
import { tellStory } from "./tell.ts";

const HELP = `npm run lab -- [COMMAND] [--seed TEXT] [--json] [--any-ports]

The outside world (Microsoft Entra, Graph, Exchange Online, Cloudflare, DNS, another mail system) on this machine: no
account needed.

  (none)      tells the story: preview, up, mail through the relay, a stranger refused, drift, repair, destroy
  serve       keeps the world up for a plain \`pulumi\`, swaks, curl; Ctrl-C ends it, its state stays on disk
  dump        writes the served world as JSON: what it holds now, or what it holds at first
  provenance  lists every reply that the lab can give, and where its words come from

  --seed TEXT   draws another world; LAB_SEED does the same (default ${DEFAULT_SEED})
  --any-ports   serve on free ports instead of the usual ones
  --json        the story's result, or the provenance, as JSON on stdout; progress goes to stderr
                (npm run --silent lab -- --json: else npm's own lines stand before it)

Where Pulumi's azuread or cloudflare plugin is not installed, the lab brings a stand-in for it, and says so.
LAB_PLUGINS=real refuses to go without the plugins, LAB_PLUGINS=stand-in does without them always.

Exit codes: 0 as it should be; 1 a line of the story is red, or something failed; 2 wrong usage; 130 Ctrl-C.`;

async function main(): Promise<number> {
  const given = usage();
  if (typeof given === "string") {
    process.stderr.write(`lab: ${given}\n\n${HELP}\n`);
    return 2;
  }
  const { command, seed, json, anyPorts, help } = given;
  if (help) {
    console.log(HELP);
    return 0;
  }
  if (command === "dump" || command === "provenance") process.stdout.on("error", ignoreClosedPipe);
  if (command === "dump") return dumpLab(seed);
  if (command === "provenance") return listProvenance({ json });
  if (command === "serve") return serveLab(seed, { anyPorts });
  return tellStory(seed, { json });
}

/** `npm run lab -- provenance | head` closes the pipe before everything is written, which is no failure. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}

function usage() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        seed: { type: "string" },
        json: { type: "boolean", default: false },
        "any-ports": { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const [command = "story", ...rest] = positionals;
    if (!["story", "serve", "dump", "provenance"].includes(command) || rest.length > 0) {
      return `"${positionals.join(" ")}" is no command; use serve, dump, provenance or none`;
    }
    const seed = values.seed ?? (process.env.LAB_SEED || DEFAULT_SEED);
    if (!/^\w[\w.-]{0,63}$/.test(seed)) {
      return `--seed "${seed}" names a folder too; write up to 64 letters, digits, dots, hyphens or underscores, no dot or hyphen first`;
    }
    const { json, help } = values;
    return { command, seed, json, help, anyPorts: values["any-ports"] };
  } catch (error) {
    return (error as Error).message;
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`lab: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
