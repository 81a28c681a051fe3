// What is said of the reach of a connector. It does not prove what Exchange does: the lab's attribution table does.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ConnectorChoice } from "../../../../mail/senders/choose.ts";
import { narrowFromWarnings, opennessOf, relayScope } from "../../../../mail/senders/relayScope.ts";

const ERP: ConnectorChoice = {
  sender: "erp",
  match: { by: "sourceIp", addresses: ["198.51.100.7"] },
  domains: ["contoso.com"],
  restrictToDomains: false,
  requireTls: true,
  because: "",
};
const byCertificate = (certificateName: string): ConnectorChoice => ({
  ...ERP,
  match: { by: "certificate", certificateName },
});
const scope = (choice: ConnectorChoice) => relayScope(choice, ["contoso.com"]);

describe("relayScope", () => {
  it("says that a connector is open for every accepted domain, not for its own alone", () => {
    assert.equal(scope(ERP), "any address of any accepted domain of the tenant");
  });

  it("says that a certificate for an accepted domain itself lets anybody's address through", () => {
    for (const name of ["contoso.com", "*.contoso.com", "*.Contoso.com"]) {
      assert.match(scope(byCertificate(name)), /^any address, also of other/);
    }
    for (const name of ["relay.contoso.com", "*.relay.contoso.com", "mta.vendor.example"]) {
      assert.match(scope(byCertificate(name)), /^any address of any accepted domain/);
    }
  });

  it("says what is limited", () => {
    const restricted = { ...ERP, restrictToDomains: true };
    assert.equal(scope(restricted), "any address of contoso.com");
    assert.equal(
      scope({ ...restricted, domains: ["contoso.com", "fabrikam.com"] }),
      "any address of contoso.com, fabrikam.com",
    );
  });
});

describe("opennessOf", () => {
  it("is more, the more addresses a connector lets through", () => {
    const choices = [
      { ...ERP, restrictToDomains: true },
      ERP,
      byCertificate("relay.contoso.com"),
      byCertificate("contoso.com"),
    ];
    assert.deepEqual(
      choices.map((choice) => opennessOf(scope(choice))),
      [-1, 0, 0, 1],
    );
  });
});

describe("relayScope of a fence", () => {
  const fence = { egress: ["198.51.100.7"], from: ["scan@contoso.com", "*@fabrikam.com"] };

  it("is what From may be, where a sender is known by its address", () => {
    assert.equal(
      scope({ ...ERP, fence }),
      "scan@contoso.com, *@fabrikam.com in From, by its fence",
    );
  });

  it("holds a certificate at its egress alone", () => {
    assert.equal(
      scope({
        ...byCertificate("relay.contoso.com"),
        fence: { ...fence, egress: ["198.51.100.7", "203.0.113.9"] },
      }),
      "scan@contoso.com, *@fabrikam.com in From, by its fence, at 198.51.100.7, 203.0.113.9, and from elsewhere as any address of any accepted domain of the tenant",
    );
  });
});

describe("narrowFromWarnings", () => {
  const relaying = (sender: string, from: string, change: Partial<ConnectorChoice> = {}) => {
    const choice = { ...ERP, sender, ...change };
    return { choice, from: [from], maySendAs: scope(choice) };
  };

  it("says that an address in from binds nobody, and how to say what is so", () => {
    assert.deepEqual(narrowFromWarnings([relaying("erp", "scan@contoso.com")]), [
      'sender "erp": from lists addresses, but a connector lets through any address of any accepted domain of the tenant. Write from: ["*@contoso.com"] to say so, or bind the sender to its addresses: by fence: true (with egress), or have it sign in (authentication: [oauth])',
    ]);
  });

  it("is silent of senders that send as a whole domain", () => {
    assert.deepEqual(narrowFromWarnings([relaying("erp", "*@contoso.com")]), []);
  });

  it("is silent where one sends as a whole domain, and another through it as an address of that domain alone", () => {
    const relay = relaying("erp", "*@contoso.com");
    const with200 = Array.from({ length: 200 }, (_, index) => `printer${index}@contoso.com`);
    assert.deepEqual(narrowFromWarnings([{ ...relay, from: [...relay.from, ...with200] }]), []);
    const [other = ""] = narrowFromWarnings([
      { ...relay, from: [...relay.from, ...with200, "a@fabrikam.com"] },
    ]);
    assert.match(other, /^sender "erp": from lists addresses/);
    assert.ok(other.length < 400, other);
  });

  it("is silent of senders with a fence", () => {
    const fence = { egress: ["198.51.100.7"], from: ["scan@contoso.com"] };
    assert.deepEqual(narrowFromWarnings([relaying("erp", "scan@contoso.com", { fence })]), []);
  });

  it("says what is equal once, with all its senders", () => {
    const warnings = narrowFromWarnings([
      relaying("erp", "scan@contoso.com"),
      relaying("crm", "crm@contoso.com"),
      relaying("desk", "desk@contoso.com", { restrictToDomains: true }),
    ]);
    assert.deepEqual(
      warnings.map((one) => one.slice(0, one.indexOf(":"))),
      ['senders "erp", "crm"', 'sender "desk"'],
    );
  });
});
