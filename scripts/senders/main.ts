// `npm run senders`: what a sender's server or application is configured with, ready to copy. See HELP.

import Table from "cli-table3";
import {
  CLIENTS,
  clientProblem,
  configurationText,
  testedWord,
} from "../../mail/clients/clients.ts";
import { type ClientSettings, clientSettings, WAYS } from "../../mail/clients/settings.ts";
import { readOptions, wrongUsage } from "../setup/options.ts";
import { outputsOf } from "../stack/config.ts";

const NAMES = CLIENTS.map(({ name }) => name);

const HELP = `npm run senders -- --stack NAME --configure SENDER [--client CLIENT] [--json]

Prints a ready configuration of a mail client for what the stack made for a sender: host, port, TLS, and how it signs in. Without
--client it lists the clients that fit. Reads the stack's outputs. Changes nothing, and prints no secret: the text names the file
that a secret belongs in, and the command that puts it there. "tested" says that this project's tests send mail by the printed
text, in the lab; nobody here has run the others.

  --stack NAME        the stack: prod, or organization/project/prod
  --configure SENDER  the sender's name in the stack file
  --client CLIENT     ${NAMES.join("|")}
  --json              one object in place of the text

Exit codes: 0 printed; 1 there is no such sender, the stack was not brought up, its outputs can't be read, or the client can't
send for this sender; 2 wrong usage.`;

const options = {
  stack: { type: "string" },
  configure: { type: "string" },
  client: { type: "string" },
  json: { type: "boolean", default: false },
} as const;

async function main(): Promise<number> {
  const { stack, configure, client: wanted, json } = readOptions("senders", HELP, options);
  const client = CLIENTS.find(({ name }) => name === wanted);
  if (stack === undefined) return usage("--stack is missing");
  if (configure === undefined) return usage("--configure is missing");
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
  const fitting = CLIENTS.filter(({ ways }) => ways.includes(way));
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
