// `npm run verify`: how the mail of a stack's senders arrives. See HELP.
import { FOLDERS } from "../../mail/message/reading.ts";
import { readOptions, wrongUsage } from "../setup/options.ts";
import { tellFailure } from "../stack/failure.ts";
import { verifyBySending } from "./bySending.ts";
import { verifyHeaders } from "./fromHeaders.ts";
import { reportOptions, reportProblem } from "./report.ts";
import { writeResults } from "./results.ts";

const HELP = `npm run verify -- --stack NAME --to ADDRESS… [--sender NAME…] [--files FOLDER] [--local-address ADDRESS]
npm run verify -- --stack NAME --headers FILE [--sender NAME] [--receiver ID] [--folder F]

With --to: sends one message as each sender, by the sender's own way and from its own address, and judges what becomes of it. A
sender whose address, certificate or identity this machine does not have is told as unknown. Nothing is sent again after a
refusal, but once where the reply asks to come back. Reads the stack's outputs, secrets included, and prints no secret.

With --headers: judges a message that arrived, and sends nothing.

Judged are the handover, the arrival, and by the headers SPF, DKIM, DMARC and their alignment, ARC, TLS of each hop, whether a
connector or a mailbox of the tenant took it, delays and clocks, the pool that it left by, and where the receiver put it. Only
what the receiver or Exchange wrote is believed. What failed names the resource to mend, the reason and the fix.

  --stack NAME      the stack: prod, or organization/project/prod
  --to ADDRESS      a recipient, best outside of the tenant; again for another one
  --sender NAME     a sender of the stack; again for another one. Without it all senders; with --headers the one that sends from
                    the address in From
  --files FOLDER    where the senders' keys, certificates and assertions lie, by the names that npm run senders prints
                    (default: /etc/m365-relay)
  --local-address   the address of this machine to connect from, where it has several
  --headers FILE    headers that were pasted into a file, or a message saved as .eml; - reads standard input
  --receiver ID     whose Authentication-Results to believe, by the name that they begin with: mx.example.com
  --folder F        with --headers, where the message was found: inbox, junk or quarantine; few receivers write it there
  --json            writes one object to stdout
  --html FILE       writes a report for people, as one page with all evidence: right on a phone, in print and without colours
  --markdown FILE   writes a report for a pull request or a ticket; - for stdout, in place of what is printed otherwise
  --junit FILE      writes a report for a pipeline, as JUnit's XML: a suite for each message, a case for each check

Reports have addresses and headers of people: only their owner may read the files. A file that is there is replaced.

Exit codes: 0 all passed; 7 something failed or is unknown; 1 the stack or the headers can't be read, or the message is of no
sender of the stack; 2 wrong usage.`;

const options = {
  stack: { type: "string" },
  to: { type: "string", multiple: true, default: [] as string[] },
  sender: { type: "string", multiple: true, default: [] as string[] },
  files: { type: "string", default: "/etc/m365-relay" },
  "local-address": { type: "string" },
  headers: { type: "string" },
  receiver: { type: "string" },
  folder: { type: "string" },
  json: { type: "boolean", default: false },
  ...reportOptions,
} as const;

async function main(): Promise<number> {
  const { stack, to, headers, receiver, ...given } = readOptions("verify", HELP, options);
  const folder = FOLDERS.find((one) => one === given.folder);
  if (stack === undefined) return usage("--stack is missing");
  if (headers === undefined && to.length === 0) return usage("give --to or --headers");
  if (headers !== undefined && to.length > 0) return usage("give --to or --headers, not both");
  const noAddress = to.find((one) => !/^[^\s@<>,;:"]+@[^\s@<>,;:"]+$/.test(one));
  if (noAddress !== undefined) return usage(`--to "${noAddress}" is no address`);
  if (given.folder !== undefined && folder === undefined) {
    return usage(`--folder "${given.folder}" is not one of ${FOLDERS.join(", ")}`);
  }
  const problem = await reportProblem(given);
  if (problem !== undefined) return usage(problem);
  if (headers !== undefined) {
    const [sender, ...others] = given.sender;
    if (others.length > 0) return usage("--headers takes one --sender");
    const found = await verifyHeaders({ stack, headers, sender, receiver, folder });
    return writeResults(found.stack, [found.verification], given);
  }
  const { sender: senders, files, "local-address": localAddress } = given;
  const found = await verifyBySending({ stack, to, senders, files, localAddress, receiver });
  return writeResults(found.stack, found.verifications, given);
}

const usage = (problem: string): number => wrongUsage("verify", HELP, problem);

try {
  process.exitCode = await main();
} catch (error) {
  process.exitCode = tellFailure("verify", error);
}
