// `npm run verify`: what the headers of a received message say of the relay. See HELP.
import Table from "cli-table3";
import { authorOf } from "../../mail/message/author.ts";
import { type Field, fieldsOf } from "../../mail/message/fields.ts";
import { FOLDERS } from "../../mail/message/reading.ts";
import { verdictsOf } from "../../mail/message/verdict.ts";
import { visible } from "../../mail/message/visible.ts";
import type { Sender } from "../../mail/senders/sender.ts";
import type { Judged, Verification } from "../../mail/verification/verification.ts";
import { readOptions, wrongUsage } from "../setup/options.ts";
import { loadConfig, senderNamed } from "../stack/config.ts";
import { tellFailure } from "../stack/failure.ts";
import { readHeader } from "./headers.ts";

const HELP = `npm run verify -- --stack NAME --headers FILE [--sender NAME] [--receiver ID] [--folder F] [--json]

Judges a message that arrived, by its headers: SPF, DKIM, DMARC and their alignment, ARC, TLS of each hop, whether a connector
or a mailbox of the tenant took it, delays and clocks, the pool that it left by, and where the receiver put it. Believes only
what the receiver or Exchange wrote. Names the resource to mend, the reason and the fix. Reads what \`pulumi config\` shows of the
stack; sends nothing, asks no network but the backend's, and changes nothing.

  --stack NAME    the stack: prod, or organization/project/prod
  --headers FILE  headers that were pasted into a file, or a message saved as .eml; - reads standard input
  --sender NAME   the sender of the message; without it, the sender of the stack that sends from the address in From
  --receiver ID   whose Authentication-Results to believe, by the name that they begin with: mx.example.com
  --folder F      where the message was found: inbox, junk or quarantine; few receivers write it into the headers
  --json          writes one object to stdout

Exit codes: 0 all passed; 7 something failed, or the headers do not say; 1 the headers or the stack can't be read, or the
message is of no sender of the stack; 2 wrong usage.`;

const options = {
  stack: { type: "string" },
  headers: { type: "string" },
  sender: { type: "string" },
  receiver: { type: "string" },
  folder: { type: "string" },
  json: { type: "boolean", default: false },
} as const;

/** As `npm run drift` ends when something differs. */
const NOT_PROVED = 7;

async function main(): Promise<number> {
  const { stack, headers, receiver, json, ...given } = readOptions("verify", HELP, options);
  const folder = FOLDERS.find((one) => one === given.folder);
  if (stack === undefined) return usage("--stack is missing");
  if (headers === undefined) return usage("--headers is missing");
  if (given.folder !== undefined && folder === undefined) {
    return usage(`--folder "${given.folder}" is not one of ${FOLDERS.join(", ")}`);
  }
  const fields = fieldsOf(await readHeader(headers));
  if (fields.length === 0) {
    throw new Error(
      `${headers} has no header field; paste all headers, or save the message as .eml`,
    );
  }
  const { name, config } = await loadConfig(stack);
  const sender =
    given.sender === undefined
      ? senderOf(fields, config.senders, name)
      : senderNamed(given.sender, config, stack);
  const { tenantId, domains } = config;
  const told = {
    ...(receiver !== undefined && { receiver }),
    ...(folder !== undefined && { folder }),
  };
  const expected = { stack: name, tenantId, domains, sender, ...told };
  const verdicts = verdictsOf(fields, expected).map(shown);
  if (json) console.log(JSON.stringify({ stack: name, sender: sender.name, verdicts }, null, 2));
  else console.log(printed({ sender: sender.name, judged: verdicts }));
  return verdicts.every(({ outcome }) => outcome === "pass") ? 0 : NOT_PROVED;
}

const usage = (problem: string): number => wrongUsage("verify", HELP, problem);

/** The sender that sends from the address in From; one that lists it, before one that has all of its domain. */
function senderOf(fields: readonly Field[], senders: readonly Sender[], stack: string): Sender {
  const author = authorOf(fields);
  const sendingFrom = (one: string) => senders.find(({ from }) => from.includes(one));
  const sender = author && (sendingFrom(author.address) ?? sendingFrom(`*@${author.domain}`));
  if (sender !== undefined) return sender;
  const from = author === undefined ? "no address in From" : `From ${visible(author.address)}`;
  const known = senders.map((one) => one.name).join(", ");
  throw new Error(
    `the message has ${from}, which no sender of stack "${stack}" sends from; name its sender with --sender: ${known}`,
  );
}

/** What others wrote may hold escape sequences. */
function shown(verdict: Judged): Judged {
  const entries = Object.entries(verdict).map(([key, value]) => [
    key,
    typeof value === "string" ? visible(value) : value,
  ]);
  return Object.fromEntries(entries) as Judged;
}

function printed({ sender, judged }: Pick<Verification, "sender" | "judged">): string {
  const table = new Table({
    head: ["check", "verdict", "read in the headers"],
    style: { head: [], border: [] },
  });
  for (const { check, outcome, read } of judged) table.push([check, outcome, read]);
  const lines = judged.flatMap((verdict) => {
    if (verdict.outcome === "pass") return [];
    const of = verdict.outcome === "fail" && verdict.resource ? ` (${verdict.resource})` : "";
    const head = `${verdict.check} ${verdict.outcome === "fail" ? "failed" : "is unknown"}${of}`;
    return ["", head, `  ${verdict.reason}`, `  -> ${verdict.fix}`];
  });
  return [`sender ${sender}`, table.toString(), ...lines].join("\n");
}

try {
  process.exitCode = await main();
} catch (error) {
  process.exitCode = tellFailure("verify", error);
}
