import { readConfig } from "../../../config/read.ts";
import type { Lab } from "../../../lab/src/lab.ts";
import { rightsOf } from "../../../mail/rights/rights.ts";
import { needsOf } from "../../../providers/kinds.ts";
import { removeSteps } from "../../../scripts/bootstrap/remove.ts";
import { type MakeOptions, makeSteps } from "../../../scripts/bootstrap/steps.ts";
import { takeAfterLook } from "../../../scripts/bootstrap/take.ts";
import { type World, worldOf } from "../../../scripts/bootstrap/world.ts";
import type { StepOutcome } from "../../../scripts/steps/steps.ts";
import { connectPerson } from "../../../tenant/person.ts";
import { openTenantBench } from "../tenant/bench.ts";

/** Nothing but role groups, and no credential. */
const PLAIN: MakeOptions = {
  directoryRole: false,
  customize: false,
  extras: [],
  workloads: [],
  certificates: [],
};

/** Whose tokens are used. @default the administrator's, with every permission */
type Person = NonNullable<Parameters<Lab["adminEnv"]>[0]>;

/** A stack of a lab's tenant, and an administrator who gives its apps their rights. `more` are further keys. */
export async function worldIn(
  lab: Lab,
  senders: readonly object[],
  more: object = {},
  person: Person = {},
): Promise<World> {
  const config = configIn(lab, senders, more);
  const raw = Object.entries(config).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const known = readConfig(Object.fromEntries(raw), "prod");
  const env = { ...lab.env, ...(await lab.adminEnv(person)) };
  const tenant = { tenantId: lab.world.tenant.id, environment: "global" } as const;
  const connection = await connectPerson(tenant, { scopes: [], onCode: () => {}, env });
  return worldOf({ stack: "prod", config: known, rights: rightsOf(known, needsOf) }, connection);
}

/** The configuration of a stack of a lab's tenant, in whose domain contoso.com becomes its own. */
export function configIn(lab: Lab, senders: readonly object[], more: object = {}) {
  const { id, domain } = lab.world.tenant;
  const config = {
    "azuread:tenantId": id,
    "m365-smtp-relay:disposable": true,
    "m365-smtp-relay:domains": [{ name: domain }],
    "m365-smtp-relay:senders": senders,
    ...more,
  };
  const text = JSON.stringify(config).replaceAll("contoso.com", domain);
  return JSON.parse(text) as Record<string, unknown>;
}

/** A lab over the wire for one test file, with what `worldIn` makes of it. */
export async function openBootstrapBench(seed: string) {
  const bench = await openTenantBench(seed);
  return {
    ...bench,
    world: (senders: readonly object[], more?: object, person?: Person) =>
      worldIn(bench.lab, senders, more, person),
    close: () => bench.lab.close(),
  };
}

const silent = { script: "bootstrap", yes: true, dryRun: false, onLine: () => {} };

/** Takes the steps that make the apps, and says what became of each. */
export const make = async (world: World, options: Partial<MakeOptions> = {}) =>
  takeAfterLook(await makeSteps(world, { ...PLAIN, ...options }), silent);

export const remove = (world: World): Promise<StepOutcome[]> =>
  takeAfterLook(removeSteps(world), silent);

/** Titles of the steps that something was done in. */
export const doneIn = (outcomes: readonly StepOutcome[]): string[] =>
  outcomes.filter(({ outcome }) => outcome === "done").map(({ title }) => title);
