// `npm run teardown`: removes a disposable stack, and looks whether anything of it is left. See HELP.
import { basename } from "node:path";
import { sentence } from "../../mail/problem.ts";
import { type Plan, planOf } from "../../mail/teardown/plan.ts";
import { connect } from "../../tenant/connection.ts";
import { readOptions, wrongUsage } from "../setup/options.ts";
import { loadConfig } from "../stack/config.ts";
import { otherFile, stackFilePath } from "../stack/file.ts";
import { ask, askFor, exitCodeOf } from "../steps/ask.ts";
import { printedPlan } from "./print.ts";
import { purgedOf } from "./purge.ts";
import { type Request, refusals } from "./refusals.ts";
import type { Say } from "./settle.ts";
import { readState } from "./state.ts";
import { type Swept, sweep } from "./sweep.ts";
import { isThere, tearDown } from "./tearDown.ts";
import { tell, tellDryRun } from "./tell.ts";

const HELP = `npm run teardown -- --stack NAME [--tenant ID] [--purge] [--dry-run] [--yes] [--json]

Removes everything that a disposable stack manages, puts back what was there before it, and then looks through Entra, Exchange and
the stack's zones for anything else of it, whatever the stack's state says. It can be cut off at any point and run again. A stack
whose state is lost, or that is not in the backend any more, is looked for all the same. A stack that is not disposable is refused.
More: docs/how-to/tear-down.md.

  --stack NAME  the stack: test, or organization/project/test
  --tenant ID   the id of the stack's tenant; at a terminal it is asked for
  --purge       deletes for good what Entra and Exchange keep for 30 days: apps, users, mailboxes with the mail in them
  --dry-run     says what would be done and what is there that the state does not know; changes nothing
  --yes         asks nothing; needs --tenant
  --json        writes one object to stdout

Exit codes: 0 nothing is left; 7 something is, and each has a command that removes it; 1 refused, or something failed: run it again;
2 wrong usage, or nobody to ask; 130 interrupted: run it again.`;

const options = {
  stack: { type: "string" },
  tenant: { type: "string" },
  purge: { type: "boolean", default: false },
  "dry-run": { type: "boolean", default: false },
  yes: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
} as const;

type Options = ReturnType<typeof readOptions<typeof options>>;

/** Whether anything may have been changed. */
let hasBegun = false;

async function main(): Promise<number> {
  const given = readOptions("teardown", HELP, options);
  const { stack: asked } = given;
  if (asked === undefined) return usage("--stack is missing");
  if (given.yes && given.tenant === undefined) return usage("--yes needs --tenant");
  say(`reading stack "${asked}"`);
  const { name: stack, config } = await loadConfig(asked);
  const unread: Request = {
    ...{ stack, disposable: config.disposable, tenantId: config.tenantId, given: given.tenant },
    file: basename(otherFile() ?? (await stackFilePath(stack))),
    ...{ state: undefined, env: process.env },
  };
  if (isRefused(refusals(unread))) return 1;
  const state = await readState(asked, { repairs: !given["dry-run"] });
  const request = { ...unread, state };
  if (isRefused(refusals(request))) return 1;
  const target = { stack, config, connection: await connect(config), state };
  const plan = planOf(state?.resources ?? [], {
    external: config.domains.filter(({ dns }) => dns.host === "external").map(({ name }) => name),
    purge: given.purge,
  });
  // Before anything is changed, this shows that the identity may look for what will be left.
  const swept = await sweep(target);
  for (const sentence of swept.unseen) say(`warning: ${sentence}`);
  if (given["dry-run"]) return tellDryRun(stack, state, plan, swept, given.json);
  const domains = config.domains.map(({ name }) => name).join(", ");
  if (!(await isConfirmed(request, domains, plan, swept, given))) return 1;
  hasBegun = true;
  const done = await tearDown(asked, target, swept, { isPurge: given.purge, say });
  for (const failure of done.failures) say(failure);
  return tell(stack, done, given.json);
}

/**
 * Shows what will happen, and asks for the tenant's id, unless nothing is to be changed. The id is not shown: it is to be
 * known from elsewhere.
 */
async function isConfirmed(
  request: Request,
  domains: string,
  plan: Plan,
  { kept }: Swept,
  given: Options,
): Promise<boolean> {
  const { stack, state } = request;
  if (!isThere(state) && !(given.purge && kept.length > 0)) return true;
  const purged = given.purge ? purgedOf(kept) : [];
  const lines = [`stack "${stack}" of ${domains}`, ...printedPlan(plan, purged)];
  process.stderr.write(`${lines.join("\n")}\n`);
  if (given.yes) return true;
  const typed = given.tenant ?? (await askFor("the tenant's id:", "--yes and --tenant"));
  if (isRefused(refusals({ ...request, given: typed }))) return false;
  if (given.tenant === undefined || (await ask("tear it down", "--yes"))) return true;
  say("nothing was changed");
  return false;
}

function isRefused(problems: ReturnType<typeof refusals>): boolean {
  for (const problem of problems) say(sentence(problem));
  if (problems.length > 0) say("nothing was changed");
  return problems.length > 0;
}

const say: Say = (line) => void process.stderr.write(`teardown: ${line}\n`);

const usage = (problem: string): number => wrongUsage("teardown", HELP, problem);

try {
  process.exitCode = await main();
} catch (error) {
  const { name, message } = error as Error;
  say(name === "Cancelled" ? "interrupted; run it again to go on" : message);
  if (!hasBegun) say("nothing was changed");
  process.exitCode = exitCodeOf(error as Error);
}
