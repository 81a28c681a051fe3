// What `npm run stop` notes, what it is read as, and what is said of it.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { describeDrift } from "../../../mail/drift/describe.ts";
import { ownerOf, ownershipMark } from "../../../mail/ownership.ts";
import { sentence } from "../../../mail/problem.ts";
import type { Sender } from "../../../mail/senders/sender.ts";
import { notOursToRevoke } from "../../../mail/stop/leaked.ts";
import { type Before, stopIn, withoutStop, withStop } from "../../../mail/stop/mark.ts";
import { stoppedProblem } from "../../../mail/stop/problems.ts";
import {
  accountSignalProblem,
  connectorSignalProblem,
  mailboxSignalProblem,
} from "../../../mail/stop/signals.ts";
import { relayedBy, stillRelayed } from "../../../mail/stop/stillRelayed.ts";
import { DEFAULTS } from "./senders/defaults.ts";

const OWNER = "m365-smtp-relay/prod/crm";
const MARK = ownershipMark(OWNER, false);
const AT = "2026-11-28T19:50:00Z";

describe("relayedBy", () => {
  const sender = (name: string, authentication: Sender["authentication"], egress: string[]) => ({
    ...{ name, from: [`${name}@contoso.com`], ...DEFAULTS },
    ...{ authentication, egress },
    ...(authentication.includes("certificate") && { certificateName: `${name}.contoso.com` }),
  });
  const gate = sender("gate", ["staticIp"], ["198.51.100.0/28"]);
  const mfp = sender("mfp", ["staticIp"], ["203.0.113.9"]);
  const edi = sender("edi", ["certificate"], ["198.51.100.7", "192.0.2.9", "203.0.113.9"]);
  const others = [
    ...[gate, mfp, sender("app", ["oauth", "staticIp"], ["192.0.2.9"])],
    sender("erp", ["certificate", "staticIp"], ["192.0.2.9"]),
  ];
  const SAID = `sender "edi" is not stopped at`;
  const rows: [string, Sender, readonly Sender[], string[], string | undefined][] = [
    [
      "a range that holds its address",
      edi,
      [edi, gate],
      ["gate"],
      `${SAID} 198.51.100.7: the connector of sender "gate" takes whatever comes from there; stop sender "gate" too, or keep its server from connecting to port 25`,
    ],
    [
      "two connectors by address, and none of those that go by something else",
      edi,
      others,
      ["gate", "mfp"],
      `${SAID} 198.51.100.7, 203.0.113.9: the connectors of senders "gate", "mfp" take whatever comes from there; stop senders "gate", "mfp" too, or keep its server from connecting to port 25`,
    ],
    ["itself", gate, [gate], [], undefined],
    ["other addresses", gate, [mfp], [], undefined],
    ["no address of its own", sender("shop", ["oauth"], []), others, [], undefined],
  ];
  for (const [what, one, all, names, said] of rows) {
    it(`finds who relays for a stopped sender: ${what}`, () => {
      const by = relayedBy(one, all);
      assert.deepEqual(
        by.map(({ name }) => name),
        names,
      );
      assert.equal(stillRelayed(one, by), said);
    });
  }
});

describe("the note of a stop", () => {
  const befores: Before[] = [
    { connector: true },
    { connector: false },
    { smtpAuth: false, signIn: true },
    { smtpAuth: true, signIn: false },
    { smtpAuth: null },
    {},
  ];
  for (const before of befores) {
    for (const text of [MARK, ownershipMark(OWNER, true), "", "cost centre 42"]) {
      it(`comes back as it was written behind ${JSON.stringify(text)}: ${JSON.stringify(before)}`, () => {
        const noted = withStop(text, { at: AT, before });
        assert.deepEqual(stopIn(noted), { at: AT, before });
        assert.equal(withoutStop(noted), text);
        assert.equal(ownerOf(noted), ownerOf(text), "the ownership mark is read as before");
      });
    }
  }

  it("is not read out of other texts", () => {
    for (const text of ["", MARK, "Stopped by hand", "made by Bob"]) {
      assert.equal(stopIn(text), undefined);
      assert.equal(withoutStop(text), text);
    }
  });

  it("refuses what would let the sender send again, and names the command", () => {
    const noted = withStop(MARK, { at: AT, before: { connector: true } });
    const problem = stoppedProblem("connector of crm", noted, OWNER);
    assert.equal(
      problem && sentence(problem),
      "connector of crm: was stopped by hand on 2026-11-28 19:50 UTC with npm run stop, and this would let it send again; run npm run start -- --stack prod --sender crm, then npm run pulumi -- up --refresh",
    );
    assert.equal(stoppedProblem("connector of crm", MARK, OWNER), undefined);
  });

  it("stands in what drift says, for each kind that bears it", () => {
    const noted = withStop(MARK, { at: AT, before: {} });
    for (const [kind, key] of [
      ["InboundConnector", "comment"],
      ["SharedMailbox", "customAttribute15"],
      ["UserMailbox", "customAttribute15"],
      ["HveAccount", "customAttribute15"],
      ["SmtpClientAuthentication", "stopped"],
    ] as const) {
      const drift = describeDrift({
        kind,
        name: "x",
        before: { [key]: MARK },
        now: { [key]: noted },
      });
      assert.deepEqual(drift?.meaning, [
        "it was stopped by hand on 2026-11-28 19:50 UTC with npm run stop; npm run start -- --stack prod --sender crm lets it send again",
      ]);
      const other = describeDrift({
        kind,
        name: "x",
        before: { [key]: MARK },
        now: { [key]: "mine" },
      });
      assert.deepEqual(other?.meaning, []);
      const unmarked = describeDrift({
        ...{ kind, name: "x", before: { owner: OWNER, [key]: "" } },
        now: { owner: OWNER, [key]: withStop("", { at: AT, before: {} }) },
      });
      assert.deepEqual(unmarked?.meaning, drift?.meaning);
    }
  });
});

describe("the two signals of an account of High Volume Email", () => {
  for (const [title, mark, says] of [
    ["agree", MARK, undefined],
    ["the mark is gone", "", /does not bear the ownership .* Update-MgUser -UserId 'crm@contoso/],
    ["another stack's", ownershipMark("m365-smtp-relay/test/crm", false), /stop it as a sender of/],
    [
      "none",
      undefined,
      /^the tenant has no HVE account crm@contoso\.com for sender "crm"; .* still sends as before/,
    ],
  ] as const) {
    it(title, () => {
      const problem = accountSignalProblem(OWNER, "crm@contoso.com", mark);
      if (says === undefined) assert.equal(problem, undefined);
      else assert.match(problem ?? "", says);
    });
  }
});

describe("what is not the stack's to revoke", () => {
  it("names each issuer of a sender's tokens once", () => {
    const audience = "api://AzureADTokenExchange";
    const sender: Sender = {
      ...DEFAULTS,
      ...{ name: "shop", from: ["shop@contoso.com"], authentication: ["oauth"], egress: [] },
      federatedIdentity: [
        { issuer: "https://gitlab.com", subject: "a", audience },
        { issuer: "https://gitlab.com", subject: "b", audience, name: "b" },
        { issuer: "https://idp.contoso.com", subject: "c", audience, name: "c" },
      ],
    };
    assert.match(
      notOursToRevoke(sender) ?? "",
      /^sender "shop" signs in with tokens of https:\/\/gitlab\.com, https:\/\/idp\.contoso\.com, of which Entra holds nothing to revoke/,
    );
  });
});

describe("the two signals of a sender's object", () => {
  const connector = { name: "relay-prod-crm", comment: MARK };
  for (const [title, named, marked, says] of [
    ["agree", connector, [connector], undefined],
    ["the mark is gone", { ...connector, comment: "" }, [], /does not bear the ownership mark of/],
    [
      "another stack's",
      { ...connector, comment: ownershipMark("m365-smtp-relay/test/crm", false) },
      [],
      /is managed by m365-smtp-relay\/test\/crm/,
    ],
    ["another name", undefined, [{ ...connector, name: "Old" }], /is called "Old" and not "relay-/],
    [
      "none",
      undefined,
      [],
      /the tenant has no connector "relay-prod-crm" for sender "crm"; .* as before: stop it with/,
    ],
  ] as const) {
    it(`of a connector: ${title}`, () => {
      const problem = connectorSignalProblem(OWNER, "relay-prod-crm", named, marked);
      if (says === undefined) assert.equal(problem, undefined);
      else assert.match(problem ?? "", says);
    });
  }
  for (const [title, mark, says] of [
    ["agree", MARK, undefined],
    ["no mark", "cost centre 42", /does not bear the ownership mark/],
    ["another stack's", ownershipMark("m365-smtp-relay/test/crm", false), /is managed by/],
    ["no mailbox", undefined, /the tenant has no mailbox/],
  ] as const) {
    it(`of a mailbox: ${title}`, () => {
      const problem = mailboxSignalProblem(OWNER, "crm@contoso.com", mark);
      if (says === undefined) assert.equal(problem, undefined);
      else assert.match(problem ?? "", says);
    });
  }
});
