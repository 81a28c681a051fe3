// What a connector conflicts with beside its name: what others match, a stop by hand, the tenant's domains and licences.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sentence } from "../../../../mail/problem.ts";
import {
  connectorProblems,
  otherConnectorProblems,
} from "../../../../mail/senders/connectorProblems.ts";
import type { SubscribedSku } from "../../../../mail/senders/license.ts";
import { CERTIFIED, ERP, OLD, type Situation, STOPPED } from "./connectors.ts";

const same = { senderIPAddresses: ["198.51.100.7"] };
const wide = { senderIPAddresses: ["198.51.100.0/24"] };
const theirs = { owner: "relay/test/crm" };
const ofStack = { name: "relay-prod-crm", owner: "relay/prod/crm" };
const ofFormer = { name: "relay-dev-crm", owner: "relay/dev/crm" };
const noted = { comment: `Managed by Pulumi: relay/prod/erp. ${STOPPED}` };
const adopting = { adopt: true, name: "Fax" };

const MATCHED = 'senderIPAddresses: "198.51.100.7" is matched by "Old" already';
const CERTIFICATE = 'tlsSenderCertificateName: "relay.contoso.com" is matched by "Old" already';
const ADDRESS = "give the server an address of its own, or";
const NAME = "give the server a certificate name of its own, or";
const TAKE_OVER = 'take the connector over with adoptConnector: "Old" on the sender';
const STACKS =
  "remove the sender from one of the two stacks; or if the stack relay/test is gone, take its mark away with Set-InboundConnector -Identity 'Old' -Comment '', and name it in adoptConnector of the sender";
const STOP =
  "enabled: was stopped by hand on 2026-11-27 14:03 UTC with npm run stop, and this would let it send again; run npm run start -- --stack prod --sender erp, then npm run pulumi -- up --refresh";

const MATCHES: readonly Situation[] = [
  { title: "what matches something else", there: [{}] },
  { title: "one that is off", there: [{ ...same, enabled: false }] },
  { title: "one for a partner", there: [{ ...same, connectorType: "Partner" }] },
  { title: "one that the stack adopts", declared: { adopted: ["Fax", "old"] }, there: [same] },
  { title: "one of the same stack", there: [{ ...same, ...ofStack }] },
  {
    title: "one of the stack before it was renamed",
    there: [{ ...same, ...ofFormer }],
    olds: { owner: "relay/dev/erp" },
  },
  { title: "its own of the last run, without its mark", there: [same], olds: { name: "OLD" } },
  {
    title: "its own by its mark",
    there: [{ ...same, name: ERP.name, owner: ERP.owner }],
  },
  {
    title: "one made by hand",
    there: [{}, same, { name: "Fax" }],
    says: [`${MATCHED}; ${ADDRESS} ${TAKE_OVER}`],
  },
  {
    title: "one made by hand, for a range",
    declared: { adopted: ["Older"] },
    there: [wide],
    says: [
      `senderIPAddresses: "198.51.100.7" shares addresses with 198.51.100.0/24 of "Old"; ${ADDRESS} ${TAKE_OVER}`,
    ],
  },
  {
    title: "one made by hand, by certificate",
    declared: CERTIFIED,
    there: [CERTIFIED],
    says: [`${CERTIFICATE}; ${NAME} ${TAKE_OVER}`],
  },
  {
    title: "one that the last run adopted and that has no mark",
    there: [same],
    olds: { name: "Old", adopt: true },
    says: [`${MATCHED}; ${ADDRESS} ${TAKE_OVER}`],
  },
  {
    title: "one made by hand, beside the one to adopt",
    declared: adopting,
    there: [{ name: "Fax" }, same],
    says: [`${MATCHED}; ${ADDRESS} remove its present address from connector "Old" in Exchange`],
  },
  {
    title: "one by certificate, beside the one to adopt",
    declared: { ...adopting, ...CERTIFIED },
    there: [{ name: "Fax" }, CERTIFIED],
    says: [
      `${CERTIFICATE}; ${NAME} remove its present certificate name from connector "Old" in Exchange`,
    ],
  },
  {
    title: "another stack's",
    there: [{ ...same, ...theirs }],
    says: [`${MATCHED}; ${ADDRESS} ${STACKS}`],
  },
  {
    title: "another stack's with the name of the last run, beside the one to adopt",
    declared: adopting,
    there: [{ name: "Fax" }, { ...same, ...theirs }],
    olds: { name: "Old" },
    says: [`${MATCHED}; ${ADDRESS} ${STACKS}`],
  },
  {
    title: "the hybrid configuration's",
    there: [{ ...same, isHybrid: true }],
    says: [
      `${MATCHED}; ${ADDRESS} remove the sender: its server relays through that connector of the hybrid configuration already`,
    ],
  },
];

const STOPS: readonly Situation[] = [
  { title: "another one that matches something else", there: [{ ...ofStack, ...noted }] },
  { title: "one of nobody's", there: [{ ...noted }] },
  {
    title: "its own",
    there: [{ ...noted, name: ERP.name, owner: ERP.owner }],
    says: [STOP],
  },
  {
    title: "one of that name which has lost its mark",
    there: [{ comment: STOPPED, name: ERP.name }],
    olds: { name: ERP.name },
    says: [STOP],
  },
  {
    title: "one of the same stack that matches the same",
    there: [{ ...ofStack, ...same, ...noted }],
    says: [STOP],
  },
  {
    title: "one of the stack before it was renamed",
    there: [{ ...ofFormer, ...same, ...noted }],
    olds: { formerOwners: ["relay/dev/erp"] },
    says: [STOP],
  },
  {
    title: "one of another stack that matches the same and is off",
    there: [{ ...theirs, ...same, ...noted, enabled: false }],
  },
];

for (const [what, situations] of [
  ["match of the same server by", MATCHES],
  ["stop by hand of", STOPS],
] as const) {
  describe(`a ${what}`, () => {
    for (const { title, declared, there, olds, says = [] } of situations) {
      it(`${title} is ${says.length === 0 ? "in nobody's way" : "refused"}`, () => {
        const connectors = there.map((one) => ({ ...OLD, ...one }));
        const found = otherConnectorProblems({ ...ERP, ...declared }, connectors, olds);
        assert.deepEqual(found.map(sentence), says);
      });
    }
  });
}

describe("connectorProblems", () => {
  const plan: SubscribedSku = {
    units: { enabled: 1, warning: 0, suspended: 0, consumed: 1 },
    skuId: "4b9405b0-7788-4568-add1-99614e613b69",
    skuPartNumber: "EXCHANGESTANDARD",
    capabilityStatus: "Enabled",
    servicePlans: ["EXCHANGE_S_STANDARD"],
  };
  const acceptedDomains = ["contoso.com"];
  const fine = { acceptedDomains, subscriptions: [plan], connectors: [] };

  it("finds nothing wrong with a good one, by address or by certificate", () => {
    const declared = { ...ERP, associatedAcceptedDomains: acceptedDomains };
    assert.deepEqual(connectorProblems(declared, fine), []);
    assert.deepEqual(connectorProblems({ ...declared, ...CERTIFIED }, fine), []);
  });
  it("knows what the last run had", () => {
    const there = { ...fine, connectors: [{ ...OLD, name: ERP.name }] };
    assert.equal(connectorProblems(ERP, there).length, 1);
    assert.deepEqual(connectorProblems(ERP, there, { name: ERP.name }), []);
  });
  it("finds everything in the tenant that is in its way", () => {
    const declared = {
      ...ERP,
      tlsSenderCertificateName: "relay.fabrikam.com",
      associatedAcceptedDomains: ["contoso.com", "fabrikam.com"],
    };
    const there = { ...fine, subscriptions: [], connectors: [{ ...OLD, ...same }] };
    assert.deepEqual(connectorProblems(declared, there).map(sentence), [
      `tenantId: "${ERP.tenantId}" has no active subscription with Exchange Online, so it can't relay mail; buy one (Exchange Online Plan 1 is enough), or use another tenant`,
      'associatedAcceptedDomains[1]: "fabrikam.com" is not an accepted domain of the tenant (contoso.com); add and verify it in Microsoft 365, or use one of these',
      'tlsSenderCertificateName: "relay.fabrikam.com" is in none of the tenant\'s accepted domains (contoso.com); use a certificate for a name in one of them, or add and verify its domain in Microsoft 365 first',
      `${MATCHED}; ${ADDRESS} ${TAKE_OVER}`,
    ]);
  });
});
