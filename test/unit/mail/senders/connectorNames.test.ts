// Who has the name of a connector that the stack is to create or to adopt.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sentence } from "../../../../mail/problem.ts";
import {
  adoptChangeProblem,
  otherConnectorProblems,
} from "../../../../mail/senders/connectorProblems.ts";
import { ERP, OLD, type Situation } from "./connectors.ts";

describe("adoptChangeProblem", () => {
  const CREATED =
    'adopt: true can\'t be set for connector "Old", which the stack created; remove adoptConnector from the sender, whose own connector it is';
  const ADOPTED =
    'adopt: false can\'t be set for connector "Old", which the stack has adopted; put adoptConnector: "OLD" back, or give the sender another name';
  for (const [olds, adopt, says] of [
    [{}, true, undefined],
    [{ adopt: true }, false, undefined],
    [{ name: "Old" }, true, undefined],
    [{ adopt: true, name: "Old" }, true, undefined],
    [{ adopt: false, name: "Old" }, false, undefined],
    [{ adopt: false, name: "relay-prod-erp" }, true, undefined],
    [{ adopt: false, name: "old" }, true, CREATED],
    [{ adopt: true, name: "OLD" }, false, ADOPTED],
  ] as const) {
    it(`${says === undefined ? "takes" : "refuses"} adopt: ${adopt} after ${JSON.stringify(olds)}`, () => {
      const problem = adoptChangeProblem(olds, { adopt, name: "Old" });
      assert.equal(problem && sentence(problem), says);
    });
  }
});

const REMOVE = "remove adoptConnector from the sender, which gives it a connector of its own";
const CLEAR =
  "if the stack relay/test is gone, take its mark away with Set-InboundConnector -Identity 'Old' -Comment ''";
const MISSING = "can't be adopted: the tenant has no connector of that name";
const HYBRID = "can't be adopted: it is the connector of the organisation's hybrid configuration";
const THEIRS = "can't be adopted: relay/test/crm manages it (guid-of-old)";
const OTHER_NAME = "give the stack or the sender another name";
const TAKEN = "is the name of a connector that";

const own = { owner: ERP.owner, name: ERP.name };
const adopting = { adopt: true, name: "old" };
const theirs = { owner: "relay/test/crm" };
const hybrid = { isHybrid: true };
const former = { owner: "relay/dev/erp", name: ERP.name };

const CREATING: readonly Situation[] = [
  { title: "nothing", there: [] },
  { title: "connectors with other names", there: [{}, theirs, hybrid] },
  { title: "its own", there: [own] },
  { title: "its own, whose name somebody has changed", there: [own], olds: { name: "Mine" } },
  {
    title: "its own, marked by the last run's owner",
    there: [former],
    olds: { owner: former.owner },
  },
  {
    title: "its own, marked by an earlier owner",
    there: [former],
    olds: { formerOwners: ["relay/x/erp", former.owner] },
  },
  {
    title: "its own, marked by an owner before the last run's",
    there: [former],
    olds: { owner: "relay/test/erp", formerOwners: [former.owner] },
  },
  {
    title: "its own, which has lost its mark",
    there: [{ name: "RELAY-prod-erp" }],
    olds: { name: ERP.name },
  },
  {
    title: "one of that name that nobody manages",
    there: [{ name: "Relay-Prod-ERP" }],
    says: [
      `name: "Relay-Prod-ERP" ${TAKEN} exists already and is not ours (guid-of-old); rename it, or take it over with adoptConnector: "Relay-Prod-ERP" on the sender`,
    ],
  },
  {
    title: "the hybrid configuration's of that name",
    there: [{ ...hybrid, name: ERP.name }],
    says: [
      `name: "relay-prod-erp" is the name of the connector of the organisation's hybrid configuration; ${OTHER_NAME}`,
    ],
  },
  {
    title: "another stack's of that name, also where the last run had it",
    there: [{ ...theirs, name: ERP.name }],
    olds: { name: ERP.name },
    says: [`name: "relay-prod-erp" ${TAKEN} relay/test/crm manages (guid-of-old); ${OTHER_NAME}`],
  },
  {
    title: "one marked by an owner of no earlier run",
    there: [former],
    olds: { name: ERP.name },
    says: [`name: "relay-prod-erp" ${TAKEN} relay/dev/erp manages (guid-of-old); ${OTHER_NAME}`],
  },
];

const ADOPTING: readonly Situation[] = [
  { title: "one that nobody manages", there: [{}] },
  { title: "its own, adopted before", there: [{ owner: ERP.owner }], olds: { name: "OLD" } },
  { title: "its own, where no last run is known", there: [{ owner: ERP.owner }] },
  { title: "the hybrid configuration's, adopted before", there: [hybrid], olds: { name: "Old" } },
  { title: "one that it has adopted, which is gone", there: [], olds: { name: "Old" } },
  {
    title: "its own, renamed by hand",
    there: [{ owner: ERP.owner }],
    olds: { name: ERP.name },
    says: [
      'name: "Old" is the connector that this sender has already, renamed by hand; remove adoptConnector from the sender, and run pulumi up --refresh, which gives the connector its name back',
    ],
  },
  { title: "nothing", there: [], says: [`name: "old" ${MISSING}; ${REMOVE}`] },
  {
    title: "nothing, where the last run adopted another one",
    there: [],
    olds: { name: "Older", adopt: true },
    says: [`name: "old" ${MISSING}; ${REMOVE}`],
  },
  {
    title: "nothing, beside some that can be adopted and some that can't",
    declared: { adopted: ["older ", "old"] },
    there: [
      { name: "Fax" },
      { name: "Hybrid", ...hybrid },
      { name: "Older" },
      { name: "Theirs", ...theirs },
      { name: "Mine", owner: ERP.owner },
    ],
    says: [
      `name: "old" ${MISSING}; name a connector that can be adopted ("Fax", "Mine"), or ${REMOVE}`,
    ],
  },
  {
    title: "the hybrid configuration's",
    there: [hybrid],
    says: [`name: "Old" ${HYBRID}; ${REMOVE}`],
  },
  {
    title: "the hybrid configuration's, beside one that can be adopted",
    there: [{ name: "Fax" }, hybrid],
    says: [`name: "Old" ${HYBRID}; name a connector that can be adopted ("Fax"), or ${REMOVE}`],
  },
  {
    title: "the hybrid configuration's, which matches the server",
    there: [{ ...hybrid, senderIPAddresses: ERP.senderIPAddresses }],
    says: [
      `name: "Old" ${HYBRID}; remove the sender: its server relays through that connector already`,
    ],
  },
  {
    title: "another stack's",
    there: [theirs],
    says: [`name: "Old" ${THEIRS}; ${REMOVE}; or ${CLEAR}`],
  },
  {
    title: "another stack's, which matches the server",
    there: [{ ...theirs, senderIPAddresses: ERP.senderIPAddresses }],
    olds: { name: "Old" },
    says: [`name: "Old" ${THEIRS}; ${REMOVE}; or ${CLEAR}`],
  },
];

for (const [done, situations, change] of [
  ["created", CREATING, {}],
  ["adopted", ADOPTING, adopting],
] as const) {
  describe(`a connector to be ${done}`, () => {
    for (const { title, declared, there, olds, says = [] } of situations) {
      it(`${says.length === 0 ? "can" : "can't"} be ${done}: ${title}`, () => {
        const connectors = there.map((one) => ({ ...OLD, ...one }));
        const found = otherConnectorProblems({ ...ERP, ...change, ...declared }, connectors, olds);
        assert.deepEqual(found.map(sentence), says);
      });
    }
  });
}
