// `npm run verify`: how the mail of a stack's senders arrives. See HELP.
import { FOLDERS } from "../../mail/message/reading.ts";
import { type Problem, sentence } from "../../mail/problem.ts";
import { canonicalMailbox, mailboxAddressProblem } from "../../mail/senders/mailbox.ts";
import { PROBES } from "../../mail/verification/probe/probes.ts";
import { PERSON_TOKENS } from "../../tenant/connection.ts";
import { readOptions, wrongUsage } from "../setup/options.ts";
import { tellFailure } from "../stack/failure.ts";
import { verifyBySending } from "./bySending.ts";
import { verifyHeaders } from "./fromHeaders.ts";
import { type ImapAccess, PASSWORD } from "./imap.ts";
import { probeFor } from "./printProbe.ts";
import { reportOptions, reportProblem } from "./report.ts";
import { writeResults } from "./results.ts";

const CLIENTS = PROBES.map(({ name }) => name);

const HELP = `npm run verify -- --stack NAME --to ADDRESS… [--sender NAME…] [--imap HOST[:PORT] --imap-user USER | --graph-mailbox ADDRESS] …
npm run verify -- --stack NAME --to ADDRESS… --probe NAME [--client ${CLIENTS.join("|")}] [--files FOLDER]
npm run verify -- --stack NAME --to ADDRESS… --sender NAME --id ID …
npm run verify -- --stack NAME --headers FILE [--sender NAME] [--receiver ID] [--folder F]

With --to: sends one message as each sender, as the sender itself sends, looks for it in the recipient's mailbox and in Exchange's
message trace, and judges it. The result of a sender whose IP address, certificate or identity this machine does not have is
unknown. After a temporary refusal a message is sent once more, after any other refusal not again. Reads the stack's outputs,
secrets included, and prints no secret.

With --probe: prints a program that sends one message from the sender's own machine. With --id: looks for such a message. Both
send nothing. With --headers: judges a message that arrived, without a connection to any mail server.

The checks are the handover to Exchange, the arrival, and by the headers SPF, DKIM, DMARC and their alignment, ARC, TLS of each
hop, whether Exchange attributed it to the sender's connector or mailbox, delays and clocks, Exchange's sending pool, and the
folder. Only what the receiver or Exchange wrote counts. A failed check names the resource to fix, the reason and the fix.

  --stack NAME      the stack: prod, or organization/project/prod
  --to ADDRESS      a recipient, best one outside the tenant, as some checks do not apply inside; repeatable
  --sender NAME     a sender of the stack; repeatable. Without it all senders; with --headers the one that sends from
                    the address in From
  --files FOLDER    where the senders' keys, certificates and assertions are, with the names that npm run senders prints
                    (default: /etc/m365-relay)
  --local-address A the IP address of this machine to connect from, if it has several
  --probe NAME      the sender to print a program for, which is run on the sender's machine
  --client NAME     what runs it: a POSIX shell with openssl (default), PowerShell 7 (not run by us), or Python
  --id ID           Message-ID of a message that was sent elsewhere
  --imap HOST:PORT  looks for the messages in a recipient's mailbox, inbox and spam folder first, by IMAP over TLS (port 993); the
                    password is in ${PASSWORD}
  --imap-user USER  its user name
  --graph-mailbox A looks for them in the mailbox of a user of Microsoft 365, by user principal name, with Graph: as whom
                    ${PERSON_TOKENS.graph} is a token of, else as the app of the ARM_ variables
  --no-trace        does not read Exchange's message trace, which needs an app with the role View-Only Recipients
  --wait MINUTES    how long to look for the messages (default: 5); the trace can be 10 minutes late. 0 looks once
  --headers FILE    a file with all headers of a message, or a message saved as .eml; - reads standard input
  --receiver ID     the receiver whose Authentication-Results count, by the name that they begin with: mx.example.com
  --folder F        with --headers, where the message was found: inbox, junk or quarantine; few receivers write it into the headers
  --json            writes one object to stdout
  --html FILE       writes a report for people, as one page with all evidence
  --markdown FILE   writes a report for a pull request or a ticket; - for stdout, in place of the usual output
  --junit FILE      writes a report for a pipeline, as JUnit's XML: a suite for each message, a case for each check

Reports contain people's addresses and mail headers: only the files' owner may read them. Existing files are replaced.

Exit codes: 0 all passed that applies; 7 something failed or is unknown; 1 the stack, the headers or the mailbox can't be read, the
message is of no sender of the stack, or a report can't be written; 2 wrong usage; 130 Ctrl-C.`;

const options = {
  stack: { type: "string" },
  to: { type: "string", multiple: true, default: [] as string[] },
  sender: { type: "string", multiple: true, default: [] as string[] },
  files: { type: "string", default: "/etc/m365-relay" },
  "local-address": { type: "string" },
  probe: { type: "string" },
  client: { type: "string" },
  id: { type: "string" },
  imap: { type: "string" },
  "imap-user": { type: "string" },
  "graph-mailbox": { type: "string" },
  "no-trace": { type: "boolean", default: false },
  wait: { type: "string", default: "5" },
  headers: { type: "string" },
  receiver: { type: "string" },
  folder: { type: "string" },
  json: { type: "boolean", default: false },
  ...reportOptions,
} as const;

type Options = ReturnType<typeof readOptions<typeof options>>;

async function main(): Promise<number> {
  const given = readOptions("verify", HELP, options);
  const { stack, headers, to } = given;
  if (stack === undefined) return usage("--stack is missing");
  const problem = await reportProblem(given);
  if (problem !== undefined) return usage(problem);
  if (headers === undefined) return verifyTo(stack, given);
  return to.length > 0 ? usage("give --to or --headers, not both") : judge(stack, headers, given);
}

async function judge(stack: string, headers: string, given: Options): Promise<number> {
  const { receiver } = given;
  const folder = FOLDERS.find((one) => one === given.folder);
  if (given.folder !== undefined && folder === undefined) {
    return usage(`--folder "${given.folder}" is not one of ${FOLDERS.join(", ")}`);
  }
  const [sender, ...others] = given.sender;
  if (others.length > 0) return usage("--headers takes one --sender");
  const found = await verifyHeaders({ stack, headers, sender, receiver, folder });
  return writeResults(found.stack, [found.verification], given);
}

async function verifyTo(stack: string, given: Options): Promise<number> {
  const { to, sender: senders, files, id, receiver, wait } = given;
  const { "local-address": localAddress, "no-trace": untraced } = given;
  if (to.length === 0) return usage("give --to or --headers");
  const noAddress = to.map(recipientProblem).find((one) => one !== undefined);
  if (noAddress !== undefined) return usage(sentence(noAddress));
  if (given.folder !== undefined) return usage("--folder goes with --headers");
  if (given.probe !== undefined) return printProbe(stack, given.probe, given);
  if (given.client !== undefined) return usage("--client goes with --probe");
  if (id !== undefined && !/^<[^<>\s]+@[^<>\s]+>$/.test(id)) {
    return usage(`--id "${id}" is no Message-ID; give it with its angle brackets, quoted`);
  }
  if (id !== undefined && senders.length !== 1) return usage("--id takes one --sender");
  if (!/^\d{1,4}$/.test(wait))
    return usage(`--wait "${wait}" is no number of minutes; give one such as 5, or 0 to look once`);
  const imap = imapAccess(given);
  if (typeof imap === "string") return usage(imap);
  const { "graph-mailbox": graphMailbox } = given;
  if (imap !== undefined && graphMailbox !== undefined) {
    return usage("give --imap or --graph-mailbox, not both");
  }
  const found = await verifyBySending({
    ...{ stack, to, senders: [...new Set(senders)], files, localAddress, receiver, id },
    ...{ imap, graphMailbox },
    ...{ traced: !untraced, minutes: Number(wait) },
  });
  return writeResults(found.stack, found.verifications, given);
}

async function printProbe(stack: string, sender: string, given: Options): Promise<number> {
  const { to, files, client: wanted = "sh", id, sender: senders } = given;
  const client = PROBES.find(({ name }) => name === wanted);
  if (client === undefined)
    return usage(`--client "${wanted}" is not one of ${CLIENTS.join(", ")}`);
  if (id !== undefined || senders.length > 0) return usage("give --probe, or --sender and --id");
  process.stdout.write(await probeFor({ stack, to, files, sender }, client));
  return 0;
}

/** One of ASCII alone, which every client can name and every server takes. */
const recipientProblem = (address: string): Problem | undefined =>
  mailboxAddressProblem("--to", canonicalMailbox(address));

/** How the recipient's mailbox is read; undefined where it is not to be, a text where something is missing. */
function imapAccess({ imap, "imap-user": user }: Options): ImapAccess | string | undefined {
  if (imap === undefined) return user === undefined ? undefined : "--imap-user goes with --imap";
  const [, host, port = "993"] = /^([\w.-]+)(?::(\d{1,5}))?$/.exec(imap) ?? [];
  if (host === undefined) return `--imap "${imap}" is not HOST or HOST:PORT`;
  if (user === undefined) return "--imap needs --imap-user";
  const password = process.env[PASSWORD] ?? "";
  if (password === "") return `--imap needs the mailbox's password in ${PASSWORD}`;
  return { host, port: Number(port), user, password };
}

const usage = (problem: string): number => wrongUsage("verify", HELP, problem);

try {
  process.exitCode = await main();
} catch (error) {
  process.exitCode = tellFailure("verify", error);
}
