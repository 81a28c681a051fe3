import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { makeRandom } from "../../../lab/src/random.ts";
import { DIRECTORY_ROLES } from "../../../mail/rights/directoryRoles.ts";
import { checkApps } from "../../../scripts/bootstrap/check.ts";
import type { World } from "../../../scripts/bootstrap/world.ts";
import { SENDERS, STACKS } from "../mail/rights/stacks.ts";
import { thrownBy } from "../tenant/bench.ts";
import { doneIn, make, openBootstrapBench, remove } from "./scene.ts";

const SEED = process.env.LAB_SEED ?? "1";
/** After how many writes a run is cut off without EXHAUSTIVE. */
const TRIED = 5;

type Bench = Awaited<ReturnType<typeof openBootstrapBench>>;

describe("bootstrap", () => {
  let bench: Bench;
  before(async () => {
    bench = await openBootstrapBench(SEED);
  });
  after(() => bench.close());
  beforeEach(() => bench.reset());

  const WORKLOADS = [
    {
      app: "deploy" as const,
      name: "github-environment-prod",
      issuer: "https://token.actions.githubusercontent.com",
      subject: "repo:contoso/relay:environment:prod",
      audience: "api://AzureADTokenExchange",
      what: "jobs",
    },
  ];
  /** What is not exact of the rights that the tenant gives. */
  const inexact = async (world: World, directoryRole = false) =>
    (await checkApps(world, directoryRole)).flatMap(({ rights }) =>
      rights
        .filter(({ kind, state }) => kind !== "zone" && state !== "held" && state !== "optional")
        .map(({ name, state }) => `${state}: ${name}`),
    );
  /** The tenant without what differs from run to run: ids and times. */
  const held = () => {
    const { directory, roleGroups, managementRoles, exchangeServicePrincipals } = bench.lab.world;
    const { applications, servicePrincipals, appRoleAssignments, roleAssignments } = directory;
    return {
      apps: applications.map(({ properties, federatedIdentityCredentials: all }) => [
        ...[properties.displayName, properties.notes],
        ...all.map(({ name, subject }) => `${name} ${subject}`),
      ]),
      principals: servicePrincipals.length,
      permissions: appRoleAssignments.length,
      directoryRoles: roleAssignments.length,
      roleGroups: roleGroups.map(({ name, roles, delegating = [], members }) => [
        name,
        ...[[...roles].sort(), delegating, members.length],
      ]),
      managementRoles: managementRoles.map(({ name, entries }) => [name, [...entries].sort()]),
      inExchange: exchangeServicePrincipals.map(({ displayName }) => displayName),
    };
  };

  for (const [name, { senders, more }] of Object.entries(STACKS)) {
    it(`gives both apps exactly what a stack needs, and does nothing the second time: ${name}`, async () => {
      const world = await bench.world(senders, more);
      assert.ok((await inexact(world)).every((one) => one.startsWith("missing: ")));
      assert.ok(doneIn(await make(world)).length > 8);
      assert.deepEqual(await inexact(world), []);
      const before = held();
      assert.deepEqual(doneIn(await make(world)), []);
      assert.deepEqual(held(), before);
    });
  }

  it("with --directory-role assigns the broad roles and makes no role group", async () => {
    const world = await bench.world([SENDERS.secret]);
    const groups = bench.lab.world.roleGroups.length;
    await make(world, { directoryRole: true });
    assert.deepEqual(await inexact(world, true), []);
    assert.equal(bench.lab.world.roleGroups.length, groups);
    const narrow = await inexact(world);
    assert.ok(narrow.includes("too much: Exchange Administrator"));
    assert.ok(narrow.includes("too much: Global Reader"));
    await make(world);
    assert.deepEqual(await inexact(world), []);
  });

  it("gives the app that reads a cmdlet that the stack did not need before", async () => {
    const classic = STACKS["oauth, classic"];
    await make(await bench.world(classic?.senders ?? [], classic?.more));
    const world = await bench.world([SENDERS.secret]);
    assert.ok((await inexact(world)).includes("missing: Test-ServicePrincipalAuthorization"));
    await make(world);
    assert.deepEqual(await inexact(world), []);
  });

  it("lets jobs of another repository sign in in place of those of the old one", async () => {
    const world = await bench.world([SENDERS.connector]);
    await make(world, { workloads: WORKLOADS });
    const moved = WORKLOADS.map((one) => ({
      ...one,
      subject: "repo:contoso/mail:environment:prod",
    }));
    assert.equal(doneIn(await make(world, { workloads: moved })).length, 1);
    const [app] = await world.entra.find("m365-smtp-relay prod deploy");
    assert.ok(app);
    assert.deepEqual(
      (await world.entra.federatedCredentialsOf(app)).map(({ name, subject }) => [name, subject]),
      [["github-environment-prod", "repo:contoso/mail:environment:prod"]],
    );
    assert.deepEqual(doneIn(await make(world, { workloads: moved })), []);
  });

  it("takes away one of two directory roles, and keeps the other", async () => {
    const world = await bench.world([SENDERS.connector]);
    await make(world, { directoryRole: true });
    const { directory } = bench.lab.world;
    const deploy = await world.entra.find("m365-smtp-relay prod deploy");
    const principalId = (await world.entra.principalOf(deploy[0]?.appId ?? "")) ?? "";
    await world.entra.assignDirectoryRole(principalId, DIRECTORY_ROLES.read.id);
    assert.deepEqual(await inexact(world, true), ["too much: Global Reader"]);
    await make(world, { directoryRole: true });
    assert.deepEqual(await inexact(world, true), []);
    const held = directory.roleAssignments.filter((one) => one.principalId === principalId);
    assert.deepEqual(
      held.map((one) => one.roleDefinitionId),
      [DIRECTORY_ROLES.deploy.id],
    );
  });

  it("takes away what a stack no longer needs", async () => {
    await make(await bench.world([SENDERS.connector, SENDERS.secret]));
    const smaller = await bench.world([SENDERS.connector]);
    assert.ok((await inexact(smaller)).includes("too much: Application.ReadWrite.All"));
    await make(smaller);
    assert.deepEqual(await inexact(smaller), []);
  });

  it("gives an extra right where it is asked for, and takes it from nobody who has it", async () => {
    const world = await bench.world([SENDERS.secret]);
    const extras = async () =>
      (await checkApps(world, false)).flatMap(({ rights }) =>
        rights.flatMap(({ extra, state }) => (extra ? [`${extra}: ${state}`] : [])),
      );
    const policies = ["policies: optional", "policies: optional"];
    await make(world);
    assert.deepEqual(await extras(), ["sign-in-log: optional", "purge: optional", ...policies]);
    await make(world, { extras: ["purge"] });
    assert.deepEqual(await extras(), ["sign-in-log: optional", "purge: held", ...policies]);
    const before = held();
    assert.deepEqual(doneIn(await make(world)), []);
    assert.deepEqual(held(), before);
    assert.deepEqual(await inexact(world), []);
    const smaller = await bench.world([SENDERS.connector]);
    assert.ok((await inexact(smaller)).includes("too much: User.DeleteRestore.All"));
  });

  it("cut off after any request that changes something, a second run ends in the same world", async () => {
    const senders = [SENDERS.connector, SENDERS.secret];
    const whole = await bench.world(senders);
    await make(whole, { workloads: WORKLOADS });
    const wanted = held();
    const writes = writesOf(bench);
    bench.reset();
    for (const count of cutsIn(writes)) {
      bench.reset();
      const world = await bench.world(senders);
      await killedAfter(count, bench, () => make(world, { workloads: WORKLOADS }));
      await make(await bench.world(senders), { workloads: WORKLOADS });
      assert.deepEqual(held(), wanted, `after ${count} of ${writes} writes`);
    }
  });

  it("takes back all that it made, and nothing else, and does nothing the second time", async () => {
    const before = held();
    const world = await bench.world([SENDERS.secret]);
    await make(world, { workloads: WORKLOADS });
    await remove(world);
    assert.deepEqual(held(), before);
    assert.deepEqual(doneIn(await remove(world)), []);
  });

  it("cut off while it takes back, a second run takes back the rest", async () => {
    const before = held();
    await make(await bench.world([SENDERS.secret]), { workloads: WORKLOADS });
    const made = structuredClone(bench.lab.world);
    const since = writesOf(bench);
    await remove(await bench.world([SENDERS.secret]));
    const writes = writesOf(bench) - since;
    for (const count of cutsIn(writes)) {
      Object.assign(bench.lab.world, structuredClone(made));
      const world = await bench.world([SENDERS.secret]);
      await killedAfter(count, bench, () => remove(world));
      await remove(await bench.world([SENDERS.secret]));
      assert.deepEqual(held(), before, `after ${count} of ${writes} writes`);
    }
  });

  it("refuses an app of its name that has no mark, and changes nothing", async () => {
    const world = await bench.world([SENDERS.connector]);
    await world.entra.create("m365-smtp-relay prod deploy", "the mail team's");
    const before = held();
    for (const act of [() => make(world), () => remove(world)]) {
      const { message } = await thrownBy(act);
      assert.match(message, /has no mark of bootstrap in its notes.*nothing was changed$/);
      assert.deepEqual(held(), before);
    }
  });

  it("refuses a role group or a management role of its name that has no mark, and changes nothing", async () => {
    for (const [cmdlet, parameters, words] of [
      ["New-RoleGroup", { Name: "m365-smtp-relay prod read" }, /^the role group ".*nothing was/],
      [
        "New-ManagementRole",
        { Name: "m365-smtp-relay prod service principal reader", Parent: "Role Management" },
        /^the management role ".*nothing was changed$/,
      ],
    ] as const) {
      bench.reset();
      bench.lab.admin(cmdlet, parameters);
      const before = held();
      const { message } = await thrownBy(async () => make(await bench.world([SENDERS.secret])));
      assert.match(message, words);
      assert.deepEqual(held(), before);
    }
  });

  it("refuses two apps with its name and its mark, and names both", async () => {
    const world = await bench.world([SENDERS.connector]);
    const mark = "Made by npm run bootstrap for m365-smtp-relay/prod: deploy";
    for (let made = 0; made < 2; made++)
      await world.entra.create("m365-smtp-relay prod deploy", mark);
    const { message } = await thrownBy(() => make(world));
    assert.match(message, /^there are 2 apps "m365-smtp-relay prod deploy".*client ids .*, /);
  });

  it("a person without a role is told which one, and nothing is changed", async () => {
    const before = held();
    const { user, exchangeAdministrator } = bench.lab.world.people;
    // An administrator has consented for everybody.
    await bench.lab.adminEnv();
    const { permissionGrants, users } = bench.lab.world.directory;
    const [grant] = permissionGrants;
    assert.ok(grant);
    permissionGrants.push(...users.map(({ id }) => ({ ...grant, principalId: id })));
    for (const [who, directoryRole, role] of [
      [user, false, /^Get-OrganizationConfig: .*Exchange Administrator or Global Administrator$/],
      [user, true, /Privileged Role Administrator or Global Administrator$/],
      [exchangeAdministrator, false, /Privileged Role Administrator or Global Administrator$/],
    ] as const) {
      const { message } = await thrownBy(async () =>
        make(await bench.world([SENDERS.connector], {}, { who }), { directoryRole }),
      );
      assert.match(message, role);
      assert.ok(message.includes(who), message);
      assert.deepEqual(held(), before);
    }
  });

  it("asks for an organisation that was never customised apart, and stops before it", async () => {
    bench.lab.world.organization.isDehydrated = true;
    const world = await bench.world([SENDERS.connector]);
    const { message } = await thrownBy(() => make(world));
    assert.match(message, /add --customize-organization$/);
    assert.equal(bench.lab.world.organization.isDehydrated, true);
    await make(world, { customize: true });
    assert.equal(bench.lab.world.organization.isDehydrated, false);
    assert.deepEqual(await inexact(world), []);
  });
});

/** After which of so many writes a run is cut off: after each with EXHAUSTIVE, else after some that the seed picks. */
function cutsIn(writes: number): readonly number[] {
  const all = Array.from({ length: writes }, (_, index) => index + 1);
  if (process.env.EXHAUSTIVE === "1") return all;
  const random = makeRandom(`${SEED}/cuts`);
  return [...new Set(Array.from({ length: TRIED }, () => random.pick(all)))];
}

/** Runs until so many requests have changed something: the answer of the last one never comes, and nothing runs after it. */
async function killedAfter(count: number, bench: Bench, run: () => Promise<unknown>) {
  const real = globalThis.fetch;
  const { promise: killed, resolve: kill } = Promise.withResolvers<void>();
  let left = count;
  globalThis.fetch = async (input, init) => {
    if (left <= 0) return new Promise(() => {});
    const before = writesOf(bench);
    const answer = await real(input, init);
    left -= writesOf(bench) - before;
    if (left > 0) return answer;
    kill();
    return new Promise(() => {});
  };
  try {
    await Promise.race([killed, run()]);
    assert.ok(left <= 0, "it was cut off before its end");
  } finally {
    globalThis.fetch = real;
  }
}

/** Requests so far that changed something in Entra or Exchange. */
function writesOf({ events }: Bench): number {
  return events().filter(
    ({ service, what, result }) =>
      /^2/.test(`${result}`) &&
      (service === "graph"
        ? /^(POST|PATCH|DELETE) /.test(what)
        : service === "exchange" && !/^(Get|Test|Search)-/.test(what)),
  ).length;
}
