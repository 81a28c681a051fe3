// `npm run teardown`: removes a disposable stack, and looks whether anything of it is left. See HELP.
import { basename } from "node:path";
import type { Config } from "../../config/read.ts";
import { sentence } from "../../mail/problem.ts";
import type { Leftover } from "../../mail/teardown/leftover.ts";
import { type Plan, planOf } from "../../mail/teardown/plan.ts";
import { type Connection, connect } from "../../tenant/connection.ts";
import { readOptions } from "../setup/options.ts";
import { loadConfig } from "../stack/config.ts";
import { otherFile, stackFilePath } from "../stack/file.ts";
import { ask, askFor, exitCodeOf } from "../steps/ask.ts";
import { printedKept, printedLeft, printedPlan } from "./print.ts";
import { purge } from "./purge.ts";
import { type Request, refusals } from "./refusals.ts";
import { destroy, type Say, settle } from "./settle.ts";
import { readState, type StackState } from "./state.ts";
import { type Swept, sweep } from "./sweep.ts";

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
2 wrong usage; 130 interrupted: run it again.`;

const options = {
  stack: { type: "string" },
  tenant: { type: "string" },
  purge: { type: "boolean", default: false },
  "dry-run": { type: "boolean", default: false },
  yes: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
} as const;

type Options = ReturnType<typeof readOptions<typeof options>>;

/** As `npm run drift` ends that finds something. */
const LEFT = 7;

/** The stack that is torn down. */
interface Target {
  readonly stack: string;
  readonly config: Config;
  readonly connection: Connection;
  readonly state: StackState | undefined;
}

/** What a teardown did. */
interface Result extends Swept {
  /** Why something was not removed, a sentence each. */
  readonly failures: readonly string[];
}

async function main(): Promise<number> {
  const given = readOptions("teardown", HELP, options);
  const { stack: asked } = given;
  if (asked === undefined) return wrongUsage("--stack is missing");
  if (given.yes && given.tenant === undefined) return wrongUsage("--yes needs --tenant");
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
  const connection = await connect(config);
  const target = { stack, config, connection, state };
  const plan = planOf(state?.resources ?? [], {
    external: config.domains.filter(({ dns }) => dns.host === "external").map(({ name }) => name),
    purge: given.purge,
  });
  // Before anything is changed, this shows that the identity may look for what will be left.
  const swept = await sweep(target);
  if (given["dry-run"]) return tellDryRun(target, plan, swept, given);
  if (!(await isConfirmed(request, plan, swept, given))) return 1;
  return tell(stack, await tearDown(asked, target, swept, given), given);
}

async function tearDown(
  asked: string,
  { state, ...target }: Target,
  before: Swept,
  { purge: isPurge }: Options,
): Promise<Result> {
  const failures: string[] = [];
  if (isThere(state)) {
    failures.push(...(await settle(asked, state, say)));
    say("destroying what the stack manages");
    failures.push(...(await destroy(asked, say)));
  }
  const look = () => {
    say("looking for what is left");
    return sweep({ ...target, state });
  };
  const after = isThere(state) ? await look() : before;
  if (!isPurge || after.kept.length === 0) return { ...after, failures };
  failures.push(...(await purge(target.connection, after.kept, say)));
  const { left, kept, unseen } = await look();
  return { left: [...left, ...kept], kept: [], unseen, failures };
}

/** What the stack's state does not know would be left. */
function tellDryRun(
  { stack, state }: Target,
  plan: Plan,
  { left, kept, unseen }: Swept,
  { json }: Options,
): number {
  tellUnseen(unseen);
  const known = JSON.stringify(state?.resources.map(({ outputs }) => outputs) ?? []);
  const unknown = left.filter(({ id }) => !known.includes(JSON.stringify(id)));
  if (json) {
    console.log(
      JSON.stringify(
        { stack, dryRun: true, plan, left: unknown.map(told), kept: kept.map(told), unseen },
        null,
        2,
      ),
    );
  } else {
    const lines = [
      ...printedPlan(plan),
      ...(unknown.length === 0 ? [] : ["", ...printedLeft(stack, unknown, unseen)]),
      ...printedKept(kept),
    ];
    console.log([`stack "${stack}": nothing was changed (--dry-run)`, ...lines].join("\n"));
  }
  return unknown.length === 0 ? 0 : LEFT;
}

function tell(stack: string, { left, kept, unseen, failures }: Result, { json }: Options): number {
  tellUnseen(unseen);
  for (const failure of failures) process.stderr.write(`teardown: ${failure}\n`);
  if (json) {
    console.log(
      JSON.stringify(
        { stack, dryRun: false, left: left.map(told), kept: kept.map(told), unseen, failures },
        null,
        2,
      ),
    );
  } else {
    console.log([...printedLeft(stack, left, unseen), ...printedKept(kept)].join("\n"));
  }
  if (left.length > 0) return LEFT;
  return failures.length > 0 ? 1 : 0;
}

function tellUnseen(unseen: readonly string[]): void {
  for (const sentence of unseen) say(`warning: ${sentence}`);
}

/** A leftover as --json writes it. */
const told = ({ title, where, because, note, command, deletedAt }: Leftover) => ({
  ...{ title, where, because, command },
  ...(note !== undefined && { note }),
  ...(deletedAt !== undefined && { deletedAt }),
});

/** Shows what will happen, and asks for the tenant's id, unless nothing is to be changed. */
async function isConfirmed(
  request: Request,
  plan: Plan,
  { kept }: Swept,
  given: Options,
): Promise<boolean> {
  const { stack, state, tenantId } = request;
  if (!isThere(state) && !(given.purge && kept.length > 0)) return true;
  process.stderr.write(
    `${[`stack "${stack}" in tenant ${tenantId}`, ...printedPlan(plan)].join("\n")}\n`,
  );
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

/** Whether there is anything to destroy. */
const isThere = (state: StackState | undefined): state is StackState =>
  state !== undefined && state.resources.length + state.pendingCreates.length > 0;

const say: Say = (line) => void process.stderr.write(`teardown: ${line}\n`);

function wrongUsage(problem: string): number {
  process.stderr.write(`teardown: ${problem}\n\n${HELP}\n`);
  return 2;
}

try {
  process.exitCode = await main();
} catch (error) {
  const { name, message } = error as Error;
  say(name === "Cancelled" ? "interrupted; run it again to go on" : message);
  process.exitCode = exitCodeOf(error as Error);
}
