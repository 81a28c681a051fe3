// The rules themselves are tested where they are written; the policy pack runs on the engine in test/engine/policyPack.test.ts.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  brokenGuardrails,
  GUARDRAILS,
  type GuardedResource,
} from "../../../mail/guardrails/guardrails.ts";
import { surveyInputs } from "../../../providers/surveyInputs.ts";
import { brokenBy, GUARDRAIL_CASES, guarded } from "../../guardrailCases.ts";

describe("a guardrail", () => {
  it("has a stack that breaks it", () => {
    const tested = new Set(GUARDRAIL_CASES.map(({ breaks }) => breaks));
    assert.deepEqual([...tested].sort(), GUARDRAILS.map(({ id }) => id).sort());
  });

  for (const { breaks, says, bad, good } of GUARDRAIL_CASES) {
    it(`${breaks} finds ${bad.at(-1)?.name}, and nothing once that is put right`, () => {
      const prefix = `${breaks}: `;
      const [first = "", ...more] = brokenBy(bad).filter((text) => text.startsWith(prefix));
      assert.match(first.slice(prefix.length), says);
      assert.deepEqual(more, []);
      assert.deepEqual(brokenBy(good), []);
    });
  }

  it("of a baseline is not asked unless somebody follows it", () => {
    const optIn = GUARDRAILS.filter(({ isOptIn }) => isOptIn).map(({ id }) => id);
    assert.deepEqual(optIn, ["dmarc-reject", "dmarc-federal-reports", "dmarc-contact"]);
    const cases = GUARDRAIL_CASES.filter(({ breaks }) => optIn.includes(breaks));
    const resources = cases.flatMap(({ bad }) => bad.map(guarded));
    assert.equal(resources.length, 3);
    assert.deepEqual(brokenGuardrails(resources), []);
  });

  it("says nothing of what is not known yet", () => {
    const kinds = new Set(GUARDRAIL_CASES.flatMap(({ bad }) => bad.map(({ kind }) => kind)));
    const unknown = [...kinds].map((kind) => ({ kind, name: "later", inputs: {} }));
    const ids = brokenBy(unknown).map((text) => text.split(":")[0]);
    assert.deepEqual(ids, []);
  });
});

describe("a protected stack", () => {
  const tenant = {
    tenantId: "00000000-0000-4000-8000-000000000001",
    environment: "global",
  } as const;
  const survey = (...senders: string[]): GuardedResource => ({
    kind: "Survey",
    name: "relay-survey",
    inputs: {
      ...surveyInputs({
        ...tenant,
        owner: "relays/prod",
        domains: [],
        connectors: [
          {
            ...tenant,
            owner: "relays/prod/erp",
            name: "relay-prod-erp",
            adopt: false,
            associatedAcceptedDomains: [],
          },
        ],
        mailboxes: [
          {
            owner: "relays/prod/shop",
            address: "shop@contoso.com",
            name: "relay-prod-shop",
            kind: "shared",
            sendAs: [],
            byRole: true,
          },
        ],
        senders: {},
        protected: { senders, domains: [] },
      }),
    },
    isProtected: false,
  });
  const of = (sender: string): GuardedResource => ({
    kind: "InboundConnector",
    name: `relay-${sender}-connector`,
    inputs: { owner: `relays/prod/${sender}` },
    isProtected: false,
  });
  const unprotected = (...resources: GuardedResource[]) =>
    brokenGuardrails(resources).flatMap(({ guardrail, problem }) =>
      guardrail.id === "unprotected" ? [problem.key] : [],
    );

  it("may have a sender that is marked with retire: true, and none besides", () => {
    assert.deepEqual(unprotected(survey("shop"), of("erp"), of("added")), ["connector of added"]);
  });

  it("has to protect every sender that it says it protects", () => {
    assert.deepEqual(unprotected(survey("shop", "erp"), of("erp")), ["connector of erp"]);
  });

  it("is not one that is disposable", () => {
    assert.deepEqual(unprotected(survey(), of("erp"), of("added")), []);
  });
});

describe("DMARC's next stage", () => {
  const record = (before: string, after: string, others: Partial<GuardedResource> = {}) =>
    brokenGuardrails([
      {
        kind: "DmarcRecord",
        name: "dmarc",
        inputs: { domain: "contoso.com", before, after },
        isProtected: true,
        ...others,
      },
      { kind: "SpfRecord", name: "spf", inputs: { domain: "contoso.com" }, isProtected: true },
    ]).map(({ guardrail }) => guardrail.id);
  const [none, quarantine] = ["v=DMARC1; p=none", "v=DMARC1; p=quarantine"];

  it("is seen against what the last run left, where that is known", () => {
    assert.deepEqual(record("", quarantine, { former: { after: none } }), ["dmarc-stage"]);
    assert.deepEqual(record("", quarantine, { former: { after: quarantine } }), []);
    assert.deepEqual(record("", none, { former: { after: quarantine } }), ["dmarc-weaker"]);
  });

  it("is not told again once it is reached", () => {
    assert.deepEqual(record(none, quarantine), ["dmarc-stage"]);
    assert.deepEqual(record(none, quarantine, { outputs: { written: quarantine } }), []);
  });

  it("is a new record that asks receivers to act", () => {
    assert.deepEqual(record("", none), []);
    assert.deepEqual(record("", quarantine), ["dmarc-stage"]);
  });
});
