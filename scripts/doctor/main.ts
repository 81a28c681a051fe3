// `npm run doctor`: what keeps a stack's mail from arriving, and what an SMTP reply means. See HELP.
import { existsSync } from "node:fs";
import { LONGEST_LINE } from "../../mail/replies/logs.ts";
import { readOptions, wrongUsage } from "../setup/options.ts";
import { tellFailure } from "../stack/failure.ts";
import { runChecks } from "./check.ts";
import { CHECKS } from "./checks.ts";
import { openContext, readKnown } from "./context.ts";
import { certificateFilesOf } from "./network/certificate.ts";
import { explainReplies, MEGABYTES } from "./replies/explainReplies.ts";
import { checkedToJson, describeChecked, exitCodeFor } from "./tell.ts";

const HELP = `npm run doctor -- --stack NAME [--certificate SENDER=FILE]… [--json]
npm run doctor -- --reply TEXT [--stack NAME [--sender NAME]] [--json]
npm run doctor -- --reply-file FILE …

With --stack alone: looks at everything that the stack's mail depends on, before and after an up: the identity and its rights,
the tenant, Exchange, DNS, and the network from here. Says what is wrong, what it means for mail, and the fix. What could not be
looked at is unknown. Changes nothing; an app that only reads is enough: docs/how-to/prepare-the-tenant.md.

With --reply or --reply-file: explains what a mail server replied, with its likely causes, what to do, and the source. Knows the
replies of Exchange Online, and the most frequent ones of Outlook.com, Gmail and Yahoo. Asks nothing of any service.

  --stack NAME       the stack: prod, or organization/project/prod. With a reply: names the senders of its stack file that the
                     reply can be about, and what they declare
  --reply TEXT       a reply, such as "550 5.7.64 TenantAttribution; Relay Access Denied"; - reads it from standard input
  --reply-file FILE  a bounce, or a log of Postfix, Exim, msmtp, swaks, curl, .NET, Java, nodemailer or Python
  --sender NAME      with a reply: only this sender
  --certificate SENDER=FILE  without a reply: the certificate that a sender presents, with the chain that it sends along, in PEM;
                     repeatable. A private key in the file is not read
  --json             writes one object to stdout

Of a file the last ${MEGABYTES} MB are read, of standard input the first ${MEGABYTES} MB, and of a line ${LONGEST_LINE} characters.

Exit codes of a stack: 0 all is well; 7 an error; 8 no error, but something could not be looked at; 9 only warnings. Of a reply:
0 at least one is explained; 1 none is known. Of both: 1 something can't be read; 2 wrong usage.`;

const options = {
  reply: { type: "string" },
  "reply-file": { type: "string" },
  stack: { type: "string" },
  sender: { type: "string" },
  certificate: { type: "string", multiple: true },
  json: { type: "boolean", default: false },
} as const;

async function main(): Promise<number> {
  const {
    reply,
    "reply-file": file,
    stack,
    sender,
    certificate,
    json,
  } = readOptions("doctor", HELP, options);
  if (reply !== undefined && file !== undefined) return usage("give --reply or --reply-file");
  if (reply !== undefined || file !== undefined) {
    if (sender !== undefined && stack === undefined) return usage("--sender goes with --stack");
    if (certificate !== undefined) return usage("--certificate goes with --stack alone");
    if (reply !== undefined && existsSync(reply)) {
      return usage(`--reply takes the words of a reply, and ${reply} is a file; use --reply-file`);
    }
    const explained = await explainReplies({ reply, file, stack, sender, json }, say);
    if (explained === undefined) return usage("there is no reply in what was given");
    return explained ? 0 : 1;
  }
  if (stack === undefined) return usage("give --stack, --reply or --reply-file");
  if (sender !== undefined) return usage("--sender goes with --reply or --reply-file");
  say(`looking at stack "${stack}"`);
  const known = await readKnown(stack);
  const files = certificateFilesOf(certificate ?? [], known.config);
  const context = openContext(known, process.env, { certificateFiles: files, onPause: say });
  const checked = await runChecks(CHECKS, context, say);
  console.log(json ? checkedToJson(stack, checked) : describeChecked(stack, checked));
  return exitCodeFor(checked);
}

const say = (text: string): void => void process.stderr.write(`doctor: ${text}\n`);

const usage = (problem: string): number => wrongUsage("doctor", HELP, problem);

// What gave no answer may be waited for still.
process.exit(await main().catch((error: unknown) => tellFailure("doctor", error)));
