// What apps that only read can do: preview, look for drift, and nothing else.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
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
    const stack = await fixture.open({ config });
    await stack.up();
    // Entra shows the address that a licence gave its user from now on.
    await stack.up({ refresh: true });
    putBack = await fixture.snapshot();
  });
  after(() => fixture?.close());

  /** The stack as this app works on it. */
  const openAs = (name: string, change: Partial<StackConfig> = {}) =>
    fixture.open({ config: { ...config, ...change }, env: lab.readerEnvs[name] ?? {} });
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
        stack = await openAs(name);
      });

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
        const changed = await openAs(name, {
          "m365-smtp-relay:senders": [
            { ...erp, egress: ["192.0.2.40"] },
            ...others,
            { ...more, authentication: ["oauth"], recipientsPerDay: 5 },
          ],
        });
        const changes = summaryOf(await changed.preview());
        assert.ok(
          changes.includes("update relay-erp-connector: senderIPAddresses"),
          changes.join(),
        );
        assert.ok(changes.includes("create relay-more-mailbox"), changes.join());
        const taken = await openAs(name, {
          "m365-smtp-relay:senders": [
            { ...more, from: [`anna@${lab.world.tenant.domain}`], authentication: ["oauth"] },
          ],
        });
        assert.match(
          (await errorsOf(taken.preview())).join("\n"),
          /mailbox of more: address: "anna@/,
        );
      });

      for (const { what, change, words } of [
        {
          what: "a connector",
          change: (senders: StackConfig["m365-smtp-relay:senders"]) =>
            senders.map((sender) =>
              sender.name === "erp" ? { ...sender, restrictToDomains: true } : sender,
            ),
          words:
            /does not allow Set-InboundConnector.*an Exchange role group with Remote and Accepted Domains is enough/,
        },
        {
          what: "a limit",
          change: (senders: StackConfig["m365-smtp-relay:senders"]) =>
            senders.map((sender) =>
              sender.name === "shop" ? { ...sender, recipientsPerDay: 7 } : sender,
            ),
          words:
            /does not allow Set-HostedOutboundSpamFilterPolicy.*an Exchange role group with Transport Hygiene is enough/,
        },
      ]) {
        it(`may not change ${what}: the error says what it lacks, and nothing is changed`, async () => {
          const before = comparableWorld(lab);
          const changed = await openAs(name, {
            "m365-smtp-relay:senders": change(config["m365-smtp-relay:senders"]),
          });
          assert.match((await errorsOf(changed.up())).join("\n"), words);
          assert.equal(comparableWorld(lab), before);
          await putBack();
        });
      }

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
        assert.ok((await errorsOf(stack.destroy())).length > 0);
        assert.equal(comparableWorld(lab), before);
        await putBack();
      });
    });
  }
});
