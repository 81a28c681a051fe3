// `npm run bootstrap`: the two apps of a stack, with exactly the rights that it needs. See HELP.
import { writeFile } from "node:fs/promises";
import { sentence } from "../../mail/problem.ts";
import { APP_NAMES } from "../../mail/rights/rights.ts";
import { workloadsOf } from "../../mail/rights/workloads.ts";
import { connectPerson } from "../../tenant/person.ts";
import { readOptions, wrongUsage } from "../setup/options.ts";
import { tellFailure } from "../stack/failure.ts";
import { NobodyToAsk } from "../steps/ask.ts";
import type { StepOutcome } from "../steps/steps.ts";
import { readCertificates } from "./certificates.ts";
import { checkApps, checkLines } from "./check.ts";
import { removeSteps } from "./remove.ts";
import { type ClientIds, envExample, nextLines } from "./results.ts";
import { makeSteps } from "./steps.ts";
import { soFar, takeAfterLook } from "./take.ts";
import { extrasOf, HELP, misuseOf, type Options, options } from "./usage.ts";
import { findApps, readRights, type World, worldOf } from "./world.ts";

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
  const misuse = misuseOf(given);
  if (misuse !== undefined) return misused(misuse);
  if (stack === undefined) return misused("--stack is missing");
  if (adopt) {
    const { runAdopt } = await import("../adopt/run.ts");
    await runAdopt({ stack, tenant, dryRun: given["dry-run"], json: given.json, say });
    return 0;
  }
  const known = await readRights(stack);
  const signingIn = workloadsOf(
    { ...given, azureDevOps: given["azure-devops"] ?? [] },
    known.stack,
    known.config.environment,
  );
  const extras = extrasOf(given.extra ?? [], known.rights.deploy);
  const problems = [...signingIn.problems, ...extras.problems];
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
        extras: extras.names,
        workloads: signingIn.workloads,
        certificates,
      });
  const { yes, "dry-run": dryRun } = given;
  const outcomes = await takeAfterLook(steps, { script: "bootstrap", yes, dryRun });
  const isDeclined = outcomes.some(({ outcome }) => outcome === "declined");
  const apps = await findApps(world);
  const ids = { deploy: apps.deploy?.appId ?? "", read: apps.read?.appId ?? "" };
  const isMade = !(remove || isDeclined || dryRun) && APP_NAMES.every((app) => ids[app] !== "");
  print(
    world,
    { outcomes, ids, lines: isMade ? nextLines(world, ids, { ...signingIn, file: ENV_FILE }) : [] },
    given,
  );
  if (isMade) await writeExample(envExample(world, ids));
  if (isDeclined) say(declined(outcomes));
  return isDeclined ? 1 : 0;
}

/** Last of all, so that what was made is told where the file can't be written. */
async function writeExample(text: string): Promise<void> {
  await writeFile(ENV_FILE, text).catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      `everything was made, but ${ENV_FILE} can't be written (${error.code}); make it writable and run it again, which changes nothing else`,
    );
  });
}

const misused = (why: string): number => wrongUsage("bootstrap", HELP, why);

/** @throws NobodyToAsk where nobody can enter a code; CredentialError */
async function signIn({ tenantId, environment }: World["config"], given: Options) {
  const { M365_SMTP_RELAY_GRAPH_TOKEN: graph, M365_SMTP_RELAY_EXCHANGE_TOKEN: exchange } =
    process.env;
  if (!(process.stdin.isTTY || (graph && exchange))) {
    throw new NobodyToAsk(
      "nobody can sign in here; export access tokens of an administrator as M365_SMTP_RELAY_GRAPH_TOKEN and M365_SMTP_RELAY_EXCHANGE_TOKEN, or run it at a terminal",
    );
  }
  return connectPerson({ tenantId, environment }, { scopes: scopesFor(given), onCode: say });
}

/** The delegated permissions that a run needs. */
function scopesFor({ check, remove, "directory-role": directoryRole }: Options): string[] {
  if (check) return ["Application.Read.All", "RoleManagement.Read.Directory"];
  if (remove) return ["Application.ReadWrite.All"];
  const roles = `RoleManagement.${directoryRole ? "ReadWrite" : "Read"}.Directory`;
  return ["Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All", roles];
}

async function runCheck(world: World, given: Options): Promise<number> {
  const checked = await checkApps(world, given["directory-role"]);
  const isExact = checked.every((app) => app.isExact);
  if (given.json)
    console.log(JSON.stringify({ stack: world.stack, apps: checked, isExact }, null, 2));
  else console.log(checkLines(checked).join("\n").trimEnd());
  return isExact ? 0 : NOT_EXACT;
}

function declined(outcomes: readonly StepOutcome[]): string {
  const done = outcomes.filter(({ outcome }) => outcome === "done").map(({ title }) => title);
  return done.length === 0 ? "nothing was changed" : soFar(done);
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
  process.exitCode = tellFailure("bootstrap", error);
}
