// `npm run eject`: the relay as a PowerShell script and zone files, or its state forgotten. See HELP.

import { join } from "node:path";
import { forgetMarksScript } from "../../mail/eject/forgetMarks.ts";
import type { EjectedStack } from "../../mail/eject/relay.ts";
import { relayScript } from "../../mail/eject/script.ts";
import { counted } from "../../mail/numberText.ts";
import { shortNameOf } from "../engine/operation.ts";
import { PROJECT } from "../engine/runOnStack.ts";
import { readOptions, wrongUsage } from "../setup/options.ts";
import { type KnownDomain, loadConfig, outputsOf } from "../stack/config.ts";
import { tellFailure } from "../stack/failure.ts";
import { askFor } from "../steps/ask.ts";
import { demandNewFolder, type FileText, writeFolder } from "./folder.ts";
import { zoneFiles } from "./zones.ts";

const HELP = `npm run eject -- --stack NAME [--out FOLDER] [--sender NAME] [--json]
npm run eject -- --stack NAME --forget [--out FOLDER] [--yes --confirm NAME] [--json]

Writes the relay of a stack file as a PowerShell script (relay.ps1, for Exchange Online and Microsoft Graph) and as zone
files, for those who may not or will not run Pulumi. Asks public DNS, and the stack's outputs for the DKIM targets; without
these, the zone files say what is missing. Changes neither tenant nor DNS nor state, and writes no secret.

With --forget, empties the stack's state while the relay goes on: Pulumi manages nothing of it any more. Neither tenant nor DNS
is asked or changed. The state is written to a file first. More: docs/how-to/leave-with-a-script.md.

  --stack NAME    the stack: prod, or organization/project/prod
  --out FOLDER    a folder that is not there, in one that is, or an empty one (default eject-NAME); with --forget, the folder of
                  the backup, which is there (default this one)
  --sender NAME   writes the script of this sender alone, and no zone file
  --forget        forgets the state
  --yes           asks nothing; --confirm has to name the stack then
  --confirm NAME  the stack's name, in place of typing it
  --json          writes one object to stdout

Exit codes: 0 written or forgotten; 1 something can't be read or written, or another name was typed, and
nothing was changed; 2 wrong usage, or nobody to ask; 130 Ctrl-C.`;

const options = {
  stack: { type: "string" },
  out: { type: "string" },
  sender: { type: "string" },
  forget: { type: "boolean", default: false },
  yes: { type: "boolean", default: false },
  confirm: { type: "string" },
  json: { type: "boolean", default: false },
} as const;

type Options = ReturnType<typeof readOptions<typeof options>>;

async function main(): Promise<number> {
  const given = readOptions("eject", HELP, options);
  const misuse = misuseOf(given);
  if (misuse !== undefined) return wrongUsage("eject", HELP, misuse);
  const { stack = "" } = given;
  return given.forget ? forget(stack, given) : write(stack, given);
}

function misuseOf({ stack, forget, sender, yes, confirm }: Options): string | undefined {
  if (stack === undefined) return "--stack is missing";
  if (forget && sender !== undefined)
    return "--forget forgets all senders, so --sender can't be used with it";
  if (!forget && (yes || confirm !== undefined)) return "--yes and --confirm belong to --forget";
  if (yes !== (confirm !== undefined)) return "--yes and --confirm are used together";
  return undefined;
}

/** Windows PowerShell takes a script without this mark for one of the machine's own code page. */
const BYTE_ORDER_MARK = "\uFEFF";

async function write(stack: string, { out, sender, json }: Options): Promise<number> {
  const { name, config } = await loadConfig(stack);
  const names = config.senders.map((one) => one.name);
  if (sender !== undefined && !names.includes(sender)) {
    throw new Error(
      `there is no sender "${sender}" in stack "${name}"; use one of ${names.join(", ")}; nothing was written`,
    );
  }
  const folder = out ?? `eject-${name}`;
  await demandNewFolder(folder);
  const ejected: EjectedStack = { owner: `${PROJECT}/${name}`, name, relay: "relay" };
  const files: FileText[] = [
    { path: "relay.ps1", text: `${BYTE_ORDER_MARK}${relayScript(config, ejected, sender)}` },
  ];
  if (sender === undefined) {
    const { files: zones, warnings } = await zoneFiles(config, await knownDomains(stack));
    for (const warning of warnings) process.stderr.write(`eject: warning: ${warning}\n`);
    files.push(
      { path: "forget-marks.ps1", text: `${BYTE_ORDER_MARK}${forgetMarksScript(config, ejected)}` },
      ...[...zones].map(([domain, text]) => ({ path: join("zones", `${domain}.zone`), text })),
    );
  }
  await writeFolder(folder, files);
  const written = files.map(({ path }) => join(folder, path));
  console.log(json ? JSON.stringify({ stack: name, files: written }, null, 2) : written.join("\n"));
  return 0;
}

/** What the outputs say; nothing, with a warning, where the backend can't be read: the script does not need it. */
async function knownDomains(stack: string): Promise<ReadonlyMap<string, KnownDomain>> {
  try {
    return (await outputsOf(stack)).domains;
  } catch (error) {
    process.stderr.write(
      `eject: warning: the zone files lack the DKIM targets: ${(error as Error).message}\n`,
    );
    return new Map();
  }
}

async function forget(stack: string, { out, confirm, json }: Options): Promise<number> {
  const name = shortNameOf(stack);
  const question = `Type ${name} to empty the state of this stack. What it made in tenant and DNS stays as it is:`;
  const typed = confirm ?? (await askFor(question, "--yes --confirm NAME"));
  if (typed !== name) {
    process.stderr.write(
      `eject: "${typed}" is not the stack's name, ${name}; nothing was changed\n`,
    );
    return 1;
  }
  const backup = join(out ?? ".", `${name}-state-${stamp(new Date())}.json`);
  const { forgetState } = await import("./forget.ts");
  const forgotten = await forgetState(stack, backup);
  if (json) console.log(JSON.stringify({ stack: name, ...forgotten }, null, 2));
  if (forgotten === undefined) {
    process.stderr.write(
      `eject: the state of stack "${name}" is empty already; nothing was changed\n`,
    );
    return 0;
  }
  const { resources, pending } = forgotten;
  const things = counted(resources, "resource");
  process.stderr.write(
    [
      `eject: forgot ${things} of stack "${name}", which goes on as it is`,
      ...(pending.length === 0
        ? []
        : [`eject: a killed run was changing ${pending.join(", ")}: look what is there`]),
      `eject: ${backup} is its state as it was, secrets encrypted`,
      `eject: to bring it back: npm run pulumi -- stack import --stack ${stack} --file ${backup}`,
      "eject: what Exchange and Entra show as managed by Pulumi still says so: forget-marks.ps1 of npm run eject takes it away",
    ]
      .map((line) => `${line}\n`)
      .join(""),
  );
  return 0;
}

/** `20261128-201500` */
const stamp = (now: Date): string =>
  now.toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");

try {
  process.exitCode = await main();
} catch (error) {
  process.exitCode = tellFailure("eject", error);
}
