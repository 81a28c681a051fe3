// A stack, or its project, gets another name: what it has made keeps, and is told the new name in place.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import type { Lab } from "../../lab/src/lab.ts";
import { labApplications } from "../../lab/stack/senders.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import { comparableWorld } from "../../lab/story/world.ts";
import { workspaceEngine } from "../../scripts/engine/find.ts";
import type { OpenedStack } from "../../scripts/engine/openStack.ts";
import type { StackConfig } from "../badConfigs.ts";
import { type Fixture, openFixture } from "./fixture.ts";

const FIRST = { project: "m365-smtp-relay", stack: "first" };

/** Runs `pulumi stack rename` as a user does. */
async function rename({ folder, env }: Fixture, stack: string, to: string): Promise<void> {
  const { pulumiCommand, envVars } = await workspaceEngine();
  await promisify(execFile)(pulumiCommand.command, ["stack", "rename", to, "--stack", stack], {
    cwd: folder,
    env: {
      ...process.env,
      ...envVars,
      ...env,
      PULUMI_BACKEND_URL: `file://${folder}/state`,
      PULUMI_CONFIG_PASSPHRASE: "test",
    },
  });
}

/** A stack that uses every kind of resource but the classic way into a mailbox. */
function everyKind(lab: Lab): StackConfig {
  const { tenant, addresses } = lab.world;
  const { domain } = tenant;
  const [sku] = tenant.skus;
  assert.ok(sku);
  sku.consumed = 2;
  tenant.domains.push({
    id: `mail.${domain}`,
    isInitial: false,
    isDefault: false,
    isVerified: true,
  });
  tenant.acceptedDomains.push({
    ...{ guid: "00000000-0000-4000-8000-000000000001", name: `mail.${domain}` },
    ...{ isDefault: false, isInitial: false },
  });
  lab.admin("New-InboundConnector", {
    Name: "By hand",
    ConnectorType: "OnPremises",
    SenderDomains: ["*"],
    SenderIPAddresses: ["192.0.2.251"],
    Comment: "made by Bob",
  });
  const config = structuredClone(labConfig(lab.world)) as StackConfig;
  const [own] = config["m365-smtp-relay:domains"];
  Object.assign(own ?? {}, { mtaSts: { id: "1" }, tlsRpt: { rua: [`mailto:tls@${domain}`] } });
  config["m365-smtp-relay:domains"].push({ name: `mail.${domain}` });
  config["m365-smtp-relay:senders"].push(
    {
      name: "old",
      from: [`old@${domain}`],
      authentication: ["staticIp"],
      egress: ["192.0.2.251"],
      adoptConnector: "By hand",
    },
    {
      name: "key",
      from: [`key@${domain}`, `anna@${domain}`],
      authentication: ["oauth"],
      recipientsPerDay: 9,
    },
    {
      name: "printer",
      from: [`printer@mail.${domain}`],
      authentication: ["password"],
      license: sku.skuPartNumber,
    },
  );
  assert.ok(addresses.customer.length > 0);
  return config;
}

/** The world, line by line, but for when things were changed. */
const linesOf = (lab: Lab): string[] =>
  comparableWorld(lab)
    .split("\n")
    .filter((line) => !line.includes('"whenChanged"'));

/** Lines that are in one list alone. */
const differing = (one: readonly string[], other: readonly string[]): string[] => [
  ...one.filter((line) => !other.includes(line)),
  ...other.filter((line) => !one.includes(line)),
];

/** The texts of the world that name a stack: marks and names. */
function textsWith(lab: Lab, name: string): string[] {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value === "string" && value.includes(name)) found.add(value);
    else if (typeof value === "object" && value !== null) Object.values(value).forEach(visit);
  };
  const { submission: _, audit: __, ...world } = lab.dump();
  visit(world);
  return [...found].sort();
}

describe("a stack with every kind of resource", () => {
  let fixture: Fixture;
  let lab: Lab;
  let config: StackConfig;
  let worldBefore: string[];
  let outputs: Readonly<Record<string, unknown>>;
  let restore: () => Promise<void>;
  let stackFile: string;

  const stackFileOf = () => join(fixture.folder, `Pulumi.${FIRST.stack}.yaml`);

  before(async () => {
    fixture = await openFixture();
    ({ lab } = fixture);
    config = everyKind(lab);
    worldBefore = linesOf(lab);
    const first = await fixture.open({ ...FIRST, config });
    ({ outputs } = await first.up({ skipPreview: true }));
    assert.deepEqual(outputs.pending, []);
    // Entra shows the address that a licence gave its user from now on.
    await first.up({ refresh: true, skipPreview: true });
    restore = await fixture.snapshot();
    stackFile = await readFile(stackFileOf(), "utf8");
  });
  after(() => fixture?.close());

  /** Puts everything back to where the stack is up under its first name. */
  async function begin(): Promise<void> {
    await restore();
    // It holds the salt of the state's secrets, and a rename moves it.
    await writeFile(stackFileOf(), stackFile);
    await fixture.open({ ...FIRST, config });
  }

  for (const { what, to, fixed } of [
    {
      what: "stack",
      to: { project: FIRST.project, stack: "second" },
      // No cmdlet gives these another name.
      fixed: ["relay-first-crm", "relay-first-key", "relay-first-printer", "relay-first-shop"],
    },
    {
      what: "project",
      to: { project: "another-project", stack: FIRST.stack },
      fixed: [],
    },
  ]) {
    describe(`a ${what} that is renamed`, () => {
      let stack: OpenedStack;

      before(async () => {
        await begin();
        await rename(fixture, FIRST.stack, `organization/${to.project}/${to.stack}`);
        stack = await fixture.open({ ...to, config });
      });

      // Both are named by the same owner, so what is not about the names is tried with one of them.
      if (what === "stack") {
        it("previews updates in place, and nothing else", async () => {
          const before = linesOf(lab);
          const changes = await stack.preview();
          assert.deepEqual([...new Set(changes.map(({ op }) => op))], ["update"]);
          assert.deepEqual(differing(linesOf(lab), before), []);
        });
      }

      it("is updated by up: every mark names it, and so do the names that Exchange can change", async () => {
        const known = lab.world.mailboxes.map(({ guid }) => guid);
        const { changes, outputs: now } = await stack.up({ skipPreview: true });
        assert.deepEqual([...new Set(changes.map(({ op }) => op))], ["update"]);
        assert.deepEqual(now.pending, []);
        assert.deepEqual(now.secrets, outputs.secrets);
        assert.deepEqual(
          lab.world.mailboxes.map(({ guid }) => guid),
          known,
        );
        assert.deepEqual(textsWith(lab, `${FIRST.project}/${FIRST.stack}`), []);
        // An address that Exchange made of the old name stays, as every address of a mailbox does.
        const kept = textsWith(lab, "relay-first-").filter((text) => !text.startsWith("smtp:"));
        if (what === "stack") assert.deepEqual(kept, fixed);
        assert.ok(textsWith(lab, `${to.project}/${to.stack}`).length > 10);
      });

      it("has nothing left to do, and does not drift", async () => {
        assert.deepEqual(await stack.preview(), []);
        assert.deepEqual(await stack.drift(), []);
      });

      if (what === "stack") {
        it("takes another sender", async () => {
          const { domain } = lab.world.tenant;
          const senders = config["m365-smtp-relay:senders"];
          const more = { ...labApplications(lab.world)[0], name: "more", from: [`more@${domain}`] };
          const another = {
            ...config,
            "m365-smtp-relay:senders": [
              ...senders,
              { ...more, authentication: ["oauth"], recipientsPerDay: 5 },
            ],
          };
          await stack.configure(another);
          const { changes } = await stack.up();
          const ops = new Set(
            changes.filter(({ name }) => name.includes("-more-")).map(({ op }) => op),
          );
          assert.deepEqual([...ops], ["create"]);
        });
      }

      it("leaves nothing when it is destroyed", async () => {
        await stack.destroy();
        assert.deepEqual(differing(linesOf(lab), worldBefore), []);
      });
    });
  }

  describe("a stack that is renamed twice, with its project, before the next up", () => {
    const third = { project: "another-project", stack: "third" };

    before(async () => {
      await begin();
      await rename(fixture, FIRST.stack, `organization/${FIRST.project}/second`);
      await rename(fixture, "second", `organization/${third.project}/${third.stack}`);
    });

    it("is updated by one up, which keeps every mailbox and leaves no former name in a mark", async () => {
      const known = lab.world.mailboxes.map(({ guid }) => guid);
      const { outputs } = await (await fixture.open({ ...third, config })).up();
      assert.deepEqual(outputs.pending, []);
      assert.deepEqual(
        lab.world.mailboxes.map(({ guid }) => guid),
        known,
      );
      assert.deepEqual(textsWith(lab, `${FIRST.project}/${FIRST.stack}`), []);
      assert.deepEqual(textsWith(lab, `${FIRST.project}/second`), []);
    });

    it("leaves nothing when it is renamed once more and destroyed at once", async () => {
      await rename(fixture, third.stack, `organization/${third.project}/fourth`);
      await (await fixture.open({ ...third, stack: "fourth", config })).destroy();
      assert.deepEqual(differing(linesOf(lab), worldBefore), []);
    });
  });
});
