// `npm run doctor`: what an SMTP reply means. See HELP.

import { diagnose } from "../../mail/replies/diagnose.ts";
import { LONGEST_LINE } from "../../mail/replies/logs.ts";
import { readOptions, wrongUsage } from "../setup/options.ts";
import { loadConfig, senderNamed } from "../stack/config.ts";
import { tellFailure } from "../stack/failure.ts";
import { type Input, MOST_OCTETS, readEnd, readStream } from "./input.ts";
import { describe, toJson } from "./print.ts";

const MEGABYTES = MOST_OCTETS / 1024 / 1024;

const HELP = `npm run doctor -- --reply TEXT [--stack NAME [--sender NAME]] [--json]
npm run doctor -- --reply - …
npm run doctor -- --reply-file FILE …

Explains what a mail server replied: meaning, likely causes, what to do, source. Knows the replies of Exchange Online, and the
most frequent ones of Outlook.com, Gmail and Yahoo. Asks nothing of any service, and changes nothing.

  --reply TEXT       a reply, such as "550 5.7.64 TenantAttribution; Relay Access Denied"; - reads it from standard input
  --reply-file FILE  a bounce, or a log of Postfix, Exim, msmtp, swaks, curl, .NET, Java, nodemailer or Python
  --stack NAME       names the senders of its stack file that the reply can be about, and what they declare
  --sender NAME      only this sender
  --json             writes one object to stdout

Of a file the last ${MEGABYTES} MB are read, of standard input the first ${MEGABYTES} MB, and of a line ${LONGEST_LINE} characters.

Exit codes: 0 at least one reply is explained; 1 none is known, or something can't be read; 2 wrong usage.`;

const options = {
  reply: { type: "string" },
  "reply-file": { type: "string" },
  stack: { type: "string" },
  sender: { type: "string" },
  json: { type: "boolean", default: false },
} as const;

async function main(): Promise<number> {
  const given = readOptions("doctor", HELP, options);
  const { reply, "reply-file": file, stack, sender, json } = given;
  if ((reply === undefined) === (file === undefined)) return usage("give --reply or --reply-file");
  if (sender !== undefined && stack === undefined) return usage("--sender goes with --stack");
  const { text, isCut } = await read(reply, file);
  if (text.trim() === "") return usage("there is no reply in what was given");
  if (isCut) say(`only ${MEGABYTES} MB were read, as --help tells`);
  const diagnoses = diagnose(text, stack === undefined ? [] : await sendersOf(stack, sender));
  console.log(json ? toJson(diagnoses, isCut) : describe(diagnoses, stack));
  return diagnoses.diagnoses.some(({ row }) => row !== undefined) ? 0 : 1;
}

async function read(reply: string | undefined, file: string | undefined): Promise<Input> {
  if (file !== undefined) return readEnd(file);
  if (reply === "-") return readStream(process.stdin);
  return { text: reply ?? "", isCut: false };
}

async function sendersOf(stack: string, name: string | undefined) {
  const { config } = await loadConfig(stack);
  return name === undefined ? config.senders : [senderNamed(name, config, stack)];
}

const say = (text: string): void => void process.stderr.write(`doctor: ${text}\n`);

const usage = (problem: string): number => wrongUsage("doctor", HELP, problem);

try {
  process.exitCode = await main();
} catch (error) {
  process.exitCode = tellFailure("doctor", error);
}
