import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type Found,
  keptUntil,
  REMOVE,
  recordCommand,
  removeRight,
} from "../../../mail/teardown/found.ts";
import { type Claimant, leftoversIn } from "../../../mail/teardown/leftover.ts";
import { planOf } from "../../../mail/teardown/plan.ts";

const CLAIMANT: Claimant = { owner: "m365-smtp-relay/prod", stack: "prod", senders: ["erp"] };

const found = (change: Partial<Found>): Found => ({
  ...{ kind: "managementScope", id: "1", name: "x", mark: "", names: [], where: "Exchange" },
  command: "",
  ...change,
});
const mark = (owner: string) => `Managed by Pulumi: ${owner}. Changes made by hand are undone.`;
const left = (...all: Partial<Found>[]) => leftoversIn(all.map(found), CLAIMANT);

describe("what a stack has left", () => {
  it("is known by its mark, in Exchange, in Entra's notes and at Cloudflare", () => {
    for (const text of [
      mark("m365-smtp-relay/prod/erp"),
      mark("m365-smtp-relay/prod/gone"),
      "Managed by Pulumi: m365-smtp-relay/prod/erp",
      "Managed by Pulumi: m365-smtp-relay/prod",
    ]) {
      const [one] = left({ kind: "connector", name: "anything", mark: text });
      assert.deepEqual([one?.title, one?.isMarked], ["connector anything", true], text);
      assert.match(one?.because ?? "", /^its mark names m365-smtp-relay\/prod/);
    }
  });

  it("is not what another stack's mark is on, whatever its name is", () => {
    for (const owner of [
      "m365-smtp-relay/prod-eu/erp",
      "m365-smtp-relay/test/erp",
      "other/prod/erp",
    ]) {
      assert.deepEqual(left({ mark: mark(owner), names: ["relay-prod-erp"] }), [], owner);
    }
    const bootstrap = "Made by npm run bootstrap for m365-smtp-relay/prod: deploy";
    assert.deepEqual(left({ kind: "application", mark: bootstrap, names: ["mail relay"] }), []);
  });

  it("is known by the name of a sender where it has no mark, in any letter case", () => {
    const [one] = left({ names: ["Relay-Prod-ERP"] });
    assert.deepEqual([one?.isMarked, one?.isNamed], [false, true]);
    assert.deepEqual(left({ names: ["relay-test-erp"] }), []);
    assert.deepEqual(left({ names: ["relay-production"] }), []);
  });

  it("is doubtful where only the name begins so", () => {
    const [one] = left({ names: ["relay-prod-eu-erp"] });
    assert.equal(one?.isNamed, false);
    assert.match(one?.because ?? "", /no sender of this stack is called so: look whose it is/);
  });

  it("is not what a stack has whose name begins alike, where any mark shows that stack", () => {
    const connector = { mark: mark("m365-smtp-relay/prod-eu/erp"), names: ["relay-prod-eu-erp"] };
    assert.deepEqual(left(connector, { names: ["relay-prod-eu-erp"] }), []);
  });

  it("counts the account of its mailbox, and the service principal of its app, once", () => {
    const mailbox = {
      kind: "mailbox",
      id: "m",
      account: "u",
      mark: mark("m365-smtp-relay/prod/erp"),
    } as const;
    const titles = (...all: Partial<Found>[]) => left(...all).map(({ kind }) => kind);
    assert.deepEqual(titles(mailbox, { kind: "user", id: "u", names: ["relay-prod-erp"] }), [
      "mailbox",
    ]);
    const app = {
      kind: "application",
      id: "a",
      mark: "Managed by Pulumi: m365-smtp-relay/prod/erp",
    } as const;
    assert.deepEqual(
      titles(app, { ...app, kind: "servicePrincipal", id: "p", goesWith: "application a" }),
      ["application"],
    );
    assert.deepEqual(
      titles({ ...app, kind: "servicePrincipal", id: "p", goesWith: "application a" }),
      ["servicePrincipal"],
    );
  });

  it("takes the account of a deleted mailbox for its own, as a user has no mark", () => {
    const mailbox = {
      kind: "deletedMailbox",
      id: "m",
      account: "u",
      mark: mark("m365-smtp-relay/prod/erp"),
    } as const;
    const [user] = left(mailbox, { kind: "deletedUser", id: "u", names: ["Somebody"] });
    assert.deepEqual([user?.kind, user?.isMarked], ["deletedUser", true]);
    assert.deepEqual(left({ kind: "deletedUser", id: "u", names: ["Somebody"] }), []);
  });
});

describe("the command that removes something", () => {
  it("quotes for PowerShell", () => {
    assert.equal(
      REMOVE.outboundRule("it's"),
      "Remove-HostedOutboundSpamFilterRule -Identity 'it''s' -Confirm:$false",
    );
    assert.equal(
      removeRight("Remove-RecipientPermission", "a@x.example", "b@x.example"),
      "Remove-RecipientPermission -Identity 'a@x.example' -Trustee 'b@x.example' -AccessRights SendAs -Confirm:$false",
    );
  });

  it("leaves the terms of others in a record, and quotes for sh", () => {
    const change = { content: `"v=spf1 include:o'x ~all"`, comment: "" };
    assert.equal(
      recordCommand("https://api.example/v4", "z", "r", change),
      `curl --fail --request PATCH --header "Authorization: Bearer $CLOUDFLARE_API_TOKEN" --json '{"content":"\\"v=spf1 include:o'\\''x ~all\\"","comment":""}' https://api.example/v4/zones/z/dns_records/r`,
    );
  });
});

describe("what is kept", () => {
  it("is kept for 30 days from its deletion", () => {
    assert.equal(keptUntil({ deletedAt: "2026-11-28T20:00:00Z" }), "2026-12-28");
    assert.equal(keptUntil({}), "30 days after its deletion");
  });
});

describe("the plan of a teardown", () => {
  const resource = (kind: string, outputs: object = {}) => ({
    ...{ kind, name: `relay-${kind}` },
    outputs: { owner: "m365-smtp-relay/prod/erp", domain: "contoso.com", ...outputs },
  });
  const plan = (...resources: ReturnType<typeof resource>[]) =>
    planOf(resources, { external: ["fabrikam.com"], purge: false });

  it("tells what goes from what is put back and what stays", () => {
    const { goes, putBack, stays } = plan(
      resource("InboundConnector", { name: "relay-prod-erp" }),
      resource("InboundConnector", { name: "theirs", before: { enabled: true } }),
      resource("SpfRecord", { original: null }),
      resource("DmarcRecord", { original: '"v=DMARC1; p=none"' }),
      resource("SmtpClientAuthentication", { mailbox: "a@contoso.com" }),
      resource("AdoptedMailbox", { address: "a@contoso.com" }),
      resource("ManagementScope", { preexisting: true }),
      resource("Survey"),
    );
    assert.deepEqual(goes, ['connector "relay-prod-erp" of erp', "SPF of contoso.com"]);
    assert.deepEqual(putBack, [
      'connector "theirs" of erp',
      "DMARC of contoso.com",
      "SMTP AUTH of a@contoso.com",
    ]);
    assert.deepEqual(stays, ["mailbox of a@contoso.com", "management scope of erp"]);
  });

  it("says what is kept for how long, and what nobody removes", () => {
    const { kept } = plan(resource("Application"), resource("SharedMailbox"));
    assert.equal(
      kept.filter((line) => /30 days; --purge deletes them for good$/.test(line)).length,
      2,
    );
    assert.ok(
      kept.some((line) => line.startsWith("the DNS records of fabrikam.com are not at Cloudflare")),
    );
    const purged = planOf([resource("User")], { external: [], purge: true }).kept;
    assert.match(purged[0] ?? "", /deleted for good \(--purge\)$/);
  });
});
