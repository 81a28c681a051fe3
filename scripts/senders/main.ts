// `npm run senders`: who sends what and how, and what a sender's server or application is configured with. See HELP.

import Table from "cli-table3";
import {
  CLIENTS,
  clientProblem,
  clientsFor,
  configurationText,
  testedWord,
} from "../../mail/clients/clients.ts";
import { type ClientSettings, clientSettings, WAYS } from "../../mail/clients/settings.ts";
import { readOptions, wrongUsage } from "../setup/options.ts";
import { outputsOf } from "../stack/config.ts";
import { runImport } from "./import/run.ts";
import { TEMPLATE } from "./import/template.ts";
import { printSenders, showingProblem } from "./show.ts";

const NAMES = CLIENTS.map(({ name }) => name);

const HELP = `npm run senders -- --stack NAME [--sender NAME …] [--tenant | --licenses N] [--prices FILE] [--json | --markdown]
npm run senders -- --stack NAME --configure SENDER [--client CLIENT] [--json]
npm run senders -- --stack NAME --import FILE [--dry-run] [--json]
npm run senders -- --import-template

Shows who sends what: the submission method of each sender of the stack file, why it has that and no other, which licence it needs,
and what it uses of Microsoft's limits (docs/reference/limits.md). Reads the stack file alone; with --tenant also what the tenant has.
Changes nothing.

  --stack NAME        the stack: prod, or organization/project/prod
  --sender NAME       this sender alone; may be given several times
  --tenant            reads the tenant's licences: how many of those that senders need are free, and how many with Exchange Online are
                      paid for, which decides how many external recipients a day are allowed. An app that only reads is enough
  --licenses N        how many licences with Exchange Online are paid for, without asking the tenant; 0 for a trial tenant. Default: 1
  --prices FILE       shows what the senders cost in a month, by your prices in this YAML file: docs/how-to/choose-a-method.md
  --markdown          Markdown with a picture, for a page or a pull request
  --json              one object in place of the text

With --configure it prints a ready configuration of a mail client for what the stack made for a sender: host, port, TLS, and how it
signs in. Without --client it lists the clients that fit. Reads the stack's outputs. It prints no secret: the text names the file
that a secret belongs in, and the command that puts it there. "tested" says that this project's tests send mail with the printed
text, in the lab; nobody here has run the others.

  --configure SENDER  the sender's name in the stack file
  --client CLIENT     ${NAMES.join("|")}

With --import it adds the senders of a table to the stack file, below those that are there. Columns are keys of a sender, as
docs/reference/contract.md has them; lists are separated by spaces. Rows that connect from the same address are one sender, as
Exchange can't tell them apart. What the stack file has already, with the same values, is passed over. Nothing is written where
anything is wrong.

  --import FILE       a CSV file as a spreadsheet writes it, with commas, semicolons or tabs
  --dry-run           prints what would be added to the stack file
  --import-template   prints a file to begin with

Exit codes: 0 printed, or imported; 1 the stack file is wrong or has no such sender, or the tenant or the prices can't be read; or,
with --configure, the stack was not brought up, its outputs can't be read, or the client can't send for this sender; 2 wrong usage.`;

const options = {
  stack: { type: "string" },
  sender: { type: "string", multiple: true },
  tenant: { type: "boolean", default: false },
  licenses: { type: "string" },
  prices: { type: "string" },
  markdown: { type: "boolean", default: false },
  configure: { type: "string" },
  client: { type: "string" },
  import: { type: "string" },
  "dry-run": { type: "boolean", default: false },
  "import-template": { type: "boolean", default: false },
  json: { type: "boolean", default: false },
} as const;

async function main(): Promise<number> {
  const { stack, configure, client, json, ...rest } = readOptions("senders", HELP, options);
  const { import: path, "dry-run": dryRun, "import-template": template, ...overview } = rest;
  const forms = { "import-template": template, import: path, configure };
  if (stack === undefined && !template) return usage("--stack is missing");
  const problem =
    formProblem({ ...forms, client, "dry-run": dryRun, ...overview, ...(template && { json }) }) ??
    showingProblem({ ...overview, json });
  if (problem !== undefined) return usage(problem);
  if (template || stack === undefined) {
    process.stdout.write(TEMPLATE);
    return 0;
  }
  if (path !== undefined) return runImport({ stack, path, dryRun, json });
  if (configure !== undefined) return printConfiguration(stack, configure, client, json);
  await printSenders(stack, { ...overview, json });
  return 0;
}

/** Options that belong to another one. */
const BELONGS_TO: Readonly<Record<string, string>> = {
  "dry-run": "import",
  client: "configure",
};

/** Says which option does not go with the others. */
function formProblem(options: Readonly<Record<string, unknown>>): string | undefined {
  const given = Object.keys(options).filter((name) => options[name] || options[name] === "");
  const form = ["import-template", "import", "configure"].find((name) => given.includes(name));
  const alien = given.find((name) => name !== form && BELONGS_TO[name] !== form);
  if (alien === undefined) return undefined;
  const owner = BELONGS_TO[alien];
  return owner === undefined ? `--${alien} is not for --${form}` : `--${alien} is for --${owner}`;
}

/** Prints what a client of a sender is configured with. */
async function printConfiguration(
  stack: string,
  configure: string,
  wanted: string | undefined,
  json: boolean,
): Promise<number> {
  const client = CLIENTS.find(({ name }) => name === wanted);
  if (wanted !== undefined && client === undefined) {
    return usage(`--client "${wanted}" is not one of ${NAMES.join(", ")}`);
  }
  const { senders: outputs } = await outputsOf(stack);
  const output = outputs.get(configure);
  if (output === undefined) {
    throw new Error(
      outputs.size === 0
        ? `stack "${stack}" has no outputs of senders yet; run npm run pulumi -- up --stack ${stack} first`
        : `the outputs of stack "${stack}" have no sender "${configure}"; use one of ${[...outputs.keys()].join(", ")}, or run up if it is new`,
    );
  }
  const settings = clientSettings(configure, output, stack);
  if (client === undefined) {
    console.log(list(settings, json));
    return 0;
  }
  const problem = clientProblem(client, settings);
  if (problem !== undefined) throw new Error(problem);
  const files = client.files(settings);
  const { way, needs } = settings;
  const { name } = client;
  const found = { stack, sender: configure, client: name, way, tested: testedWord(client, way) };
  if (json) console.log(JSON.stringify({ ...found, needs, files }, null, 2));
  else process.stdout.write(configurationText(client, settings, files));
  return 0;
}

const usage = (problem: string): number => wrongUsage("senders", HELP, problem);

/** The clients that fit a sender. */
function list(settings: ClientSettings, json: boolean): string {
  const { sender, way } = settings;
  const fitting = clientsFor(settings);
  if (json) {
    const clients = fitting.map((client) => ({
      name: client.name,
      title: client.title,
      tested: testedWord(client, way),
    }));
    return JSON.stringify({ sender, way, clients }, null, 2);
  }
  const table = new Table({ head: ["--client", "what", ""], style: { head: [], border: [] } });
  for (const client of fitting) table.push([client.name, client.title, testedWord(client, way)]);
  return `"${sender}" sends ${WAYS[way]}. Clients that fit:\n${table}`;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`senders: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
