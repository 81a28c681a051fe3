// `npm run lab`: the outside world on this machine. See HELP.
import { parseArgs } from "node:util";
import { forcedPlugins } from "../stack/plugins.ts";
import { DEFAULT_SEED } from "../stack/stackConfig.ts";
import { dumpLab } from "./dump.ts";
import { listProvenance } from "./provenance.ts";
import { serveLab } from "./serve.ts";
import { tellStory } from "./tell.ts";

const HELP = `npm run lab -- [COMMAND] [--seed TEXT] [--json] [--any-ports]

Runs what a relay talks to (Microsoft Entra, Graph, Exchange Online, Cloudflare, GitHub, DNS, another mail system) on this
machine. No account is needed.

  (none)      plays the story: preview, up, mail through the relay, a stranger refused, drift, repair, destroy
  serve       keeps the world running for your own \`pulumi\`, swaks and curl until Ctrl-C; its state stays on disk
  dump        writes the world as JSON: as it was last served, or as it is at first
  provenance  lists what is believed without proof, and every reply that the lab can give with the source of its text

  --seed TEXT   chooses another world; LAB_SEED does the same (default ${DEFAULT_SEED})
  --any-ports   serves on free ports instead of the usual ones
  --json        writes the story's result, or the provenance, as JSON to stdout; progress goes to stderr
                (use npm run --silent lab -- --json, as npm prints lines of its own otherwise)

Where Pulumi's azuread or cloudflare plugin is not installed, the lab uses a stand-in for it, and says so.
LAB_PLUGINS=real fails if a plugin is missing; LAB_PLUGINS=stand-in always uses the stand-ins.

Exit codes: 0 success; 1 a line of the story is red, or something failed; 2 wrong usage; 130 Ctrl-C.`;

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
      return `"${positionals.join(" ")}" is not a command; use serve, dump, provenance, or no command for the story`;
    }
    const seed = values.seed ?? (process.env.LAB_SEED || DEFAULT_SEED);
    if (!/^\w[\w.-]{0,63}$/.test(seed)) {
      return `--seed "${seed}" can't be the name of a folder; use 1 to 64 letters, digits, dots, hyphens or underscores, starting with a letter, digit or underscore`;
    }
    forcedPlugins();
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
