// `npm run stop`: the kill switch of a sender. See HELP.
import { notOursToRevoke } from "../../mail/stop/leaked.ts";
import { relayedBy, stillRelayed } from "../../mail/stop/stillRelayed.ts";
import { readOptions, wrongUsage } from "../setup/options.ts";
import { exitCodeOf } from "../steps/ask.ts";
import { withOpenConnectors } from "./parts.ts";
import { report } from "./report.ts";
import { IRREVERSIBLE, revokeSteps } from "./revoke.ts";
import { type Asked, takeStepsOfSenders } from "./senders.ts";
import { stopSteps } from "./stopSteps.ts";

const HELP = `npm run stop -- --stack NAME --sender NAME [--sender NAME…] [--leaked [${IRREVERSIBLE}]] [--yes] [--json]
npm run stop -- --stack NAME --all …

Stops senders: their next message is refused. Disables the connector; or switches SMTP AUTH off for the mailbox, and blocks
the sign-in of the app or user; or blocks the sign-in of an account of High Volume Email. Needs the stack file and the identity that deploys (ARM_*), and neither Pulumi's backend nor
the state. Notes on the connector, mailbox or account when it was stopped: until npm run start, no up lets the sender send again.
When to use it: docs/how-to/stop-a-sender.md.

  --stack NAME    the stack: prod, or organization/project/prod
  --sender NAME   a sender of its stack file
  --all           every sender of it
  --leaked        also revokes what the sender signs in with: every secret and certificate of its app; the password and the
                  sessions of its user. Nothing takes that back: npm run rotate gives a new secret or password.
                  Of what the stack does not hold, such as a connector's certificate, it says who has to revoke it
  ${IRREVERSIBLE}  answers the question that --leaked asks
  --yes           asks nothing else
  --json          writes one object to stdout

Exit codes: 0 stopped, or was stopped already; 1 something was not done, the text says what; 2 wrong usage,
or nobody to ask; 130 Ctrl-C.`;

const options = {
  stack: { type: "string" },
  sender: { type: "string", multiple: true },
  all: { type: "boolean", default: false },
  leaked: { type: "boolean", default: false },
  irreversible: { type: "boolean", default: false },
  yes: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
} as const;

async function main(): Promise<number> {
  const given = readOptions("stop", HELP, options);
  const { stack, sender: names = [], all, leaked, irreversible, yes, json } = given;
  if (stack === undefined) return usage("--stack is missing");
  if (all === names.length > 0) return usage("name one or more with --sender, or give --all");
  if (irreversible && !leaked) return usage(`${IRREVERSIBLE} belongs to --leaked`);
  const asked: Asked = { script: "stop", stack, names, all, yes };
  const at = `${new Date().toISOString().slice(0, 19)}Z`;
  const outcomes = await takeStepsOfSenders(asked, async (sender, part, tenancy, others) => {
    const undo = `npm run start -- --stack ${tenancy.stack} --sender ${sender.name}`;
    const by = await withOpenConnectors(relayedBy(sender, others), tenancy);
    const isRelayed = by.length > 0;
    const steps = stopSteps(part, tenancy, { sender: sender.name, undo, at, isRelayed });
    const undone = [stillRelayed(sender, by)];
    if (!leaked) return { steps, undone: told(undone) };
    const account = part.kind === "connector" ? undefined : part.account;
    return {
      steps: [...steps, ...(account ? revokeSteps(account, tenancy.graph, irreversible) : [])],
      undone: told([...undone, notOursToRevoke(sender)]),
    };
  });
  return report("stop", outcomes, json);
}

const told = (sentences: readonly (string | undefined)[]): string[] =>
  sentences.filter((one) => one !== undefined);

const say = (text: string): void => void process.stderr.write(`stop: ${text}\n`);

const usage = (problem: string): number => wrongUsage("stop", HELP, problem);

process.exitCode = await main().catch((error: Error) => {
  say(error.message);
  return exitCodeOf(error);
});
