// What is said of the reach of a connector. It does not prove what Exchange does: the lab's attribution table does.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ConnectorChoice } from "../../../mail/senders/choose.ts";
import { relayScope } from "../../../mail/senders/relayScope.ts";

const ERP: ConnectorChoice = {
  sender: "erp",
  match: { by: "sourceIp", addresses: ["198.51.100.7"] },
  domains: ["contoso.com"],
  restrictToDomains: false,
  because: "",
};
const byCertificate = (certificateName: string): ConnectorChoice => ({
  ...ERP,
  match: { by: "certificate", certificateName },
});
const scope = (choice: ConnectorChoice, ...from: string[]) =>
  relayScope(choice, from.length === 0 ? ["*@contoso.com"] : from, ["contoso.com"]);

describe("relayScope", () => {
  it("says that a connector is open for every accepted domain, not for its own alone", () => {
    const { maySendAs, notice, isNarrower } = scope(ERP);
    assert.equal(maySendAs, "any address of any accepted domain of the tenant");
    assert.equal(
      notice,
      'connector of sender "erp": whoever connects from 198.51.100.7 may send as any address of any accepted domain of the tenant, not from contoso.com alone',
    );
    assert.equal(isNarrower, false);
  });

  it("says that an address in from binds nobody, and how to say what is so", () => {
    const { notice, isNarrower } = scope(ERP, "scan@contoso.com");
    assert.equal(isNarrower, true);
    assert.match(notice, /not as scan@contoso\.com alone\. Write from: \["\*@contoso\.com"\]/);
    assert.match(notice, /or let the sender sign in \(authentication: \[oauth\]\)/);
    assert.equal(scope(ERP, "*@contoso.com").isNarrower, false);
  });

  it("says that a certificate for an accepted domain itself lets anybody's address through", () => {
    for (const name of ["contoso.com", "*.contoso.com", "*.Contoso.com"]) {
      assert.match(scope(byCertificate(name)).maySendAs, /^any address, also of other/);
    }
    for (const name of ["relay.contoso.com", "*.relay.contoso.com", "mta.vendor.example"]) {
      assert.match(scope(byCertificate(name)).maySendAs, /^any address of any accepted domain/);
    }
    assert.match(
      scope(byCertificate("relay.contoso.com")).notice,
      /whoever presents a certificate for relay\.contoso\.com may send/,
    );
  });

  it("says what is limited, and what it looks like where that means recipients", () => {
    const limited = { ...ERP, restrictToDomains: true };
    const { maySendAs, notice, isNarrower } = scope(limited);
    assert.equal(maySendAs, "any address of contoso.com");
    assert.match(notice, /may send as any address of contoso\.com\. If mail to other/);
    assert.match(notice, /550 5\.7\.64, .* remove restrictToDomains then$/);
    assert.equal(isNarrower, false);
    assert.match(scope(limited, "scan@contoso.com").notice, /not as scan@contoso\.com alone/);
  });
});
