// What happens to connectors over the life of a stack, on the real engine: changes, foreign hands, adoption.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import type { Lab } from "../../lab/src/lab.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import type { OpenedStack } from "../../scripts/engine/openStack.ts";
import type { StackConfig } from "../badConfigs.ts";
import { errorsOf, exchangeWrites, type Fixture, openFixture, summaryOf } from "./fixture.ts";

describe("a stack's connectors", () => {
  let fixture: Fixture;
  let lab: Lab;
  let restoreEmpty: () => Promise<void>;
  let restoreUp: () => Promise<void>;

  before(async () => {
    fixture = await openFixture();
    ({ lab } = fixture);
    const stack = await open();
    restoreEmpty = await fixture.snapshot();
    await stack.up({ skipPreview: true });
    restoreUp = await fixture.snapshot();
  });
  after(() => fixture?.close());

  /** The lab's stack with its two connectors and no application, changed by `edit`. */
  function open(edit: (config: StackConfig) => void = () => {}, stack = "lab") {
    const config = labConfig(lab.world) as StackConfig;
    config["m365-smtp-relay:senders"].splice(2);
    edit(config);
    return fixture.open({ config, stack });
  }
  const editErp =
    (change: Record<string, unknown>) =>
    (config: StackConfig): void => {
      Object.assign(config["m365-smtp-relay:senders"][0] ?? {}, change);
    };
  const byName = (name: string) => lab.world.connectors.find((one) => one.name === name);
  const names = () => lab.world.connectors.map(({ name }) => name).sort();

  describe("that is up", () => {
    let stack: OpenedStack;
    beforeEach(async () => {
      await restoreUp();
      stack = await open();
    });

    it("are changed in place when a sender gets another address", async () => {
      const guid = byName("relay-lab-erp")?.guid;
      await open(editErp({ egress: ["192.0.2.0/28"] }));
      const { changes } = await stack.up();
      assert.deepEqual(
        changes.map(({ op, name }) => `${op} ${name}`).sort(),
        ["erp-connector", "erp-fence", `${lab.world.tenant.domain}-spf`, "survey"]
          .map((name) => `update relay-${name}`)
          .sort(),
      );
      const connector = changes.find(({ name }) => name === "relay-erp-connector");
      assert.deepEqual(connector?.properties, ["senderIPAddresses"]);
      assert.deepEqual(byName("relay-lab-erp")?.senderIPAddresses, ["192.0.2.0/28"]);
      assert.equal(byName("relay-lab-erp")?.guid, guid);
    });

    it("go with their sender, and no other does", async () => {
      await open((config) => void config["m365-smtp-relay:senders"].shift());
      const { changes } = await stack.up();
      assert.deepEqual(
        changes
          .filter(({ op }) => op === "delete")
          .map(({ name }) => name)
          .sort(),
        ["relay-erp-connector", "relay-erp-fence"],
      );
      assert.deepEqual(names(), ["relay-lab-billing"]);
    });

    it("are made again when somebody removed them by hand", async () => {
      lab.admin("Remove-InboundConnector", { Identity: "relay-lab-erp" });
      assert.deepEqual(summaryOf(await stack.drift()), ["delete relay-erp-connector"]);
      await stack.up({ refresh: true });
      assert.ok(byName("relay-lab-erp"));
    });

    it("are left alone by destroy when they are no longer marked as ours", async () => {
      lab.admin("Set-InboundConnector", { Identity: "relay-lab-erp", Comment: "mine now" });
      const errors = (await errorsOf(stack.destroy())).join("\n");
      assert.match(errors, /"relay-lab-erp" .* is not marked as ours any more/);
      assert.equal(byName("relay-lab-erp")?.comment, "mine now");
    });

    it("are refused to a second stack", async () => {
      const before = structuredClone(lab.world.connectors);
      const writes = exchangeWrites(lab);
      const second = await open(editErp({ adoptConnector: "relay-lab-erp" }), "second");
      assert.match(
        (await errorsOf(second.up())).join("\n"),
        /can.t be adopted: m365-smtp-relay\/lab\/erp manages it/,
      );
      assert.deepEqual(lab.world.connectors, before);
      assert.deepEqual(exchangeWrites(lab), writes);
    });

    it("stay when a stack that is not disposable is destroyed", async () => {
      await open((config) => void Object.assign(config, { "m365-smtp-relay:disposable": false }));
      await stack.up({ skipPreview: true });
      const before = names();
      assert.match((await errorsOf(stack.destroy())).join("\n"), /protect/);
      assert.deepEqual(names(), before);
    });
  });

  describe("that is not up yet", () => {
    beforeEach(() => restoreEmpty());

    it("may be adopted, and are put back by destroy as they were", async () => {
      lab.admin("New-InboundConnector", {
        Name: "Relay from ERP",
        ConnectorType: "OnPremises",
        SenderDomains: ["*"],
        SenderIPAddresses: [lab.world.addresses.customer[0]],
        Comment: "made by Bob",
        RequireTls: false,
      });
      const before = structuredClone(byName("Relay from ERP"));
      const stack = await open(editErp({ adoptConnector: "Relay from ERP" }));
      const writes = exchangeWrites(lab);
      const printed = fixture.output().length;
      await stack.preview();
      const preview = fixture.output().slice(printed);
      assert.match(preview, /connector "Relay from ERP" is adopted:/);
      assert.match(preview, /RequireTls {2,}false -> true/);
      assert.match(preview, /warning: servers that send without STARTTLS are refused/);
      assert.match(
        preview,
        /sender "erp" is new: it relays from .* \(connector Relay from ERP\); may send as \*@\S+ in From, by its fence/,
      );
      assert.deepEqual(exchangeWrites(lab), writes);
      await stack.up({ skipPreview: true });
      const during = byName("Relay from ERP");
      assert.equal(during?.guid, before?.guid);
      assert.equal(during?.requireTls, true);
      assert.deepEqual(during?.associatedAcceptedDomains, []);
      await stack.destroy();
      const restored = structuredClone(byName("Relay from ERP"));
      assert.deepEqual({ ...restored, whenChanged: "" }, { ...before, whenChanged: "" });
    });

    it("are pending while Exchange keeps them disabled, and up enables them later", async () => {
      const { settings } = lab.world;
      settings.connectorOffering = "disabled";
      const stack = await open();
      const { outputs } = await stack.up();
      assert.match(JSON.stringify(outputs.pending), /ask Microsoft Support to enable it/);
      assert.equal((await stack.preview()).filter(({ op }) => op === "update").length, 2);
      settings.connectorOffering = "normal";
      assert.deepEqual((await stack.up()).outputs.pending, []);
      assert.equal(byName("relay-lab-erp")?.enabled, true);
    });
  });
});
