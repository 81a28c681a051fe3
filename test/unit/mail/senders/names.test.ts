import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { markOf, ownerOf, ownershipMark, ownershipOf } from "../../../../mail/ownership.ts";
import { sentence } from "../../../../mail/problem.ts";
import {
  clientIdProblem,
  connectorNameProblem,
  directoryIdProblem,
  longestSenderName,
  nameTaken,
  objectNameProblem,
  outboundPolicyNameProblem,
  relayName,
  ruleNameProblem,
  sameName,
  senderNameProblem,
  trusteeProblem,
} from "../../../../mail/senders/names.ts";

const GUID = "00000002-0000-0ff1-ce00-000000000000";

describe("the name of a sender", () => {
  for (const fine of ["a", "erp", "erp-2", "a-", "x".repeat(30)]) {
    it(`can be ${fine}`, () => assert.equal(senderNameProblem("n", fine), undefined));
  }
  for (const value of ["", "Erp", "2erp", "-erp", "e_p", "erp.", " erp", "erp ", "x".repeat(31)]) {
    it(`can't be ${JSON.stringify(value)}`, () =>
      assert.deepEqual(senderNameProblem("n", value), {
        ...{ key: "n", value, rule: "is not a valid name of a sender" },
        fix: 'use 1 to 30 lower-case letters, digits and hyphens, starting with a letter, e.g. "erp"',
      }));
  }
  it("has hyphens, and not what looks like them", () =>
    assert.deepEqual(senderNameProblem("n", "erp\u20132"), {
      ...{ key: "n", value: "erp\u20132" },
      rule: "has the dash \u2013 (U+2013), which only looks like a hyphen",
      fix: 'replace it by "-"',
    }));

  const longest: [stackCharacters: number, senders: number][] = [
    [4, 30],
    [27, 30],
    [28, 29],
    [40, 17],
    [56, 1],
    [57, 1],
    [90, 1],
  ];
  for (const [characters, most] of longest) {
    it(`can have ${most} characters where the stack's has ${characters}`, () =>
      assert.equal(longestSenderName("s".repeat(characters)), most));
  }
  it("stands in the tenant after the stack's", () =>
    assert.equal(relayName("prod", "erp"), "relay-prod-erp"));
});

describe("names of objects in Exchange", () => {
  const whose: [string, (key: string, value: string) => ReturnType<typeof connectorNameProblem>][] =
    [
      ["a mailbox's", (key, value) => objectNameProblem(key, value, "a mailbox's")],
      ["a connector's", connectorNameProblem],
      ["a mail flow rule's", ruleNameProblem],
      ["an outbound policy's", outboundPolicyNameProblem],
    ];
  for (const [owner, problemOf] of whose) {
    const long = "x".repeat(65);
    const cases: [value: string, rule: string, fix: string][] = [
      [long, `has 65 characters, but ${owner} name can have at most 64`, "use 1 to 64 characters"],
      ["", "is empty", "use 1 to 64 characters"],
      [" ", "is empty", "use 1 to 64 characters"],
      [" x", "begins or ends with a space", "remove the space"],
      ["x ", "begins or ends with a space", "remove the space"],
    ];
    for (const [value, rule, fix] of cases) {
      it(`${owner} can't be ${JSON.stringify(value)}`, () =>
        assert.deepEqual(problemOf("n", value), { key: "n", value, rule, fix }));
    }
    it(`${owner} can have 64 characters`, () => {
      assert.equal(problemOf("n", "x".repeat(64)), undefined);
      assert.equal(problemOf("n", "relay-test.erp 1"), undefined);
    });
  }
  for (const character of '\\%&*+/=?{}|<>();:[],"') {
    it(`can have ${character}, but not an outbound policy's`, () => {
      const value = `a${character}b`;
      assert.equal(connectorNameProblem("n", value), undefined);
      assert.deepEqual(outboundPolicyNameProblem("n", value), {
        ...{ key: "n", value },
        rule: `has the character ${character}, which an outbound policy's name can't have`,
        fix: "use letters, digits, spaces, dots and hyphens",
      });
    });
  }
  it("are the same in any letter case, and with spaces around", () => {
    assert.ok(sameName(" Relay ", "relay"));
    assert.ok(sameName("relay", "RELAY "));
    assert.ok(!sameName("relay", "relay 2"));
  });
  it("may be taken, by another program or by somebody's own", () => {
    const scope = { what: "a management scope", name: "relay-prod-erp", guid: GUID };
    assert.deepEqual(nameTaken(scope, "p/other/erp", "adopt it"), {
      ...{ key: "name", value: "relay-prod-erp" },
      rule: `is the name of a management scope that p/other/erp manages (${GUID})`,
      fix: "give the stack or the sender another name",
    });
    const rule = `is the name of a management scope that exists already and is not ours (${GUID})`;
    assert.deepEqual(nameTaken(scope, undefined), {
      ...{ key: "name", value: "relay-prod-erp", rule },
      fix: "rename it, or give the stack or the sender another name",
    });
    assert.equal(nameTaken(scope, undefined, "adopt it").fix, "rename it, or adopt it");
  });
});

describe("ids of the directory", () => {
  const noGuids = [`{${GUID}}`, GUID.slice(1), "", `${GUID}0`];
  it("are GUIDs in any letter case, without braces", () => {
    for (const problemOf of [directoryIdProblem, clientIdProblem, trusteeProblem]) {
      assert.equal(problemOf("i", GUID.toUpperCase()), undefined);
    }
    for (const value of noGuids) {
      assert.deepEqual(directoryIdProblem("i", value), {
        ...{ key: "i", value, rule: "is not an object id (a GUID)" },
        fix: 'use the id that Entra shows, e.g. "00000002-0000-0ff1-ce00-000000000000"',
      });
      assert.deepEqual(clientIdProblem("i", value), {
        ...{ key: "i", value, rule: "is not the client id of an app (a GUID)" },
        fix: 'use the "Application (client) ID" that Entra shows, e.g. "11111111-2222-3333-4444-555555555555"',
      });
    }
  });
  it("are accepted like addresses where a right is given", () => {
    assert.equal(trusteeProblem("t", "erp@contoso.com"), undefined);
    for (const value of [...noGuids, "erp", "*@contoso.com"]) {
      assert.deepEqual(trusteeProblem("t", value), {
        ...{ key: "t", value, rule: "is neither an address nor an object id (a GUID)" },
        fix: "use the address of a mailbox or the object id of an enterprise application",
      });
    }
  });
});

describe("ownership", () => {
  it("reads its own mark back, and nobody else's comment", () => {
    for (const adopted of [true, false]) {
      const mark = ownershipMark("m365-smtp-relay/prod/erp", adopted);
      assert.deepEqual(markOf(mark), { owner: "m365-smtp-relay/prod/erp", adopted });
    }
    assert.equal(ownerOf(ownershipMark("p/s/n", false)), "p/s/n");
    assert.equal(ownerOf(""), undefined);
    assert.equal(ownerOf("Managed by Bob"), undefined);
  });

  const owners = { owner: "p/new", formerOwners: ["p/old"] };
  for (const [marked, isAsRecorded, expected] of [
    ["p/new", false, "ours"],
    ["p/old", false, "ours"],
    ["p/other", false, "others"],
    ["p/other", true, "others"],
    ["p/newer", false, "others"],
    [undefined, false, "unmarked"],
    [undefined, true, "ours"],
  ] as const) {
    it(`an object marked ${marked}, its content ${isAsRecorded ? "" : "not "}as recorded, is ${expected}`, () =>
      assert.equal(ownershipOf(marked, owners, isAsRecorded), expected));
  }
});

describe("sentence", () => {
  it("names key, value, rule and fix, and describes long values instead of cutting them", () => {
    assert.equal(
      sentence({ key: "a.b", value: "x", rule: "is wrong", fix: "fix it" }),
      'a.b: "x" is wrong; fix it',
    );
    assert.equal(
      sentence({ key: "a", value: undefined, rule: "is missing", fix: "add it" }),
      "a: is missing; add it",
    );
    assert.equal(
      sentence({ key: "a", value: "y ".repeat(300), rule: "r", fix: "f" }),
      "a: a text of 602 characters (not shown) r; f",
    );
    assert.equal(
      sentence({ key: "a", value: Array(200).fill("y"), rule: "r", fix: "f" }),
      "a: a list of 200 entries r; f",
    );
  });
});
