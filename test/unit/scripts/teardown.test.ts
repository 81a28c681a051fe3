import assert from "node:assert/strict";
import { hostname } from "node:os";
import { describe, it } from "node:test";
import { sentence } from "../../../mail/problem.ts";
import { namesStaleLock } from "../../../scripts/engine/recovery.ts";
import { type Request, refusals } from "../../../scripts/teardown/refusals.ts";
import type { StackState } from "../../../scripts/teardown/state.ts";

const TENANT = "11111111-2222-4333-8444-555555555555";
const OTHER = "99999999-2222-4333-8444-555555555555";

const stateWith = (change: Partial<StackState> & { readonly protect?: boolean }): StackState => ({
  resources: [
    {
      ...{ urn: "urn", kind: "InboundConnector", name: "relay-erp-connector", outputs: {} },
      ...{ protect: change.protect ?? false, isOfPlugin: false },
    },
  ],
  pendingCreates: [],
  tenants: new Set([TENANT]),
  zones: new Map(),
  ...change,
});

const request = (change: Partial<Request>): Request => ({
  ...{ stack: "test", file: "Pulumi.test.yaml", disposable: true, tenantId: TENANT },
  ...{ given: TENANT, state: stateWith({}), env: {} },
  ...change,
});

describe("a teardown", () => {
  it("is allowed where file, state, identity and the typed id agree", () => {
    assert.deepEqual(refusals(request({})), []);
    assert.deepEqual(refusals(request({ given: TENANT.toUpperCase() })), []);
    assert.deepEqual(refusals(request({ env: { ARM_TENANT_ID: TENANT.toUpperCase() } })), []);
    assert.deepEqual(refusals(request({ state: undefined })), [], "a lost state");
    assert.deepEqual(refusals(request({ given: undefined })), [], "nobody was asked yet");
  });

  const cases: [what: string, change: Partial<Request>, words: RegExp][] = [
    [
      "not disposable by its file",
      { disposable: false },
      /two steps allow it: set .* in Pulumi\.test\.yaml, and run npm run pulumi -- up --stack test/,
    ],
    [
      "not disposable, with its state lost",
      { disposable: false, state: undefined },
      /is not disposable by its stack file/,
    ],
    [
      "protected since its last up",
      { state: stateWith({ protect: true }) },
      /1 resource is still protected; run npm run pulumi -- up --stack test/,
    ],
    [
      "in another tenant by its state",
      { state: stateWith({ tenants: new Set([OTHER]) }) },
      new RegExp(`is another tenant than ${OTHER}.*; set it to ${OTHER}`),
    ],
    [
      "in two tenants by its state",
      { state: stateWith({ tenants: new Set([OTHER, TENANT]) }) },
      /is another tenant than/,
    ],
    [
      "meant by an identity of another tenant",
      { env: { ARM_TENANT_ID: OTHER } },
      /^ARM_TENANT_ID: .* is another tenant than the one in Pulumi\.test\.yaml/,
    ],
    [
      "confirmed with another tenant's id",
      { given: OTHER },
      /is not that of the tenant of stack "test"/,
    ],
    ["confirmed with its name", { given: "test" }, /is not the id of a tenant \(a GUID\)/],
    ["confirmed with nothing", { given: "" }, /is not the id of a tenant/],
  ];
  for (const [what, change, words] of cases) {
    it(`is refused of a stack that is ${what}`, () => {
      const problems = refusals(request(change));
      assert.equal(problems.length, 1);
      assert.match(problems.map(sentence).join("\n"), words);
    });
  }
});

describe("a lock that the engine names", () => {
  const line = (host: string, pid: number) =>
    `file:///x/.pulumi/locks/1.json: created by root@${host} (pid ${pid}) at 2026-11-28T20:00:00Z`;

  it("is stale where its engine died on this machine", async () => {
    assert.equal(
      await namesStaleLock(`locked by 1 lock(s)\n${line(hostname(), 2 ** 22 + 1)}`),
      true,
    );
  });

  it("is not stale where its engine lives, is elsewhere, or is not named", async () => {
    assert.equal(await namesStaleLock(line(hostname(), process.pid)), false);
    assert.equal(await namesStaleLock(line("elsewhere", 2 ** 22 + 1)), false);
    assert.equal(
      await namesStaleLock(`${line(hostname(), 2 ** 22 + 1)}\n${line("elsewhere", 1)}`),
      false,
    );
    assert.equal(
      await namesStaleLock("[409] Conflict: Another update is currently in progress."),
      false,
    );
  });
});
