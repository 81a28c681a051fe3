// What happens to connectors over the life of a stack, on the real engine: changes, foreign hands, adoption.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import type { StackConfig } from "../badConfigs.ts";
import { type Bench, errorsOf, withBench, writesOf } from "./bench.ts";

const configOf = ({ lab }: Bench) => labConfig(lab.world) as StackConfig;

const erpOf = (config: StackConfig): Record<string, unknown> =>
  config["m365-smtp-relay:senders"][0] ?? {};

const byName = ({ lab }: Bench, name: string) =>
  lab.world.connectors.find((connector) => connector.name === name);

const shown = (changes: readonly { op: string; name: string }[]) =>
  changes.map(({ op, name }) => `${op} ${name}`);

describe("a stack's life", { concurrency: 2 }, () => {
  it("changes a connector in place when its sender gets another address", () =>
    withBench(async (bench) => {
      await (await bench.open()).up();
      const guid = byName(bench, "relay-lab-erp")?.guid;
      const config = configOf(bench);
      erpOf(config).egress = ["192.0.2.0/28"];
      const { changes } = await (await bench.open({ config })).up();
      const { domain } = bench.lab.world.tenant;
      assert.deepEqual(shown(changes), [
        "update relay-survey",
        "update relay-erp-connector",
        `update relay-${domain}-spf`,
      ]);
      assert.deepEqual(changes[1]?.properties, ["senderIPAddresses"]);
      assert.deepEqual(byName(bench, "relay-lab-erp")?.senderIPAddresses, ["192.0.2.0/28"]);
      assert.equal(byName(bench, "relay-lab-erp")?.guid, guid);
    }));

  it("removes the connector of a sender that goes, and no other", () =>
    withBench(async (bench) => {
      await (await bench.open()).up();
      const config = configOf(bench);
      config["m365-smtp-relay:senders"].shift();
      const { changes } = await (await bench.open({ config })).up();
      const { domain } = bench.lab.world.tenant;
      assert.deepEqual(shown(changes), [
        "update relay-survey",
        `update relay-${domain}-spf`,
        "delete relay-erp-connector",
      ]);
      assert.deepEqual(
        bench.lab.world.connectors.map(({ name }) => name),
        ["relay-lab-billing"],
      );
    }));

  it("makes a connector again that somebody removed by hand", () =>
    withBench(async (bench) => {
      const stack = await bench.open();
      await stack.up();
      bench.lab.admin("Remove-InboundConnector", { Identity: "relay-lab-erp" });
      assert.deepEqual(shown(await stack.drift()), ["delete relay-erp-connector"]);
      await stack.up({ refresh: true });
      assert.ok(byName(bench, "relay-lab-erp"));
    }));

  it("adopts a connector on request, and puts it back as it was on destroy", () =>
    withBench(async (bench) => {
      const { lab } = bench;
      lab.admin("New-InboundConnector", {
        Name: "Relay from ERP",
        ConnectorType: "OnPremises",
        SenderDomains: ["*"],
        SenderIPAddresses: [lab.world.addresses.customer[0]],
        Comment: "made by Bob",
        RequireTls: false,
      });
      const before = structuredClone(byName(bench, "Relay from ERP"));
      const config = configOf(bench);
      erpOf(config).adoptConnector = "Relay from ERP";
      const stack = await bench.open({ config });
      await stack.up();
      const during = byName(bench, "Relay from ERP");
      assert.equal(during?.guid, before?.guid);
      assert.equal(during?.requireTls, true);
      assert.deepEqual(during?.associatedAcceptedDomains, [lab.world.tenant.domain]);
      await stack.destroy();
      const after = structuredClone(byName(bench, "Relay from ERP"));
      assert.deepEqual({ ...after, whenChanged: "" }, { ...before, whenChanged: "" });
    }));

  it("leaves a connector alone that has lost its mark, and says what to do", () =>
    withBench(async (bench) => {
      const stack = await bench.open();
      await stack.up();
      bench.lab.admin("Set-InboundConnector", { Identity: "relay-lab-erp", Comment: "mine now" });
      const errors = await errorsOf(stack.destroy());
      assert.match(errors.join("\n"), /"relay-lab-erp" .* is not marked as ours any more/);
      assert.equal(byName(bench, "relay-lab-erp")?.comment, "mine now");
    }));

  it("refuses a second stack that names the first one's connector", () =>
    withBench(async (bench) => {
      await (await bench.open()).up();
      const before = structuredClone(bench.lab.world.connectors);
      const writes = writesOf(bench.lab).length;
      const config = configOf(bench);
      erpOf(config).adoptConnector = "relay-lab-erp";
      const errors = await errorsOf((await bench.open({ config, stack: "second" })).up());
      assert.match(
        errors.join("\n"),
        /is the name of a connector that m365-smtp-relay\/lab\/erp manages/,
      );
      assert.deepEqual(bench.lab.world.connectors, before);
      assert.equal(writesOf(bench.lab).length, writes);
    }));

  it("does not destroy a stack that is not disposable", () =>
    withBench(async (bench) => {
      const config = { ...configOf(bench), "m365-smtp-relay:disposable": false };
      const stack = await bench.open({ config });
      await stack.up();
      const before = bench.lab.world.connectors.map(({ name }) => name);
      const errors = await errorsOf(stack.destroy());
      assert.match(errors.join("\n"), /protect/);
      assert.deepEqual(
        bench.lab.world.connectors.map(({ name }) => name),
        before,
      );
    }));

  it("ends well where Exchange keeps new connectors disabled, and says what is pending", () =>
    withBench(async (bench) => {
      const { settings } = bench.lab.world;
      settings.connectorOffering = "disabled";
      const stack = await bench.open();
      const { outputs } = await stack.up();
      assert.match(JSON.stringify(outputs.pending), /ask Microsoft Support to enable it/);
      assert.equal((await stack.preview()).filter(({ op }) => op === "update").length, 2);
      settings.connectorOffering = "normal";
      assert.deepEqual((await stack.up()).outputs.pending, []);
      assert.equal(byName(bench, "relay-lab-erp")?.enabled, true);
    }));
});
