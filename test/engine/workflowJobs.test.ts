// The shipped workflows `drift` and `teardown`, run step by step from their YAML.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Lab } from "../../lab/src/lab.ts";
import { comparableWorld } from "../../lab/story/world.ts";
import { openWorkflowBench, type WorkflowBench } from "../workflows/bench.ts";
import { filesIn } from "./fixture.ts";

describe("the nightly workflow", () => {
  let bench: WorkflowBench;
  let lab: Lab;
  before(async () => {
    bench = await openWorkflowBench();
    ({ lab } = bench);
  });
  after(() => bench?.close());

  const drift = async () =>
    (await bench.run({ workflow: "drift", event: "schedule" }))["drift (lab)"];
  const issues = () =>
    lab.world.github.issues.map(({ state, title, comments }) => [state, title, comments.length]);
  const changed = "Somebody changed what stack lab manages";

  it("tells drift in one issue as long as something differs, and then closes it", async () => {
    const { senderIPAddresses } = lab.world.connectors[0] ?? {};
    const set = (addresses: string[] = []) =>
      lab.admin("Set-InboundConnector", {
        Identity: "relay-lab-erp",
        SenderIPAddresses: addresses,
      });
    assert.equal((await drift())?.conclusion, "success");
    assert.deepEqual(issues(), []);

    set(["198.51.100.200", ...(senderIPAddresses ?? [])]);
    const found = await drift();
    assert.deepEqual([found?.conclusion, found?.exitCode], ["failure", 7], found?.log);
    assert.deepEqual(issues(), [["open", changed, 0]]);
    assert.match(
      lab.world.github.issues[0]?.body ?? "",
      /\n {2}SenderIPAddresses has 198\.51\.100\.200 in addition\n/,
    );
    assert.equal((await drift())?.exitCode, 7);
    assert.deepEqual(issues(), [["open", changed, 0]]);

    set(senderIPAddresses);
    assert.equal((await drift())?.conclusion, "success");
    assert.deepEqual(issues(), [["closed", changed, 1]]);
  });
});

describe("the teardown workflow", () => {
  let bench: WorkflowBench;
  before(async () => {
    bench = await openWorkflowBench();
  });
  after(() => bench?.close());

  /** Runs it; nothing is torn down. */
  async function refused(stack: string, tenant: string): Promise<string> {
    const before = [await filesIn(bench.stack.stateFolder), comparableWorld(bench.lab)];
    const teardown = await run(stack, tenant);
    assert.deepEqual([teardown?.conclusion, teardown?.exitCode], ["failure", 1], teardown?.log);
    assert.deepEqual([await filesIn(bench.stack.stateFolder), comparableWorld(bench.lab)], before);
    return teardown?.log ?? "";
  }

  const run = async (stack: string, tenant = bench.lab.world.tenant.id) => {
    const inputs = { stack, tenant, purge: "false" };
    return (await bench.run({ workflow: "teardown", event: "workflow_dispatch", inputs })).teardown;
  };

  it("refuses the id of another tenant", async () => {
    assert.match(
      await refused("lab", "11111111-2222-4333-8444-555555555555"),
      /the tenant's id: .* is not that of the tenant of stack "lab"/,
    );
  });

  it("refuses a stack that its file does not call disposable", async () => {
    await bench.change((config) => ({ ...config, "m365-smtp-relay:disposable": false }));
    assert.match(
      await refused("lab", bench.lab.world.tenant.id),
      /is not disposable by its stack file, so it is not torn down/,
    );
  });

  it("tears a disposable stack down, signed in as the app that deploys", async () => {
    await bench.change((config) => config);
    const teardown = await run("lab");
    assert.equal(teardown?.conclusion, "success", teardown?.log);
    assert.match(teardown?.log ?? "", /^stack "lab": nothing left$/m);
    assert.deepEqual(bench.lab.world.connectors, []);
    const { deployment } = await bench.stack.exportState();
    assert.ok(!("resources" in (deployment as object)));
  });
});
