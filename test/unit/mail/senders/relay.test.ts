import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { chooseSubmission } from "../../../../mail/senders/choose.ts";
import { mayNotRelay, type SubscribedSku } from "../../../../mail/senders/license.ts";
import { relayProblems } from "../../../../mail/senders/relayProblems.ts";
import type { Sender } from "../../../../mail/senders/sender.ts";
import { DEFAULTS } from "./defaults.ts";

const erp: Sender = {
  name: "erp",
  from: ["b@b.contoso.com", "*@contoso.com", "a@contoso.com"],
  authentication: ["staticIp"],
  egress: ["198.51.100.7"],
  ...DEFAULTS,
};

describe("chooseSubmission", () => {
  it("matches by address when that is all a sender has", () => {
    const [choice] = chooseSubmission([erp]).relaying;
    assert.deepEqual(choice?.match, { by: "sourceIp", addresses: ["198.51.100.7"] });
    assert.match(choice?.because ?? "", /no certificate/);
  });
  it("prefers a certificate to an address", () => {
    const both: Sender = {
      ...erp,
      authentication: ["staticIp", "certificate"],
      certificateName: "relay.contoso.com",
    };
    const [choice] = chooseSubmission([both]).relaying;
    assert.deepEqual(choice?.match, { by: "certificate", certificateName: "relay.contoso.com" });
  });
  it("limits the connector to the sender's own domains, each once", () =>
    assert.deepEqual(chooseSubmission([erp]).relaying[0]?.domains, [
      "b.contoso.com",
      "contoso.com",
    ]));
  it("keeps the name of the connector to adopt", () =>
    assert.equal(chooseSubmission([{ ...erp, adoptConnector: "Old" }]).relaying[0]?.adopt, "Old"));
});

describe("senders that Exchange can't tell apart", () => {
  const sender = (name: string, change: Partial<Sender> = {}): Sender => ({
    ...erp,
    name,
    from: [`${name}@contoso.com`],
    ...change,
  });
  const certified = (name: string, certificateName: string): Sender =>
    sender(name, { authentication: ["certificate"], egress: [], certificateName });
  const problemsOf = (...senders: Sender[]) =>
    relayProblems(
      { domains: ["contoso.com"], senders, names: senders.map(({ name }) => name) },
      "lab",
      {
        domains: "domains",
        senders: "senders",
      },
    );
  const fixOf = (...senders: Sender[]) => problemsOf(...senders)[0]?.fix;

  it("behind one address (NAT) are to be one sender, with from of both", () => {
    assert.equal(
      fixOf(sender("erp"), sender("scanner")),
      'Exchange can\'t tell "erp" and "scanner" apart: make them one sender, "erp", with from: ["erp@contoso.com","scanner@contoso.com"] and egress: ["198.51.100.7"], or set via to "erp" and authentication to [none] in "scanner" and remove egress there, or give each an address of its own',
    );
    const both = sender("erp", { from: ["erp@contoso.com", "scanner@contoso.com"] });
    assert.deepEqual(problemsOf(both), []);
  });

  it("are all named, also where they overlap by another one alone", () => {
    const problems = problemsOf(
      sender("erp", { egress: ["198.51.100.0/28"] }),
      sender("web", { egress: ["198.51.100.0/24"] }),
      sender("fax", { egress: ["198.51.100.200", "203.0.113.1"] }),
      sender("alone", { egress: ["203.0.113.9"] }),
    );
    assert.deepEqual(
      problems.map(({ key }) => key),
      ["senders[1].egress", "senders[2].egress"],
    );
    const [fix = "", other] = problems.map((problem) => problem.fix);
    assert.match(
      fix,
      /"erp", "web", "fax" apart: .* and egress: \["198\.51\.100\.0\/24","203\.0\.113\.1"\]/,
    );
    assert.doesNotMatch(fix, /alone@/);
    assert.equal(
      other,
      "do with it what is said of senders[1].egress, for all that Exchange can't tell apart",
    );
  });

  it("are said where the first of them overlaps one before it", () => {
    const problems = problemsOf(
      sender("erp", { egress: ["198.51.100.0/28"] }),
      sender("fax", { egress: ["198.51.100.200"] }),
      sender("web", { egress: ["198.51.100.0/24"] }),
    );
    assert.deepEqual(
      problems.map(({ key }) => key),
      ["senders[2].egress"],
    );
    assert.match(problems[0]?.fix ?? "", /"erp", "fax", "web" apart: make them one sender, "erp"/);
  });

  it("are all found among very many, and said once", () => {
    const printers = Array.from({ length: 1000 }, (_, index) => sender(`p${index}`));
    const problems = problemsOf(...printers);
    assert.equal(problems.length, 999);
    assert.match(problems[0]?.fix ?? "", /"p0", "p1", "p2", "p3", "p4", "p5" and 994 more apart:/);
    assert.ok(problems.every(({ rule }) => rule === 'is matched by "p0" already'));
    assert.equal(new Set(problems.slice(1).map(({ fix }) => fix)).size, 1);
  });

  it("by certificate are to be one with the widest name", () => {
    const fix = fixOf(certified("erp", "relay.contoso.com"), certified("web", "*.contoso.com"));
    assert.match(
      fix ?? "",
      /and certificateName: "\*\.contoso\.com", or give each a certificate name/,
    );
  });

  it("are none when one has an address and the other a certificate", () => {
    assert.deepEqual(problemsOf(sender("erp"), certified("web", "relay.contoso.com")), []);
  });
});

describe("mayNotRelay", () => {
  const units = { enabled: 5, warning: 0, suspended: 0, consumed: 5 };
  const business: SubscribedSku = {
    units,
    skuId: "f245ecc8-75af-4f8e-b61f-27d8114de5f3",
    skuPartNumber: "O365_BUSINESS_PREMIUM",
    capabilityStatus: "Enabled",
    servicePlans: ["EXCHANGE_S_STANDARD"],
  };
  const developer: SubscribedSku = {
    units,
    skuId: "c42b9cae-ea4f-4ab7-9717-81576235ccac",
    skuPartNumber: "DEVELOPERPACK_E5",
    capabilityStatus: "Enabled",
    servicePlans: ["EXCHANGE_S_ENTERPRISE"],
  };
  it("accepts a paid subscription, also together with a developer's", () => {
    assert.equal(mayNotRelay("t", "id", [business]), undefined);
    assert.equal(mayNotRelay("t", "id", [developer, business]), undefined);
    assert.equal(mayNotRelay("t", "id", [{ ...business, capabilityStatus: "Warning" }]), undefined);
  });
  it("refuses a tenant with nothing but E5 Developer", () =>
    assert.match(mayNotRelay("t", "id", [developer])?.rule ?? "", /E5 Developer/));
  it("refuses a tenant without Exchange, with the foundation plan only, or with a suspended subscription", () => {
    assert.match(mayNotRelay("t", "id", [])?.rule ?? "", /no active subscription/);
    assert.notEqual(
      mayNotRelay("t", "id", [{ ...business, servicePlans: ["EXCHANGE_S_FOUNDATION"] }]),
      undefined,
    );
    assert.notEqual(
      mayNotRelay("t", "id", [{ ...business, capabilityStatus: "Suspended" }]),
      undefined,
    );
  });
});
