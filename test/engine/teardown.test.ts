// `npm run teardown`: whatever it is cut off by and whatever somebody has done by hand, the next run ends with a checked
// state. EXHAUSTIVE=1 cuts it off at every event of the engine, makes each change by hand alone, and tries every refusal; else
// some are drawn. What is refused without a process is in test/unit/scripts/teardown.test.ts.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { parse, stringify } from "yaml";
import type { Lab } from "../../lab/src/lab.ts";
import { makeRandom } from "../../lab/src/random.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import { comparableWorld } from "../../lab/story/world.ts";
import type { OpenedStack } from "../../scripts/engine/openStack.ts";
import { projectRoot } from "../../scripts/setup/root.ts";
import { deleteInEntra, runCommand } from "./byHand.ts";
import { type Fixture, filesIn, openFixture, SEED } from "./fixture.ts";
import type { Ended } from "./readingScript.ts";

const EXHAUSTIVE = process.env.EXHAUSTIVE === "1";
/** At how many events a run is cut off otherwise. */
const CUTS = 2;
const DISPOSABLE = "m365-smtp-relay:disposable";

describe("a teardown", () => {
  let fixture: Fixture;
  let lab: Lab;
  let stack: OpenedStack;
  let restore: () => Promise<void>;
  let tenant: string;
  let domain: string;
  /** The world before the first `up`, with what Entra and Exchange keep. */
  let first: string;
  /** The zone's records before it. */
  let zone: Lab["world"]["cloudflare"]["zones"][number]["records"];
  /** Events of the engine in a run that is not cut off. */
  let events = 0;

  before(async () => {
    fixture = await openFixture({ checkpoints: true });
    ({ lab } = fixture);
    ({ id: tenant, domain } = lab.world.tenant);
    lab.world.deployer.appRoles.graph.push("User.DeleteRestore.All");
    lab.world.settings.dkimRemovable = true;
    first = comparableWorld(lab, { deletedItems: true });
    zone = structuredClone(recordsOf(lab, domain));
    stack = await fixture.open({ config: configOf(lab) });
    await stack.up({ skipPreview: true });
    restore = await fixture.snapshot();
  });
  beforeEach(() => restore());
  after(() => fixture?.close());

  const confirmed = () => ["--yes", "--tenant", tenant];
  const teardown = (...args: string[]) => ended(start(fixture, stack, ["--stack", "lab", ...args]));
  const file = () => join(fixture.folder, "Pulumi.lab.yaml");
  const everything = async () => [
    await filesIn(stack.stateFolder),
    comparableWorld(lab, { deletedItems: true }),
  ];

  /** The run that comes after a trouble: nothing is left, and the world is as it was before the first `up`. */
  async function clean(): Promise<void> {
    const { code, stdout, stderr } = await teardown(...confirmed(), "--purge");
    assert.deepEqual([code, stdout], [0, 'stack "lab": nothing left\n'], stderr);
    assert.equal(comparableWorld(lab, { deletedItems: true }), first);
  }

  it("says what it would do, and changes nothing with --dry-run", async () => {
    const was = await everything();
    const { code, stdout, stderr } = await teardown("--dry-run");
    assert.equal(code, 0, stderr);
    for (const line of [
      'stack "lab": nothing was changed (--dry-run)',
      '  connector "relay-lab-erp" of erp',
      '  app "relay-lab-shop"',
      `  mailbox of scanner@${domain}`,
    ]) {
      assert.ok(stdout.split("\n").includes(line), `${line}\nin\n${stdout}`);
    }
    assert.match(
      stdout,
      /^ {2}Entra keeps the apps .* for 30 days; --purge deletes them for good$/m,
    );
    assert.deepEqual(await everything(), was);
  });

  it("leaves nothing but what Entra and Exchange keep, and with --purge not that either", async () => {
    const args = ["--stack", "lab", ...confirmed()];
    const { code, stdout, stderr, ...counted } = await killedAt(fixture, stack, args);
    events = counted.events;
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /^stack "lab": nothing left\n\nEntra and Exchange keep what can be restored:\n/,
    );
    assert.match(stdout, /^ {2}deleted app relay-lab-shop, until \d{4}-\d\d-\d\d$/m);
    assert.match(stdout, new RegExp(`^  deleted mailbox orders@${domain}, until `, "m"));
    assert.equal(comparableWorld(lab), withoutKept(first));
    assert.notEqual(comparableWorld(lab, { deletedItems: true }), first);
    const purged = await teardown(...confirmed(), "--purge", "--json");
    assert.deepEqual(JSON.parse(purged.stdout), {
      ...{ stack: "lab", dryRun: false, left: [], kept: [], unseen: [], failures: [] },
    });
    assert.equal(comparableWorld(lab, { deletedItems: true }), first);
  });

  it("is killed with its engine at any event: the next run leaves nothing", async (t) => {
    assert.ok(events > 20, `a whole run had ${events} events`);
    const random = makeRandom(`${SEED}/teardown`);
    const cuts = EXHAUSTIVE
      ? Array.from({ length: events }, (_, index) => index + 1)
      : Array.from({ length: CUTS }, () => random.integer(1, events));
    for (const cut of cuts) {
      await t.test(`event ${cut} of ${events}`, async () => {
        await restore();
        const args = ["--stack", "lab", ...confirmed()];
        const killed = await killedAt(fixture, stack, args, cut);
        assert.deepEqual([killed.code, killed.events], [-1, cut], killed.stderr);
        await clean();
      });
    }
  });

  it("takes over what a killed up was creating, and does not make the rest again", async () => {
    const path = join(stack.stateFolder, ".pulumi/stacks/m365-smtp-relay/lab.json");
    const state = JSON.parse(await readFile(path, "utf8")) as StateFile;
    const { latest } = state.checkpoint;
    const isConnector = ({ urn }: { urn: string }) => urn.endsWith("::relay-erp-connector");
    const connector = latest.resources.find(isConnector);
    assert.ok(connector);
    const { id: _, outputs: __, ...creating } = connector;
    latest.resources = latest.resources.filter((resource) => resource !== connector);
    latest.pending_operations = [{ resource: creating, type: "creating" }];
    await writeFile(path, JSON.stringify(state));
    await writeFile(`${path}.attrs`, "");
    const looked = await teardown("--dry-run");
    assert.deepEqual([looked.code, looked.stdout], [1, ""]);
    assert.match(looked.stderr, /failed to load checkpoint: EOF; .*without --dry-run/);
    // A teardown that was cut off had removed this one.
    lab.admin("Remove-HostedOutboundSpamFilterRule", { Identity: "relay-lab-shop" });
    const log = lab.log.events().length;
    await clean();
    const made = lab.log
      .events()
      .slice(log)
      .filter(({ service, what }) => service === "exchange" && what.startsWith("New-"));
    assert.deepEqual(made, []);
  });

  const BY_HAND: Readonly<Record<string, () => unknown>> = {
    "removed the connector": () =>
      lab.admin("Remove-InboundConnector", { Identity: "relay-lab-erp" }),
    "removed the mailbox": () => lab.admin("Remove-Mailbox", { Identity: `orders@${domain}` }),
    "deleted the app": () =>
      deleteInEntra(lab, `applications/${lab.world.directory.applications[0]?.id}`),
    "removed the service principal in Exchange": () =>
      lab.admin("Remove-ServicePrincipal", {
        Identity: lab.world.exchangeServicePrincipals[0]?.guid,
      }),
    "removed the role assignment and the scope": () => {
      // Exchange removes the assignment with its service principal.
      if (lab.world.roleAssignments.length > 0) {
        lab.admin("Remove-ManagementRoleAssignment", { Identity: "relay-lab-shop" });
      }
      lab.admin("Remove-ManagementScope", { Identity: "relay-lab-shop" });
    },
    "removed the DKIM configuration": () =>
      lab.admin("Remove-DkimSigningConfig", { Identity: domain }),
    "put the zone back as it was": () => lab.editZone(domain, () => structuredClone(zone)),
    "deleted the user, and its licence with it": () =>
      deleteInEntra(lab, `users/scanner@${domain}`),
    "removed the authentication policy": () => {
      const scanner = `scanner@${domain}`;
      const hasUser = lab.world.mailboxes.some(({ address }) => address === scanner);
      if (hasUser) lab.admin("Set-User", { Identity: scanner, AuthenticationPolicy: null });
      lab.admin("Remove-AuthenticationPolicy", { Identity: "relay-lab-scanner" });
    },
    "removed the outbound rule": () =>
      lab.admin("Remove-HostedOutboundSpamFilterRule", { Identity: "relay-lab-shop" }),
  };

  it("goes on after all that somebody has removed or put back by hand", async (t) => {
    assert.equal(Object.keys(BY_HAND).length, 10);
    if (EXHAUSTIVE) {
      for (const [what, act] of Object.entries(BY_HAND)) {
        await t.test(what, async () => {
          await restore();
          await act();
          await clean();
        });
      }
      await restore();
    }
    for (const act of Object.values(BY_HAND)) await act();
    await clean();
  });

  it("does not remove what has lost its mark, finds orphans, and names a command for each that works", async () => {
    // Renamed, with its mark.
    lab.admin("Set-HostedOutboundSpamFilterPolicy", {
      Identity: "relay-lab-shop",
      RecipientLimitPerDay: 7,
    });
    lab.admin("Set-InboundConnector", { Identity: "relay-lab-erp", Comment: "mine" });
    lab.admin("Set-Mailbox", { Identity: `orders@${domain}`, DisplayName: "Renamed" });
    const mark = "Managed by Pulumi: m365-smtp-relay/lab/old. Changes made by hand are undone.";
    lab.admin("New-InboundConnector", {
      ...{ Name: "orphan", ConnectorType: "OnPremises", SenderDomains: ["smtp:*;1"] },
      ...{ SenderIPAddresses: ["192.0.2.77"], RequireTls: true, Comment: mark },
    });
    lab.admin("New-Mailbox", { Shared: true, Name: "orphan", DisplayName: "Orphan" });
    lab.admin("Set-Mailbox", { Identity: "orphan", CustomAttribute15: mark });
    // Another stack's, and one whose name begins alike.
    lab.admin("New-InboundConnector", {
      ...{ Name: "relay-lab-eu-erp", ConnectorType: "OnPremises", SenderDomains: ["smtp:*;1"] },
      ...{ SenderIPAddresses: ["192.0.2.78"], RequireTls: true },
      Comment: "Managed by Pulumi: m365-smtp-relay/lab-eu/erp. Changes made by hand are undone.",
    });
    lab.admin("New-ManagementScope", {
      ...{ Name: "relay-lab-eu-erp", RecipientRestrictionFilter: `Guid -eq '${tenant}'` },
    });
    const [app] = lab.world.directory.applications;
    assert.ok(app);
    lab.world.directory.applications.push({
      ...structuredClone(app),
      id: "0f6a5d3e-0000-4000-8000-000000000001",
      appId: "0f6a5d3e-0000-4000-8000-000000000002",
      properties: {
        ...app.properties,
        displayName: "orphan",
        notes: "Managed by Pulumi: m365-smtp-relay/lab/old",
      },
    });
    lab.editZone(domain, (records) => [
      ...records,
      {
        ...{ type: "TXT", name: `_orphan.${domain}`, content: '"x"' },
        comment: "Managed by Pulumi: m365-smtp-relay/lab",
      },
      {
        ...{ type: "TXT", name: `old.${domain}` },
        content: '"v=spf1 include:spf.protection.outlook.com ip4:192.0.2.9 ~all"',
        comment: "Managed by Pulumi: m365-smtp-relay/lab",
      },
    ]);

    const { code, stdout, stderr } = await teardown(...confirmed(), "--json");
    assert.equal(code, 7, stderr);
    assert.match(stderr, /connector "relay-lab-erp" .* is not marked as ours any more/);
    const { left } = JSON.parse(stdout) as {
      left: { title: string; because: string; command: string }[];
    };
    assert.deepEqual(
      left.map(({ title, because }) => `${title}: ${because}`).sort(),
      [
        `DNS record TXT _orphan.${domain}: its mark names m365-smtp-relay/lab`,
        `DNS record TXT old.${domain}: its mark names m365-smtp-relay/lab`,
        "app orphan: its mark names m365-smtp-relay/lab/old",
        "connector orphan: its mark names m365-smtp-relay/lab/old",
        "connector relay-lab-erp: its name is that of a sender of this stack",
        `mailbox orphan@${domain}: its mark names m365-smtp-relay/lab/old`,
      ].sort(),
    );
    for (const { command } of left) await runCommand(lab, command);
    const old = recordsOf(lab, domain).find(({ name }) => name === `old.${domain}`);
    assert.deepEqual([old?.content, old?.comment || ""], ['"v=spf1 ip4:192.0.2.9 ~all"', ""]);
    lab.editZone(domain, (records) => records.filter(({ id }) => id !== old?.id));
    lab.admin("Remove-InboundConnector", { Identity: "relay-lab-eu-erp" });
    lab.admin("Remove-ManagementScope", { Identity: "relay-lab-eu-erp" });
    await clean();
  });

  it("finds everything of a stack whose state is lost, and the list removes it", async () => {
    await rm(join(stack.stateFolder, ".pulumi/stacks"), { recursive: true });
    const was = await everything();
    const { code, stdout, stderr } = await teardown("--json");
    assert.equal(code, 7, stderr);
    assert.deepEqual(await everything(), was);
    const { left } = JSON.parse(stdout) as { left: { title: string; command: string }[] };
    const titles = left.map(({ title }) => title);
    for (const title of [
      ...["app relay-lab-shop", "connector relay-lab-erp", `mailbox orders@${domain}`],
      ...["management scope relay-lab-shop", "role assignment relay-lab-shop"],
      ...["service principal in Exchange relay-lab-shop", `mailbox scanner@${domain}`],
      ...["authentication policy relay-lab-scanner", "outbound policy relay-lab-shop"],
      ...["outbound rule relay-lab-shop", `DNS record CNAME selector1._domainkey.${domain}`],
    ]) {
      assert.ok(titles.includes(title), `${title} among ${titles.join(", ")}`);
    }
    for (const { command } of left) await runCommand(lab, command);
    const again = await teardown(...confirmed());
    assert.match(again.stdout, /^stack "lab": nothing left\n/, again.stderr);
  });

  it("is refused, and changes nothing, where anything says that it is not meant", async () => {
    const config = configOf(lab);
    const own = await readFile(file(), "utf8");
    const withFile = async (change: (config: Record<string, unknown>) => void, name: string) => {
      const changed = parse(own) as { config: Record<string, unknown> };
      change(changed.config);
      const path = join(fixture.folder, `${name}.yaml`);
      await writeFile(path, stringify(changed));
      return { PULUMI_OPTION_CONFIG_FILE: path };
    };
    const was = await everything();
    const steps =
      /two steps allow it: set m365-smtp-relay:disposable: true in .*, and run npm run pulumi -- up --stack lab/;
    const other = "11111111-2222-4333-8444-555555555555";
    const cases: [what: string, args: string[], code: number, words: RegExp, env?: object][] = [
      [
        "without the flag",
        confirmed(),
        1,
        steps,
        await withFile((all) => delete all[DISPOSABLE], "absent"),
      ],
      [
        "with the flag off",
        confirmed(),
        1,
        steps,
        await withFile((all) => {
          all[DISPOSABLE] = false;
        }, "off"),
      ],
      [
        "with the flag off, to purge",
        [...confirmed(), "--purge"],
        1,
        steps,
        await withFile((all) => {
          all[DISPOSABLE] = false;
        }, "off"),
      ],
      [
        "with the flag off, to look",
        ["--dry-run"],
        1,
        steps,
        await withFile((all) => {
          all[DISPOSABLE] = false;
        }, "off"),
      ],
      [
        "with a flag that is no flag",
        confirmed(),
        1,
        /disposable: "perhaps"/,
        await withFile((all) => {
          all[DISPOSABLE] = "perhaps";
        }, "perhaps"),
      ],
      [
        "in another tenant than the state's",
        ["--yes", "--tenant", other],
        1,
        new RegExp(`is another tenant than ${tenant}`),
        {
          ...(await withFile((all) => {
            all["azuread:tenantId"] = other;
          }, "moved")),
          ARM_TENANT_ID: other,
        },
      ],
      [
        "with another tenant's id",
        ["--yes", "--tenant", other],
        1,
        /is not that of the tenant of stack "lab"/,
      ],
      [
        "with no tenant's id",
        ["--yes", "--tenant", "lab"],
        1,
        /is not the id of a tenant \(a GUID\)/,
      ],
      ["with --yes alone", ["--yes"], 2, /--yes needs --tenant/],
      ["where nobody can be asked", [], 2, /nobody can be asked .*; add --yes and --tenant/],
      [
        "where nobody can be asked twice",
        ["--tenant", tenant],
        2,
        /nobody can be asked .*; add --yes/,
      ],
      [
        "with an identity of another tenant",
        confirmed(),
        1,
        /ARM_TENANT_ID: .* is another tenant than the one in/,
        { ARM_TENANT_ID: other },
      ],
      [
        "without an identity",
        confirmed(),
        1,
        /ARM_CLIENT_ID/,
        { ARM_CLIENT_ID: "", ARM_CLIENT_SECRET: "" },
      ],
      [
        "with a backend that is not there",
        confirmed(),
        1,
        /can't be (opened|read)/,
        { PULUMI_BACKEND_URL: `file://${fixture.folder}/nowhere` },
      ],
      [
        "of no stack",
        confirmed(),
        1,
        /there is no stack file Pulumi\.nobody\.yaml/,
        { PULUMI_OPTION_CONFIG_FILE: "", nobody: "yes" },
      ],
    ];
    const random = makeRandom(`${SEED}/refused`);
    const tried = EXHAUSTIVE
      ? cases
      : Array.from({ length: 4 }, () =>
          cases.splice(random.integer(0, cases.length - 1), 1),
        ).flat();
    for (const batch of inBatches(tried, 4)) {
      await Promise.all(
        batch.map(async ([what, args, code, words, env = {}]) => {
          const name = "nobody" in env ? "nobody" : "lab";
          const done = await ended(start(fixture, stack, ["--stack", name, ...args], { ...env }));
          assert.deepEqual([done.code, done.stdout], [code, ""], `${what}: ${done.stderr}`);
          assert.match(done.stderr, words, what);
        }),
      );
    }
    assert.deepEqual(await everything(), was);

    await stack.configure({ ...config, [DISPOSABLE]: false });
    await stack.up({ skipPreview: true });
    await stack.configure(config);
    const still = await everything();
    const { code, stderr } = await teardown(...confirmed());
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^teardown: stack "lab": was not disposable in its last up, and \d+ resources are still protected; run npm run pulumi -- up --stack lab, /m,
    );
    assert.deepEqual(await everything(), still);
  });
});

/** A sender of each kind: a connector, an app with a mailbox, a user with a password. */
function configOf({ world }: Lab): Record<string, unknown> {
  const { domain } = world.tenant;
  const config = labConfig(world);
  const key = "m365-smtp-relay:senders";
  const [erp, , shop] = config[key] as { name: string }[];
  assert.deepEqual([erp?.name, shop?.name], ["erp", "shop"]);
  const scanner = {
    ...{ name: "scanner", from: [`scanner@${domain}`], authentication: ["password"] },
    ...{ license: "EXCHANGESTANDARD", recipientsPerDay: 50 },
  };
  return { ...config, [key]: [erp, shop, scanner] };
}

/** What is changed here of a state as the file backend keeps it. */
interface StateFile {
  readonly checkpoint: {
    readonly latest: {
      resources: { urn: string; id?: string; outputs?: object }[];
      pending_operations?: object[];
    };
  };
}

const recordsOf = ({ world }: Lab, domain: string) =>
  world.cloudflare.zones.find(({ name }) => name === domain)?.records ?? [];

const withoutKept = (world: string): string => {
  const { deletedItems: _, ...rest } = JSON.parse(world) as Record<string, unknown>;
  return JSON.stringify(rest, null, 2);
};

function inBatches<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}

/** Starts the script in a process group of its own. */
function start(
  { folder, env: engineEnv }: Fixture,
  { stateFolder }: OpenedStack,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProcess {
  return spawn(process.execPath, [join(projectRoot, "scripts/teardown/main.ts"), ...args], {
    cwd: projectRoot,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      ...engineEnv,
      PULUMI_BACKEND_URL: `file://${stateFolder}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_OPTION_CONFIG_FILE: join(folder, "Pulumi.lab.yaml"),
      ...env,
    },
  });
}

async function ended(child: ChildProcess): Promise<Ended> {
  const texts = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream]?.on("data", (chunk) => {
      texts[stream] += chunk;
    });
  }
  return new Promise((resolve) => {
    child.once("close", (code) => resolve({ code: code ?? -1, ...texts }));
  });
}

/** Runs a teardown that is killed, with its engine, at an event; without one it counts them. */
async function killedAt(
  fixture: Fixture,
  stack: OpenedStack,
  args: readonly string[],
  event?: number,
): Promise<{ readonly events: number } & Ended> {
  const { lab, folder } = fixture;
  const file = join(folder, "events");
  await rm(file, { force: true });
  const preload = `--import=${join(import.meta.dirname, "dieAtEvent.ts")}`;
  const env = {
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ""} ${preload}`,
    EVENTS_FILE: file,
    ...(event !== undefined && { DIE_AT_EVENT: String(event) }),
  };
  const done = await ended(start(fixture, stack, args, env));
  if (event === undefined) return { ...done, events: Number(await readFile(file, "utf8")) };
  // The providers notice a second later that their engine is gone.
  for (let silent = 0, seen = -1; silent < 20; await sleep(100)) {
    const now = lab.log.events().length;
    silent = now === seen ? silent + 1 : 0;
    seen = now;
  }
  const events = Number(await readFile(file, "utf8"));
  return { ...done, events };
}
