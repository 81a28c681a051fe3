// `npm run bootstrap`: the two apps of a stack, with exactly the rights that it needs. See HELP.
import { writeFile } from "node:fs/promises";
import { ConfigError } from "../../config/read.ts";
import { sentence } from "../../mail/problem.ts";
import { APP_NAMES } from "../../mail/rights/rights.ts";
import { workloadsOf } from "../../mail/rights/workloads.ts";
import { connectPerson } from "../../tenant/person.ts";
import { readOptions } from "../setup/options.ts";
import { exitCodeOf, NobodyToAsk } from "../steps/ask.ts";
import { type Step, type StepOutcome, takeSteps } from "../steps/steps.ts";
import { readCertificates } from "./certificates.ts";
import { checkApps, checkLines } from "./check.ts";
import { removeSteps } from "./remove.ts";
import { type ClientIds, envExample, nextLines } from "./results.ts";
import { makeSteps } from "./steps.ts";
import { findApps, readRights, type World, worldOf } from "./world.ts";

const HELP = `npm run bootstrap -- --stack NAME [--check | --remove | --adopt] [options]

Makes two apps in the tenant of a stack, one that deploys and one that only reads, with exactly the rights that the stack's
configuration needs: permissions with consent, a role group in Exchange, and what the apps sign in with. You sign in by device
code as an administrator, or give access tokens in M365_SMTP_RELAY_GRAPH_TOKEN and M365_SMTP_RELAY_EXCHANGE_TOKEN. Each step is
shown with its reason and its undo before it is taken. It can be cut off and run again. More: docs/how-to/prepare-the-tenant.md.

  --stack NAME              the stack: prod, or organization/project/prod
  --github OWNER/REPOSITORY lets its jobs sign in: those of the environment NAME deploy; pull requests and main read
  --gitlab GROUP/PROJECT    lets jobs of its branch main sign in
  --azure-devops APP=ISSUER,SUBJECT
                            lets a service connection sign in, as Azure DevOps shows it; APP is deploy or read; repeatable
  --certificate APP=FILE    lets the app sign in with a certificate: the public part, PEM or DER; repeatable
  --directory-role          assigns Exchange Administrator and Global Reader in place of role groups: far broader
  --customize-organization  allows Enable-OrganizationCustomization, where Exchange wants it; this can't be undone
  --check                   changes nothing: says which rights are missing or too much, and how far each is proved
  --remove                  takes back what it made
  --adopt                   writes the stack file of a relay that was made by hand, as the app that ARM_CLIENT_ID names: see
                            docs/how-to/adopt-a-relay.md. With --tenant ID where the stack file does not name the tenant
  --yes                     takes every step without asking, but for --customize-organization
  --dry-run                 shows the steps alone
  --json                    writes one object to stdout

Exit codes: 0 done, or nothing to do; 7 --check found something missing or too much; 1 failed or declined, the text says what
was changed; 2 wrong usage, or nobody to ask; 130 Ctrl-C.`;

const options = {
  stack: { type: "string" },
  github: { type: "string" },
  gitlab: { type: "string" },
  "azure-devops": { type: "string", multiple: true },
  certificate: { type: "string", multiple: true },
  "directory-role": { type: "boolean", default: false },
  "customize-organization": { type: "boolean", default: false },
  check: { type: "boolean", default: false },
  remove: { type: "boolean", default: false },
  adopt: { type: "boolean", default: false },
  tenant: { type: "string" },
  yes: { type: "boolean", default: false },
  "dry-run": { type: "boolean", default: false },
  json: { type: "boolean", default: false },
} as const;

type Options = ReturnType<typeof readOptions<typeof options>>;

/** What `--check` ends with when something is missing or too much. */
const NOT_EXACT = 7;
/** Written into the folder that the script runs in: `npm run` makes it the project's. */
const ENV_FILE = "relay.env.example";

const say = (text: string): void => {
  process.stderr.write(`bootstrap: ${text}\n`);
};

async function main(): Promise<number> {
  const given = readOptions("bootstrap", HELP, options);
  const { stack, check, remove, adopt, tenant } = given;
  if (stack === undefined) return misused("--stack is missing");
  if ([check, remove, adopt].filter(Boolean).length > 1) {
    return misused("--check, --remove and --adopt exclude each other");
  }
  if (tenant !== undefined && !adopt) return misused("--tenant goes with --adopt");
  if (adopt) {
    const { runAdopt } = await import("../adopt/run.ts");
    await runAdopt({ stack, tenant, dryRun: given["dry-run"], json: given.json, say });
    return 0;
  }
  const known = await readRights(stack);
  const { workloads, problems } = workloadsOf(
    { ...given, azureDevOps: given["azure-devops"] ?? [] },
    known.stack,
    known.config.environment,
  );
  if (problems.length > 0) return misused(problems.map(sentence).join("\n"));
  const certificates = await readCertificates(given.certificate ?? []);
  const connection = await signIn(known.config, given);
  const world = worldOf(known, connection);
  say(`signed in to tenant ${connection.tenantId} as ${connection.person?.userPrincipalName}`);
  if (check) return runCheck(world, given);
  const steps = remove
    ? removeSteps(world)
    : await makeSteps(world, {
        directoryRole: given["directory-role"],
        customize: given["customize-organization"],
        workloads,
        certificates,
      });
  const outcomes = await run(steps, given);
  const isDeclined = outcomes.some(({ outcome }) => outcome === "declined");
  const apps = await findApps(world);
  const ids = { deploy: apps.deploy?.appId ?? "", read: apps.read?.appId ?? "" };
  const isMade = !remove && !isDeclined && APP_NAMES.every((app) => ids[app] !== "");
  if (isMade && !given["dry-run"]) {
    await writeFile(ENV_FILE, envExample(world, ids));
  }
  print(
    world,
    { outcomes, ids, lines: isMade ? nextLines(world, ids, { workloads, file: ENV_FILE }) : [] },
    given,
  );
  if (isDeclined) say(declined(outcomes));
  return isDeclined ? 1 : 0;
}

function misused(why: string): number {
  process.stderr.write(`bootstrap: ${why}\n\n${HELP}\n`);
  return 2;
}

/** @throws NobodyToAsk where nobody can enter a code; CredentialError */
async function signIn({ tenantId, environment }: World["config"], given: Options) {
  const { M365_SMTP_RELAY_GRAPH_TOKEN: graph, M365_SMTP_RELAY_EXCHANGE_TOKEN: exchange } =
    process.env;
  if (!(process.stdin.isTTY || (graph && exchange))) {
    throw new NobodyToAsk(
      "nobody can sign in here; export access tokens of an administrator as M365_SMTP_RELAY_GRAPH_TOKEN and M365_SMTP_RELAY_EXCHANGE_TOKEN, or run it at a terminal",
    );
  }
  const scopes = given.check
    ? ["Application.Read.All", "RoleManagement.Read.Directory"]
    : [
        "Application.ReadWrite.All",
        "AppRoleAssignment.ReadWrite.All",
        given["directory-role"]
          ? "RoleManagement.ReadWrite.Directory"
          : "RoleManagement.Read.Directory",
      ];
  return connectPerson({ tenantId, environment }, { scopes, onCode: say });
}

async function runCheck(world: World, given: Options): Promise<number> {
  const checked = await checkApps(world, given["directory-role"]);
  const isExact = checked.every((app) => app.isExact);
  if (given.json)
    console.log(JSON.stringify({ stack: world.stack, apps: checked, isExact }, null, 2));
  else console.log(checkLines(checked).join("\n").trimEnd());
  return isExact ? 0 : NOT_EXACT;
}

const run = (steps: readonly Step[], { yes, "dry-run": dryRun }: Options): Promise<StepOutcome[]> =>
  takeSteps(steps, { script: "bootstrap", yes, dryRun });

function declined(outcomes: readonly StepOutcome[]): string {
  const done = outcomes.filter(({ outcome }) => outcome === "done").map(({ title }) => title);
  return done.length === 0
    ? "nothing was changed"
    : `this was done so far: ${done.join("; ")}; run it again to go on, or with --remove to take it back`;
}

function print(
  { stack }: World,
  {
    outcomes,
    ids,
    lines,
  }: { outcomes: readonly StepOutcome[]; ids: ClientIds; lines: readonly string[] },
  { json }: Options,
): void {
  if (json)
    console.log(JSON.stringify({ stack, clientIds: ids, steps: outcomes, next: lines }, null, 2));
  else if (lines.length > 0) console.log(lines.join("\n"));
}

try {
  process.exitCode = await main();
} catch (error) {
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof ConfigError) process.stderr.write(`${text}\n`);
  else say(text);
  process.exitCode = exitCodeOf(error as Error);
}
