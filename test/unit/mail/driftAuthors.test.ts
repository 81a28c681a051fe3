import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type AuditRecord, authorsOf, cmdletsOf } from "../../../mail/drift/authors.ts";
import type { Difference } from "../../../mail/drift/describe.ts";

const OURS = "11111111-1111-4111-8111-111111111111";
const MODULE = "fb78d390-0c51-40cd-8e17-fdbfab77341b";
const GUID = "22222222-2222-4222-8222-222222222222";

const before = {
  guid: GUID,
  name: "relay-prod-erp",
  senderIPAddresses: ["198.51.100.7", "198.51.100.8"],
  enabled: true,
};
const connector: Difference = {
  kind: "InboundConnector",
  name: "relay-erp-connector",
  before,
  now: { ...before, senderIPAddresses: ["198.51.100.9"] },
  since: "2026-11-20T10:00:00.123Z",
};
const record = (change: Partial<AuditRecord> = {}): AuditRecord => ({
  when: "2026-11-27T14:03:00.000Z",
  who: "alice@contoso.com",
  appId: MODULE,
  cmdlet: "Set-InboundConnector",
  objectId: "relay-prod-erp",
  parameters: { Identity: "relay-prod-erp", SenderIPAddresses: "198.51.100.9" },
  ...change,
});
const authors = (records: AuditRecord[], difference: Partial<Difference> = {}) =>
  authorsOf({ ...connector, ...difference }, records, [OURS]).map(
    ({ who, operation }) => `${who} ${operation}`,
  );
const ALICE = "alice@contoso.com Set-InboundConnector";

describe("who made a difference", () => {
  it("is who set the property to something else, with the time of the record", () =>
    assert.deepEqual(authorsOf(connector, [record()], []), [
      {
        who: "alice@contoso.com",
        when: "2026-11-27T14:03:00.000Z",
        operation: "Set-InboundConnector",
      },
    ]));

  for (const objectId of [
    "relay-prod-erp",
    "RELAY-PROD-ERP",
    "contoso.onmicrosoft.com\\relay-prod-erp",
    "EURPR01A002.prod.outlook.com/Microsoft Exchange Hosted Organizations/contoso.onmicrosoft.com/relay-prod-erp",
    "CN=relay-prod-erp,CN=Transport Settings,CN=Configuration",
    GUID,
    `{${GUID.toUpperCase()}}`,
  ]) {
    it(`is found where the log calls the object ${objectId}, or the cmdlet was given that`, () => {
      const SenderIPAddresses = "198.51.100.9";
      assert.deepEqual(authors([record({ objectId, parameters: { SenderIPAddresses } })]), [ALICE]);
      const parameters = { Identity: objectId, SenderIPAddresses };
      assert.deepEqual(authors([record({ objectId: "", parameters })]), [ALICE]);
    });
  }

  for (const [what, change] of [
    ["of another object", { objectId: "relay-prod-erp2", parameters: { Identity: "other" } }],
    ["of before the last run", { when: "2026-11-20T09:59:59.000Z" }],
    ["of the app that deploys", { appId: OURS }],
    ["that sets another property", { parameters: { Comment: "x" } }],
    [
      "that sets what the last run left",
      { parameters: { SenderIPAddresses: "198.51.100.8;198.51.100.7" } },
    ],
    ["of a removal", { cmdlet: "Remove-InboundConnector" }],
    ["of another kind of object", { cmdlet: "Set-DkimSigningConfig" }],
  ] as const) {
    it(`is not told by a record ${what}`, () => assert.deepEqual(authors([record(change)]), []));
  }

  it("is who changed each property last, the latest first", () => {
    const Enabled = { Enabled: "False" };
    const records = [
      record({ who: "early@contoso.com", when: "2026-11-25T08:00:00.000Z" }),
      record({ who: "bob@contoso.com", when: "2026-11-26T08:00:00.000Z", parameters: Enabled }),
      record(),
    ];
    const now = { ...connector.now, enabled: false };
    assert.deepEqual(authors(records, { now }), [ALICE, "bob@contoso.com Set-InboundConnector"]);
    const both = { SenderIPAddresses: "198.51.100.9", Enabled: "False" };
    assert.deepEqual(authors([record({ parameters: both })], { now }), [ALICE]);
  });

  it("is who removed it, where it is gone", () => {
    const removed = record({ cmdlet: "Remove-InboundConnector", parameters: {} });
    assert.deepEqual(authors([removed, record()], { now: undefined }), [
      "alice@contoso.com Remove-InboundConnector",
    ]);
  });

  it("is found by a mailbox's address, and by its name or object id at the end of a path", () => {
    const mailbox = {
      address: "shop@contoso.com",
      name: "relay-prod-shop",
      externalDirectoryObjectId: GUID,
      popEnabled: false,
    };
    const difference = {
      ...{ kind: "SharedMailbox", before: mailbox, now: { ...mailbox, popEnabled: true } },
      since: "2026-11-20T10:00:00Z",
    };
    const PopEnabled = "True";
    for (const [objectId, Identity] of [
      ["x/y/contoso.onmicrosoft.com/relay-prod-shop", "shop"],
      [`x/y/contoso.onmicrosoft.com/${GUID}`, ""],
      ["x/y/contoso.onmicrosoft.com/unknown", "Shop@contoso.com"],
    ] as const) {
      const set = { cmdlet: "Set-CASMailbox", objectId, parameters: { Identity, PopEnabled } };
      assert.deepEqual(authors([record(set)], difference), ["alice@contoso.com Set-CASMailbox"]);
    }
  });

  it("of a right is who took it from this trustee, or removed the mailbox", () => {
    const right = { mailbox: "shop@contoso.com", trustee: GUID };
    const difference = { kind: "SendAs", before: right, now: undefined };
    const taken = (Trustee: string) =>
      record({
        ...{ cmdlet: "Remove-RecipientPermission", objectId: "x/y/unknown" },
        parameters: { Identity: "shop@contoso.com", Trustee },
      });
    assert.deepEqual(authors([taken("other@contoso.com")], difference), []);
    assert.deepEqual(authors([taken(GUID)], difference), [
      "alice@contoso.com Remove-RecipientPermission",
    ]);
    const removed = record({ cmdlet: "Remove-Mailbox", objectId: "shop@contoso.com" });
    assert.deepEqual(authors([removed], difference), ["alice@contoso.com Remove-Mailbox"]);
  });

  it("is looked for by cmdlets of its kind, and not at all outside Exchange", () => {
    assert.deepEqual(cmdletsOf(connector), ["Set-InboundConnector", "Remove-InboundConnector"]);
    assert.deepEqual(cmdletsOf({ ...connector, kind: "SpfRecord" }), []);
    assert.deepEqual(authors([record()], { kind: "SpfRecord" }), []);
  });
});
