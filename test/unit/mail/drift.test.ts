import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Difference, describeDrift } from "../../../mail/drift/describe.ts";
import { CLIENTS } from "../../../mail/exchange/mailbox.ts";
import * as resources from "../../../providers/resources.ts";

const connector = {
  name: "relay-prod-erp",
  owner: "relay/prod/erp",
  senderIPAddresses: ["198.51.100.7", "198.51.100.8"],
  enabled: true,
};
const differ = (now: Difference["now"], change: Partial<Difference> = {}) =>
  describeDrift({
    ...{ kind: "InboundConnector", name: "relay-erp-connector", before: connector, now },
    ...change,
  });

describe("drift", () => {
  it("is none where only the order of a list or what the stack notes for itself is another", () => {
    const senderIPAddresses = connector.senderIPAddresses.toReversed();
    assert.equal(
      differ({ ...connector, senderIPAddresses, guid: "other", ready: false }),
      undefined,
    );
  });

  it("says what came and what went, and what each means", () => {
    const senderIPAddresses = ["198.51.100.8", "198.51.100.9"];
    assert.deepEqual(differ({ ...connector, senderIPAddresses, enabled: false }), {
      kind: "InboundConnector",
      name: "relay-erp-connector",
      subject: 'connector "relay-prod-erp" of erp',
      changes: [
        "Enabled is false, and was true",
        "SenderIPAddresses has 198.51.100.9 in addition",
        "SenderIPAddresses lacks 198.51.100.7",
      ],
      meaning: [
        "Exchange refuses the sender's mail with 550 5.7.64",
        "whoever connects from 198.51.100.9 may send as any address of the tenant's accepted domains",
        "mail from 198.51.100.7 is refused with 550 5.7.64",
      ],
    });
  });

  it("says what a change of a fence lets pass, and what it refuses", () => {
    const before = {
      ...{ owner: "relay/prod/erp", state: "Enabled", mode: "Enforce", narrowedBy: [] },
      senderIpRanges: ["198.51.100.7"],
      exceptIfFromAddressMatchesPatterns: ["^erp@contoso\\.com$"],
    };
    const meaningOf = (change: object) =>
      differ({ ...before, ...change }, { kind: "TransportRule", before })?.meaning;
    const open =
      "every host behind the sender's addresses may send as any address of the tenant's accepted domains";
    for (const [change, meaning] of [
      [{ state: "Disabled" }, [open]],
      [{ mode: "Audit" }, [open]],
      [
        { senderIpRanges: ["198.51.100.8"] },
        [
          "whoever connects from 198.51.100.7 may send as any address of the tenant's accepted domains",
          "mail from 198.51.100.8 is refused if it is not From the sender's addresses",
        ],
      ],
      [
        { exceptIfFromAddressMatchesPatterns: ["@contoso\\.com$"] },
        [
          "mail passes whose From matches @contoso\\.com$",
          "mail is refused whose From matches ^erp@contoso\\.com$",
        ],
      ],
      [
        { narrowedBy: ["ExceptIfSentTo"] },
        ["mail passes that it should refuse, by ExceptIfSentTo"],
      ],
    ] as const) {
      assert.deepEqual(meaningOf(change), meaning);
    }
    const gone = differ(undefined, { kind: "TransportRule", before });
    assert.deepEqual([gone?.subject, gone?.meaning], ["fence of erp", [open]]);
  });

  it("says what is pending now", () =>
    assert.deepEqual(
      differ(
        { address: "crm@contoso.com", pending: "the role is missing" },
        { kind: "ClientSubmission", before: { address: "crm@contoso.com", pending: "" } },
      )?.meaning,
      ["the role is missing"],
    ));

  it("names each way into a mailbox as Exchange does, and says what it means that one is open", () => {
    const before = Object.fromEntries(Object.keys(CLIENTS).map((name) => [name, false]));
    for (const [name, parameter] of Object.entries(CLIENTS)) {
      const now = { ...before, [name]: true };
      const drift = differ(now, { kind: "SharedMailbox", before });
      assert.deepEqual(drift?.changes, [`${parameter} is true, and was false`]);
      assert.equal(drift?.meaning.length, 1, name);
    }
  });

  it("repeats no secret", () => {
    const secret = (text: string) => ({
      "4dabf18193072939515e22adb298388d": "1b47",
      plaintext: text,
    });
    for (const [before, now] of [
      [secret("Winter2026!"), secret("Summer2027!")],
      ["[secret]", "[secret] "],
    ]) {
      const drift = differ(
        { value: now },
        { kind: "ApplicationPassword", before: { value: before } },
      );
      assert.doesNotMatch(JSON.stringify(drift), /Winter|Summer|secret\]/);
      assert.deepEqual(drift?.changes, ["Value is another"]);
    }
  });

  it("names a kind that it has no words for", () =>
    assert.deepEqual(differ({ a: 2 }, { kind: "Thing", name: "relay-thing", before: { a: 1 } }), {
      kind: "Thing",
      name: "relay-thing",
      subject: "Thing relay-thing",
      changes: ["A is 2, and was 1"],
      meaning: [],
    }));

  it("says of every kind of ours what it means that it is gone", () => {
    const nothingOutside = ["ClientSubmission", "Password", "Survey"];
    const kinds = Object.values(resources).map((one) => (one as { kind?: string }).kind);
    const dumb = kinds.filter(
      (kind) => kind && differ(undefined, { kind, before: {} })?.meaning.length === 0,
    );
    assert.ok(kinds.length > 20);
    assert.deepEqual(dumb.sort(), nothingOutside);
  });
});
