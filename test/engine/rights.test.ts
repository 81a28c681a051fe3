// The rights that bootstrap gives are enough for the life of a stack and its emergencies, and each of them is needed for it.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Lab } from "../../lab/src/lab.ts";
import { makeRandom } from "../../lab/src/random.ts";
import { appTitle, roleReaderTitle } from "../../mail/rights/names.ts";
import { APP_NAMES, type AppName, type Right } from "../../mail/rights/rights.ts";
import { checkApps } from "../../scripts/bootstrap/check.ts";
import { findApp, ownerOf, type World } from "../../scripts/bootstrap/world.ts";
import { EngineFailure } from "../../scripts/engine/operation.ts";
import type { Step } from "../../scripts/steps/steps.ts";
import { findParts } from "../../scripts/stop/parts.ts";
import { revokeSteps } from "../../scripts/stop/revoke.ts";
import { startSteps } from "../../scripts/stop/startSteps.ts";
import { stopSteps } from "../../scripts/stop/stopSteps.ts";
import { sweep } from "../../scripts/teardown/sweep.ts";
import { searchAuditLog } from "../../tenant/auditLog.ts";
import { connect } from "../../tenant/connection.ts";
import { exchange } from "../../tenant/exchange.ts";
import { graphClient } from "../../tenant/graphClient.ts";
import { configIn, make, worldIn } from "../unit/bootstrap/scene.ts";
import { SENDERS, STACKS } from "../unit/mail/rights/stacks.ts";
import { trustLab } from "../unit/tenant/bench.ts";
import { type Fixture, SEED, withFixture } from "./fixture.ts";

const EXHAUSTIVE = process.env.EXHAUSTIVE === "1";

/** A stack, and another configuration of it that changes what it has. */
interface Kind {
  readonly senders: readonly object[];
  readonly changed: readonly object[];
  readonly more?: object;
}

const changing = (
  change: object,
  ...senders: readonly object[]
): Pick<Kind, "senders" | "changed"> => ({
  senders,
  changed: senders.map((sender) => ({ ...sender, ...change })),
});

const DMARC = { "m365-smtp-relay:domains": [{ name: "contoso.com", dmarc: { adopt: true } }] };

/** The kinds of stacks. A lab's domain has a DMARC record. */
const KINDS: Readonly<Record<string, Kind>> = {
  "connectors only": {
    ...changing({ restrictToDomains: true }, SENDERS.connector),
    more: DMARC,
  },
  "a connector with a fence": {
    ...changing({ from: ["scan@contoso.com"] }, SENDERS.fenced),
    more: DMARC,
  },
  "external DNS": {
    ...changing({ restrictToDomains: true }, SENDERS.connector),
    ...(STACKS["external DNS"]?.more && { more: STACKS["external DNS"].more }),
  },
  "oauth, rbac": { ...changing({ recipientsPerDay: 50 }, SENDERS.secret), more: DMARC },
  "oauth, classic": {
    ...changing({ recipientsPerDay: 50 }, SENDERS.secret),
    more: { ...DMARC, "m365-smtp-relay:applicationAccess": "classic" },
  },
  password: { ...changing({ credentialGeneration: 2 }, SENDERS.password), more: DMARC },
  "High Volume Email": {
    ...changing({ credentialGeneration: 2 }, SENDERS.highVolume),
    more: DMARC,
  },
};

const rightIn = ({ kind, name }: Right) => `${kind}: ${name}`;

/** Takes a right away from an app, as an administrator could. Of Cloudflare's token it is the zone's permission. */
function takeAway(lab: Lab, stack: string, app: AppName, { kind, name }: Right): void {
  const { directory, roleGroups, managementRoles, cloudflare } = lab.world;
  const group = roleGroups.find((one) => one.name === appTitle(stack, app));
  const role = managementRoles.find((one) => one.name === roleReaderTitle(stack));
  const principal = directory.servicePrincipals.find(
    ({ appId }) =>
      directory.applications.find((one) => one.appId === appId)?.properties.displayName ===
      appTitle(stack, app),
  );
  if (kind === "role" && group) group.roles = group.roles.filter((one) => one !== name);
  else if (kind === "delegating" && group) group.delegating = [];
  else if (kind === "cmdlet" && role) role.entries = role.entries.filter((one) => one !== name);
  else if (kind === "zone") {
    const lost = { "Zone Read": ["zone:read"], "DNS Edit": ["dns:edit"] }[name] ?? ["dns:read"];
    for (const permissions of Object.values(cloudflare.token.permissions)) {
      permissions.splice(0, Infinity, ...permissions.filter((one) => !lost.includes(one)));
    }
  } else {
    const ids = directory.servicePrincipals
      .flatMap(({ appRoles }) => appRoles)
      .filter(({ value }) => value === name)
      .map(({ id }) => id);
    directory.appRoleAssignments = directory.appRoleAssignments.filter(
      ({ principalId, appRoleId }) => principalId !== principal?.id || !ids.includes(appRoleId),
    );
  }
}

/** Gives an app a secret, which the lab's stand-in for the azuread plugin signs in with; what it may do stays the same. */
async function identityOf(world: World, lab: Lab, app: AppName) {
  const found = await findApp(world, app);
  assert.ok(found);
  const { token } =
    (await world.connection.credential.getToken(world.connection.cloud.graph)) ?? {};
  const answer = await fetch(
    `${world.connection.cloud.graph}/v1.0/applications/${found.id}/addPassword`,
    {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ passwordCredential: { displayName: "test" } }),
    },
  );
  const { secretText } = (await answer.json()) as { secretText: string };
  const zones =
    app === "read"
      ? (lab.readerEnvs["role-group"]?.CLOUDFLARE_API_TOKEN ?? "")
      : (lab.env.CLOUDFLARE_API_TOKEN ?? "");
  return { ARM_CLIENT_ID: found.appId, ARM_CLIENT_SECRET: secretText, CLOUDFLARE_API_TOKEN: zones };
}

type Identity = Awaited<ReturnType<typeof identityOf>>;

/**
 * The step of a stack's life that fails, with its words; nothing when it lives to its end.
 *
 * @param apps whose steps are taken: those of one app end as early as they can
 */
async function failingStep(
  fixture: Fixture,
  world: World,
  { senders, changed, more }: Kind,
  { deploy, read }: Record<AppName, Identity>,
  apps: readonly AppName[],
): Promise<{ step: string; words: string } | undefined> {
  const { lab } = fixture;
  const first = configIn(lab, senders, more);
  const second = configIn(lab, changed, more);
  const as = (identity: Identity, config: typeof first) =>
    fixture.open({ stack: "prod", config, env: identity });
  const steps: [app: AppName, step: string, act: () => Promise<unknown>][] = [
    ["read", "preview, as the app that reads", async () => (await as(read, first)).preview()],
    ["deploy", "preview", async () => (await as(deploy, first)).preview()],
    ["deploy", "up", async () => (await as(deploy, first)).up({ skipPreview: true })],
    ["deploy", "a change", async () => (await as(deploy, second)).up({ skipPreview: true })],
    [
      "read",
      "drift, as the app that reads",
      async () => {
        const before = fixture.output().length;
        const drift = await (await as(read, second)).drift();
        // DKIM stays pending where somebody else has to publish its records.
        assert.deepEqual(
          drift.filter(({ type }) => type !== "DkimSigning"),
          [],
        );
        const warning = /warning: .*not looked at.*/.exec(fixture.output().slice(before))?.[0];
        if (warning !== undefined) throw new EngineFailure([warning], [], undefined);
      },
    ],
    [
      "read",
      "who changed what, as the app that reads",
      async () => {
        const tenant = { tenantId: lab.world.tenant.id, environment: "global" } as const;
        const invoke = exchange(await connect(tenant, { ...lab.env, ...read }));
        const days = (count: number) => new Date(Date.now() + count * 24 * 3_600_000);
        const search = { cmdlets: ["Set-InboundConnector"], from: days(-1), to: days(1) };
        await searchAuditLog(invoke, search).catch((error: Error) => {
          throw new EngineFailure([error.message], [], error);
        });
      },
    ],
    ["deploy", "stop --leaked and start", () => stopAndStart(world, lab, deploy)],
    // The azuread plugin fails to remove a secret that is gone, unless a refresh has shown it.
    ["deploy", "a refresh", async () => (await as(deploy, second)).refresh()],
    ["deploy", "destroy", async () => (await as(deploy, second)).destroy()],
    ["deploy", "the sweep of a teardown", () => sweepAfter(world, lab, deploy)],
  ];
  // Drift is of a stack that is up, and nothing of it needs what comes after.
  const last = apps.includes("deploy") ? "" : "stop --leaked and start";
  const needed = steps.slice(0, last === "" ? undefined : steps.findIndex(([, s]) => s === last));
  for (const [app, step, act] of needed) {
    if (app === "read" && !apps.includes("read")) continue;
    try {
      await act();
    } catch (error) {
      if (!(error instanceof EngineFailure)) throw error;
      return { step, words: error.diagnostics.join("\n") };
    }
  }
  return undefined;
}

const connectAs = ({ connection, config }: World, lab: Lab, identity: Identity) =>
  connect(
    { tenantId: connection.tenantId, environment: config.environment },
    {
      ...lab.env,
      ...identity,
    },
  );

/** What `npm run stop -- --all --leaked` and then `npm run start -- --all` do, all of it. */
async function stopAndStart(world: World, lab: Lab, identity: Identity): Promise<void> {
  const { stack, config } = world;
  const connection = await connectAs(world, lab, identity);
  const graph = graphClient(connection);
  const tenancy = { owner: ownerOf(stack), stack, invoke: exchange(connection), graph };
  const take = async (steps: readonly Step[]) => {
    for (const step of steps) if (!(await step.isDone())) await step.act();
  };
  try {
    for (const sender of config.senders) {
      const stopping = { sender: sender.name, undo: "", at: new Date().toISOString() };
      const part = await findParts(sender, tenancy);
      await take(stopSteps(part, tenancy, { ...stopping, isRelayed: false }));
      const account = part.kind === "connector" ? undefined : part.account;
      if (account) await take(revokeSteps(account, graph, true));
      await take(await startSteps(part, tenancy, stopping));
    }
  } catch (error) {
    throw new EngineFailure([(error as Error).message], [], error);
  }
}

/** What `npm run teardown` looks for in the tenant. */
async function sweepAfter(world: World, lab: Lab, identity: Identity): Promise<void> {
  const connection = await connectAs(world, lab, identity);
  const config = { ...world.config, domains: [] };
  const swept = sweep({ connection, stack: world.stack, config, state: undefined });
  const { left } = await swept.catch((error: Error) => {
    throw new EngineFailure([error.message], [], error);
  });
  assert.deepEqual(left, []);
}

describe("the rights that bootstrap gives", () => {
  const names = Object.keys(KINDS);
  const random = makeRandom(`${SEED}/rights`);
  const only = process.env.RIGHTS_KIND;
  for (const name of EXHAUSTIVE
    ? names.filter((one) => !only || one === only)
    : [random.pick(names)]) {
    const kind = KINDS[name] as Kind;
    it(`are enough for a stack, and each is needed: ${name}`, () =>
      withFixture(async (fixture) => {
        const { lab } = fixture;
        trustLab(lab);
        const world = await worldIn(lab, kind.senders, kind.more);
        await make(world);
        const identities = {
          deploy: await identityOf(world, lab, "deploy"),
          read: await identityOf(world, lab, "read"),
        };
        const back = await fixture.snapshot();
        assert.equal(await failingStep(fixture, world, kind, identities, APP_NAMES), undefined);
        const granted = APP_NAMES.flatMap((app) =>
          world.rights[app]
            .filter(({ extra }) => extra === undefined)
            .map((right) => ({ app, right })),
        );
        const chosen = EXHAUSTIVE ? granted : [random.pick(granted)];
        const proved: string[] = [];
        for (const { app, right } of chosen) {
          await back();
          takeAway(lab, world.stack, app, right);
          const missing = (await checkApps(world, false))
            .flatMap(({ rights }) => rights)
            .filter(({ state }) => state === "missing");
          const failed = await failingStep(fixture, world, kind, identities, [app]);
          const told = missing.some((one) => one.name === right.name);
          console.log(
            `${name} | ${app} | ${rightIn(right)} | ${failed === undefined ? "NOTHING FAILS" : `${failed.step}: ${failed.words.split("\n")[0]}`}`,
          );
          if (failed === undefined) continue;
          // The azuread plugin repeats Graph's words, which name no permission: there the check does.
          assert.ok(
            failed.words.includes(right.name) || told,
            `${rightIn(right)}: ${failed.words}`,
          );
          proved.push(`${app} ${rightIn(right)}`);
        }
        for (const app of APP_NAMES) {
          const count = (all: readonly string[]) =>
            all.filter((one) => one.startsWith(`${app} `)).length;
          const rights = chosen.map((one) => `${one.app} ${one.right.name}`);
          console.log(`${name} | ${app} | rights ${count(rights)} | proved ${count(proved)}`);
        }
        assert.deepEqual(
          proved,
          chosen.map(({ app, right }) => `${app} ${rightIn(right)}`),
        );
      }));
  }
});
