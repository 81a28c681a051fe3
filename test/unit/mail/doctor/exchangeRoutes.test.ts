// What doctor says of connectors, and of what else would match a sender's connection.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { judgeConnector } from "../../../../mail/doctor/exchange/connector.ts";
import { judgePartner, type PartnerConnector } from "../../../../mail/doctor/exchange/partners.ts";
import { type ConnectorForm, wantedConnector } from "../../../../mail/exchange/inboundConnector.ts";
import { withStop } from "../../../../mail/stop/mark.ts";
import { expectFindings } from "./expectFindings.ts";

const OWNER = "relay/prod/erp";
const wanted = wantedConnector({
  name: "relay-prod-erp",
  adopt: false,
  owner: OWNER,
  senderIPAddresses: ["198.51.100.7", "198.51.100.8"],
  associatedAcceptedDomains: [],
});
const stopped = withStop(wanted.comment, {
  at: "2026-11-27T14:03:09Z",
  before: { connector: true },
});

describe("doctor of a sender's connector", () => {
  const cases: readonly (readonly [
    title: string,
    seen: Partial<ConnectorForm> | undefined,
    ...expected: readonly string[],
  ])[] = [
    ["as declared", {}, "ok connector .* is as the stack file declares it"],
    ["gone", undefined, "error is not there; refuses .* 550 5\\.7\\.64; up --refresh"],
    [
      "disabled",
      { enabled: false },
      "error Enabled is false, and the stack file says true; 550 5\\.7\\.64; Microsoft Support",
    ],
    [
      "stopped",
      { enabled: false, comment: stopped },
      "error was stopped by hand on 2026-11-27 14:03 UTC; 550 5\\.7\\.64; npm run start -- --stack prod --sender erp",
    ],
    [
      "of another type",
      { connectorType: "Partner" },
      'error ConnectorType is "Partner", and the stack file says "OnPremises"; 550 5\\.7\\.64; up',
    ],
    [
      "without one address and with another",
      { senderIPAddresses: ["198.51.100.7", "198.51.100.9"] },
      "error SenderIPAddresses has 198\\.51\\.100\\.9 in addition; SenderIPAddresses lacks 198\\.51\\.100\\.8; whoever connects from 198\\.51\\.100\\.9; up",
    ],
    [
      "limited to a domain",
      { associatedAcceptedDomains: ["contoso.com"] },
      "error AssociatedAcceptedDomains; used for mail of contoso\\.com alone; up",
    ],
    [
      "with mail that counts as internal",
      { treatMessagesAsInternal: true },
      "warning TreatMessagesAsInternal is true; inside the organisation; up",
    ],
    [
      "that Exchange does not let demand TLS",
      { requireTls: false },
      "ok is as the stack file declares it",
    ],
    ["without the mark", { comment: "" }, "warning does not have the mark; npm run stop; up"],
    [
      "with another's mark",
      { comment: "Managed by Pulumi: relay/test/erp. Changes made by hand are undone." },
      "warning has the mark of relay/test/erp; npm run stop; another name",
    ],
    [
      "wrong in two ways",
      { enabled: false, cloudServicesMailEnabled: true },
      "error Enabled is false; .*; up",
      "warning CloudServicesMailEnabled is true; header fields; up",
    ],
  ];
  for (const [title, seen, ...expected] of cases) {
    it(title, () =>
      expectFindings(judgeConnector(OWNER, wanted, seen && { ...wanted, ...seen }), expected),
    );
  }

  it("of a sender without TLS, that demands it", () =>
    expectFindings(judgeConnector(OWNER, { ...wanted, requireTls: false }, wanted), [
      "error RequireTls is true, and the stack file says false; refuses mail that comes without TLS; up",
    ]));

  it("adopted as it was, without a mark", () => {
    const adopted = { adopted: true };
    const there = { ...wanted, comment: "made in 2019" };
    expectFindings(judgeConnector(OWNER, wanted, there, adopted), [
      "ok is as the stack file declares it",
    ]);
    const others = "Managed by Pulumi: relay/test/erp. Changes made by hand are undone.";
    expectFindings(judgeConnector(OWNER, wanted, { ...there, comment: others }, adopted), [
      "warning has the mark of relay/test/erp; npm run stop; another name",
    ]);
    expectFindings(judgeConnector(OWNER, wanted, undefined, adopted), [
      "error is not there; 550 5\\.7\\.64; create it again by hand",
    ]);
  });

  it("renamed by hand", () =>
    expectFindings(judgeConnector(OWNER, wanted, undefined, { renamed: "ERP" }), [
      'warning is called "ERP" in Exchange; npm run stop; up',
    ]));
});

describe("doctor of a Partner connector", () => {
  const partner: PartnerConnector = {
    name: "From the gateway",
    enabled: true,
    connectorType: "Partner",
    senderDomains: ["*"],
    senderIPAddresses: ["203.0.113.0/24"],
    tlsSenderCertificateName: "",
    restrictDomainsToIPAddresses: true,
    restrictDomainsToCertificate: false,
  };
  const cases: readonly (readonly [
    title: string,
    change: Partial<PartnerConnector>,
    ...expected: readonly string[],
  ])[] = [
    [
      "for every domain, from a gateway alone",
      {},
      "warning accepts mail from every domain .* only from 203\\.0\\.113\\.0/24; 5\\.7\\.51; replies; Set-InboundConnector -Identity 'From the gateway' -RestrictDomainsToIPAddresses:\\$false",
    ],
    [
      "for our domain, with a certificate alone",
      {
        senderDomains: ["*.com"],
        restrictDomainsToIPAddresses: false,
        restrictDomainsToCertificate: true,
        tlsSenderCertificateName: "*.gateway.example",
      },
      "warning accepts mail from contoso\\.com .* the certificate \\*\\.gateway\\.example; 5\\.7\\.51; RestrictDomainsToCertificate:\\$false",
    ],
    [
      "that the sender meets",
      { senderIPAddresses: ["198.51.100.0/24"] },
      "warning every domain; replies; keep it",
    ],
    ["for other domains", { senderDomains: ["fabrikam.com"] }],
    ["that is disabled", { enabled: false }],
    ["without a restriction", { restrictDomainsToIPAddresses: false }],
    ["of the other type", { connectorType: "OnPremises" }],
  ];
  for (const [title, change, ...expected] of cases) {
    it(title, () =>
      expectFindings(
        judgePartner(
          { ...partner, ...change },
          ["contoso.com"],
          [{ addresses: ["198.51.100.7"], certificateName: "" }],
        ),
        expected,
      ),
    );
  }

  it("names a sender's mail as refused only where it does not meet it", () => {
    const why = (senderIPAddresses: string[]) =>
      judgePartner(
        { ...partner, senderIPAddresses },
        ["contoso.com"],
        [{ addresses: ["198.51.100.7"], certificateName: "" }],
      ).map((finding) => JSON.stringify(finding).includes("5.7.51"));
    assert.deepEqual([why(["198.51.100.7"]), why(["198.51.100.8"])], [[false], [true]]);
  });
});
