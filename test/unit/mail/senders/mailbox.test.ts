import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  canonicalFilter,
  displayNameProblem,
  mailboxAddressProblem,
  mailboxFilter,
  recipientLimitProblem,
} from "../../../../mail/senders/mailbox.ts";
import {
  directoryIdProblem,
  objectNameProblem,
  outboundPolicyNameProblem,
  trusteeProblem,
} from "../../../../mail/senders/names.ts";

const GUID = "00000002-0000-0ff1-ce00-000000000000";

describe("the address of a mailbox", () => {
  for (const fine of ["erp@contoso.com", "O'Neill@Contoso.com"]) {
    it(`can be ${fine}`, () => assert.equal(mailboxAddressProblem("a", fine), undefined));
  }
  for (const wrong of ["*@contoso.com", "erp", "erp@contoso", "", "a b@contoso.com"]) {
    it(`can't be ${JSON.stringify(wrong)}`, () =>
      assert.match(mailboxAddressProblem("a", wrong)?.rule ?? "", /not the address of a mailbox/));
  }
  it("has its domain in ASCII", () => {
    const { fix = "" } = mailboxAddressProblem("a", "erp@bücher.example") ?? {};
    assert.match(fix, /"erp@xn--bcher-kva\.example"$/);
  });
});

describe("names of objects in Exchange", () => {
  it("have 64 characters at most, and say whose they are", () => {
    assert.equal(objectNameProblem("n", "x".repeat(64), "a mailbox's"), undefined);
    assert.equal(
      objectNameProblem("n", "x".repeat(65), "a mailbox's")?.rule,
      "has 65 characters, but a mailbox's name can have at most 64",
    );
    assert.equal(objectNameProblem("n", " ", "a mailbox's")?.rule, "is empty");
    assert.match(objectNameProblem("n", " x", "a mailbox's")?.rule ?? "", /space/);
  });
  it("lack some characters in outbound policies", () => {
    assert.equal(outboundPolicyNameProblem("n", "relay-test.erp 1"), undefined);
    for (const character of '\\%&*+/=?{}|<>();:[],"') {
      const { rule = "" } = outboundPolicyNameProblem("n", `a${character}b`) ?? {};
      assert.ok(rule.startsWith(`has the character ${character}, `), character);
    }
    assert.match(outboundPolicyNameProblem("n", "x".repeat(65))?.rule ?? "", /outbound policy's/);
  });
  it("may be longer as display names", () => {
    assert.equal(displayNameProblem("d", "x".repeat(256)), undefined);
    assert.match(displayNameProblem("d", "x".repeat(257))?.rule ?? "", /has 257 .* at most 256/);
    assert.equal(displayNameProblem("d", "")?.rule, "is empty");
  });
});

describe("recipientLimitProblem", () => {
  it("takes whole numbers from 1 to 10,000", () => {
    for (const fine of [1, 10_000]) assert.equal(recipientLimitProblem("l", fine), undefined);
    for (const wrong of [0, -1, 1.5, 10_001, Number.NaN]) {
      assert.match(recipientLimitProblem("l", wrong)?.fix ?? "", /from 1 to 10,000$/);
    }
  });
});

describe("ids of the directory", () => {
  it("are GUIDs in any letter case, without braces", () => {
    assert.equal(directoryIdProblem("i", GUID.toUpperCase()), undefined);
    for (const wrong of [`{${GUID}}`, GUID.slice(1), "", `${GUID}0`]) {
      assert.equal(directoryIdProblem("i", wrong)?.rule, "is not an object id (a GUID)");
    }
  });
  it("are accepted like addresses where a right is given", () => {
    assert.equal(trusteeProblem("t", GUID), undefined);
    assert.equal(trusteeProblem("t", "erp@contoso.com"), undefined);
    assert.match(trusteeProblem("t", "erp")?.rule ?? "", /neither an address nor an object id/);
  });
});

describe("the filter of a scope", () => {
  const filter = "PrimarySmtpAddress -eq 'o''neill@contoso.com'";

  it("holds one mailbox, with its quotes doubled", () =>
    assert.equal(mailboxFilter("O'Neill@contoso.com"), filter));

  for (const written of [
    filter,
    `((${filter}))`,
    "( (primarysmtpaddress  -EQ 'O''Neill@Contoso.com') )",
    `PrimarySmtpAddress -eq "o'neill@contoso.com"`,
  ]) {
    it(`is the same as ${written}`, () => assert.equal(canonicalFilter(written), filter));
  }

  for (const other of [
    `((${filter}) -or (PrimarySmtpAddress -eq 'x@contoso.com'))`,
    `${filter} -or ${filter}`,
    "PrimarySmtpAddress -ne 'o''neill@contoso.com'",
    "PrimarySmtpAddress -like '*'",
    "EmailAddresses -eq 'o''neill@contoso.com'",
    "()",
    "",
  ]) {
    it(`is not ${JSON.stringify(other)}, which stays as it is`, () =>
      assert.equal(canonicalFilter(other), other));
  }
});
