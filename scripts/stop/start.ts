// `npm run start`: lets senders send again that `npm run stop` has stopped. See HELP.
import { readOptions, wrongUsage } from "../setup/options.ts";
import { exitCodeOf } from "../steps/ask.ts";
import { report } from "./report.ts";
import { type Asked, takeStepsOfSenders } from "./senders.ts";
import { startSteps } from "./startSteps.ts";

const HELP = `npm run start -- --stack NAME --sender NAME [--sender NAME…] [--yes] [--json]
npm run start -- --stack NAME --all …

Gives senders back exactly what npm run stop took, and takes away the note of it. What was off before the stop stays off.
Needs what npm run stop needs. A secret, certificate or password that --leaked revoked stays revoked: npm run rotate gives a
new secret or password. More: docs/how-to/stop-a-sender.md.

  --stack NAME   the stack: prod, or organization/project/prod
  --sender NAME  a sender of its stack file
  --all          every sender of it that is stopped
  --yes          asks nothing
  --json         writes one object to stdout

Exit codes: 0 started, or was not stopped; 1 something was not done, the text says what; 2 wrong usage,
or nobody to ask; 130 Ctrl-C.`;

const options = {
  stack: { type: "string" },
  sender: { type: "string", multiple: true },
  all: { type: "boolean", default: false },
  yes: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
} as const;

async function main(): Promise<number> {
  const { stack, sender: names = [], all, yes, json } = readOptions("start", HELP, options);
  if (stack === undefined) return usage("--stack is missing");
  if (all === names.length > 0) return usage("name one or more with --sender, or give --all");
  const asked: Asked = { script: "start", stack, names, all, yes };
  const outcomes = await takeStepsOfSenders(asked, async (sender, part, tenancy) => {
    const undo = `npm run stop -- --stack ${tenancy.stack} --sender ${sender.name}`;
    return { steps: await startSteps(part, tenancy, { sender: sender.name, undo }), undone: [] };
  });
  return report("start", outcomes, json);
}

const usage = (problem: string): number => wrongUsage("start", HELP, problem);

process.exitCode = await main().catch((error: Error) => {
  process.stderr.write(`start: ${error.message}\n`);
  return exitCodeOf(error);
});
