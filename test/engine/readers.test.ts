// What apps that only read can do: preview, look for drift, and nothing else.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { promisify } from "node:util";
import type { Lab } from "../../lab/src/lab.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import { comparableWorld } from "../../lab/story/world.ts";
import type { OpenedStack } from "../../scripts/engine/openStack.ts";
import { projectRoot } from "../../scripts/setup/root.ts";
import type { StackConfig } from "../badConfigs.ts";
import {
  errorsOf,
  exchangeWrites,
  type Fixture,
  openFixture,
  summaryOf,
  zoneWrites,
} from "./fixture.ts";

const NOT_LOOKED_AT =
  /warning: the service principals of senders in Exchange, and whether these may send, were not looked at/g;

/** Exchange's words, Graph's, Cloudflare's. */
const NOT_ALLOWED =
  /The role assigned to application isn't supported|Insufficient privileges to complete the operation|Authentication error/;

type Senders = StackConfig["m365-smtp-relay:senders"];

const sender = (config: StackConfig, name: string, change: object) =>
  Object.assign(config["m365-smtp-relay:senders"].find((one) => one.name === name) ?? {}, change);
const another = (config: StackConfig, change: Omit<Senders[number], "from">) => {
  const { name: domain } = config["m365-smtp-relay:domains"][0] ?? {};
  config["m365-smtp-relay:senders"].push({ ...change, from: [`${change.name}@${domain}`] });
};

/** What needs a write in one service each: another stack file, or an act by hand that `up --refresh` would undo. */
const REFUSED: readonly {
  readonly what: string;
  readonly change?: (config: StackConfig) => unknown;
  readonly byHand?: (lab: Lab) => unknown;
  readonly words: RegExp;
}[] = [
  {
    what: "a connector",
    change: (config) => sender(config, "erp", { restrictToDomains: true }),
    words:
      /The role assigned to application isn't supported.*does not allow Set-InboundConnector.*an Exchange role group with Remote and Accepted Domains is enough/,
  },
  {
    what: "a limit",
    change: (config) => sender(config, "shop", { recipientsPerDay: 7 }),
    words:
      /The role assigned to application isn't supported.*does not allow Set-HostedOutboundSpamFilterPolicy.*an Exchange role group with Transport Hygiene is enough/,
  },
  {
    what: "a mailbox that was changed by hand",
    byHand: ({ admin, world }) =>
      admin("Set-CASMailbox", { Identity: `own@${world.tenant.domain}`, PopEnabled: true }),
    words: /The role assigned to application isn't supported.*does not allow Set-CASMailbox/,
  },
  {
    what: "an app",
    change: (config) =>
      another(config, { name: "more", authentication: ["oauth"], recipientsPerDay: 5 }),
    words: /POST \/v1\.0\/applications: .* 403 .*Insufficient privileges to complete the operation/,
  },
  {
    what: "a secret of an app",
    change: (config) => sender(config, "own", { credentialGeneration: 2 }),
    words: /\/addPassword: .* 403 .*Insufficient privileges to complete the operation/,
  },
  {
    what: "a user",
    change: (config) =>
      another(config, {
        name: "person",
        authentication: ["password"],
        license: config["m365-smtp-relay:senders"].find(({ name }) => name === "printer")?.license,
      }),
    words: /POST \/v1\.0\/users: .* 403 .*Insufficient privileges to complete the operation/,
  },
  {
    what: "a licence that was changed by hand",
    byHand: ({ world }) => {
      for (const user of world.directory.users) {
        if (user.userPrincipalName.startsWith("printer@")) user.licenses = [];
      }
    },
    words: /Graph POST \/users\/.*assignLicense.*Insufficient privileges to complete the operation/,
  },
  {
    what: "a DNS record that was changed by hand",
    byHand: ({ editZone, world }) =>
      editZone(world.tenant.domain, (records) =>
        records.filter(({ name }) => !name.startsWith("_dmarc")),
      ),
    words: /Cloudflare: .*Authentication error \(10000\); give the token .* Zone\.DNS Edit/,
  },
];

/** Kinds that are nothing outside the stack: what is told of a sender, what was looked at, what the engine drew. */
const INSIDE = /:(AcceptedDomain|ClientSubmission|Password|Survey)$/;

/** What a state holds of the world: URN and id of each resource. */
async function objectsOf({ stateFolder }: OpenedStack): Promise<string[]> {
  const file = join(stateFolder, ".pulumi", "stacks", "m365-smtp-relay", "lab.json");
  const { checkpoint } = JSON.parse(await readFile(file, "utf8")) as {
    checkpoint: { latest: { resources: { urn: string; type: string; id?: string }[] } };
  };
  return checkpoint.latest.resources
    .filter(({ type, id }) => id !== undefined && !INSIDE.test(type))
    .map(({ urn, id }) => `${urn} ${id}`)
    .sort();
}

describe("an app that only reads", () => {
  let fixture: Fixture;
  let lab: Lab;
  let config: StackConfig;
  let putBack: () => Promise<void>;

  before(async () => {
    fixture = await openFixture();
    ({ lab } = fixture);
    const { tenant } = lab.world;
    const [sku] = tenant.skus;
    assert.ok(sku);
    sku.consumed = 2;
    config = labConfig(lab.world) as StackConfig;
    config["m365-smtp-relay:senders"].push({
      ...{ name: "printer", from: [`printer@${tenant.domain}`] },
      ...{ authentication: ["password"], license: sku.skuPartNumber },
    });
    config["m365-smtp-relay:senders"].push({
      ...{ name: "own", from: [`own@${tenant.domain}`] },
      ...{ authentication: ["oauth"], recipientsPerDay: 9 },
    });
    const stack = await fixture.open({ config });
    await stack.up({ skipPreview: true });
    // Entra shows the address that a licence gave its user from now on.
    await stack.up({ refresh: true, skipPreview: true });
    putBack = await fixture.snapshot();
  });
  after(() => fixture?.close());

  /** What an operation prints. */
  async function printedBy(operation: () => Promise<unknown>): Promise<string> {
    const before = fixture.output().length;
    await operation();
    return fixture.output().slice(before);
  }
  const writes = () => [...exchangeWrites(lab), ...zoneWrites(lab)];

  for (const { name, sees } of [
    { name: "global-reader", sees: false },
    { name: "role-group", sees: true },
  ]) {
    describe(name, () => {
      let stack: OpenedStack;
      before(async () => {
        await putBack();
        stack = await fixture.open({ config, env: lab.readerEnvs[name] ?? {} });
      });
      beforeEach(() => stack.configure(config));

      const declare = (senders: Senders) =>
        stack.configure({ ...config, "m365-smtp-relay:senders": senders });

      it("previews an unchanged stack, and sees no drift", async () => {
        const before = [writes(), comparableWorld(lab)];
        assert.deepEqual(await stack.preview(), []);
        const printed = await printedBy(async () => assert.deepEqual(await stack.drift(), []));
        const [, diagnostics = ""] = printed.split("Diagnostics:");
        assert.equal([...diagnostics.matchAll(NOT_LOOKED_AT)].length, sees ? 0 : 1);
        assert.deepEqual([writes(), comparableWorld(lab)], before);
      });

      it(`sees drift, ${sees ? "that of service principals too" : "but not that of service principals"}`, async () => {
        const principal = lab.world.exchangeServicePrincipals.find(
          ({ displayName }) => displayName === "relay-lab-shop",
        );
        lab.admin("Set-ServicePrincipal", { Identity: principal?.appId, DisplayName: "by hand" });
        lab.admin("Set-InboundConnector", { Identity: "relay-lab-erp", Enabled: false });
        lab.admin("Set-ManagementRoleAssignment", { Identity: "relay-lab-shop", Enabled: false });
        const drift = summaryOf(await stack.drift());
        assert.deepEqual(
          drift,
          [
            "update relay-erp-connector: enabled",
            ...(sees ? ["update relay-shop-exchange-principal: displayName"] : []),
            "update relay-shop-role: enabled",
            ...(sees ? ["update relay-shop-submission"] : []),
          ].sort(),
        );
        await putBack();
      });

      it("previews a new sender and a change, with what is in the way", async () => {
        const [erp, ...others] = config["m365-smtp-relay:senders"];
        const more = { name: "more", from: [`more@${lab.world.tenant.domain}`] };
        await declare([
          { ...erp, egress: ["192.0.2.40"] },
          ...others,
          { ...more, authentication: ["oauth"], recipientsPerDay: 5 },
        ]);
        const changes = summaryOf(await stack.preview());
        assert.ok(
          changes.includes("update relay-erp-connector: senderIPAddresses"),
          changes.join(),
        );
        assert.ok(changes.includes("create relay-more-mailbox"), changes.join());
        await declare([
          { ...more, from: [`anna@${lab.world.tenant.domain}`], authentication: ["oauth"] },
        ]);
        assert.match(
          (await errorsOf(stack.preview())).join("\n"),
          /mailbox of more: address: "anna@/,
        );
      });

      describe("in one up that goes on after each refusal", () => {
        let errors: string;
        let made: readonly string[];
        let worldBefore: string;
        let worldAfter: string;
        before(async () => {
          for (const { byHand } of REFUSED) byHand?.(lab);
          const declared = structuredClone(config);
          for (const { change } of REFUSED) change?.(declared);
          await stack.configure(declared);
          const held = await objectsOf(stack);
          worldBefore = comparableWorld(lab);
          const up = stack.up({ refresh: true, skipPreview: true, continueOnError: true });
          errors = (await errorsOf(up)).join("\n");
          worldAfter = comparableWorld(lab);
          made = (await objectsOf(stack)).filter((one) => !held.includes(one));
        });
        after(() => putBack());

        for (const { what, words } of REFUSED) {
          it(`may not write ${what}: the service says so`, () => assert.match(errors, words));
        }
        it("changes nothing, and the state holds nothing new", () => {
          assert.equal(worldAfter, worldBefore);
          assert.deepEqual(made, []);
        });
      });

      it("runs npm run dns", async () => {
        const { stdout } = await promisify(execFile)(
          process.execPath,
          ["scripts/dns/main.ts", "--stack", "lab", "--all"],
          {
            cwd: projectRoot,
            env: {
              ...process.env,
              ...fixture.env,
              ...lab.readerEnvs[name],
              PULUMI_BACKEND_URL: `file://${stack.stateFolder}`,
              PULUMI_CONFIG_PASSPHRASE: "test",
              PULUMI_OPTION_CONFIG_FILE: join(fixture.folder, "Pulumi.lab.yaml"),
            },
          },
        );
        assert.match(stdout, /selector1\._domainkey/);
      });

      it("may not destroy anything", async () => {
        const before = comparableWorld(lab);
        const held = await objectsOf(stack);
        assert.match((await errorsOf(stack.destroy())).join("\n"), NOT_ALLOWED);
        assert.equal(comparableWorld(lab), before);
        assert.deepEqual(await objectsOf(stack), held);
        await putBack();
      });
    });
  }
});
