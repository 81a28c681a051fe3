import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  canonicalFilter,
  canonicalMailbox,
  displayNameProblem,
  domainOf,
  fromAddressProblem,
  isWildcard,
  mailboxAddressProblem,
  mailboxFilter,
  recipientLimitProblem,
  sendAsAliasProblem,
} from "../../../../mail/senders/mailbox.ts";

const NO_DOMAIN = "is not an email address, because its domain is not a domain name";

describe("an address to send from", () => {
  for (const fine of [
    ...["a@contoso.com", "*@contoso.com", "a.b+c@contoso.com", "o'neill@contoso.com"],
    `${"a".repeat(64)}@contoso.com`,
  ]) {
    it(`can be ${fine}`, () => assert.equal(fromAddressProblem("f", fine), undefined));
  }
  const use =
    'use an address such as "invoices@contoso.com", or "*@contoso.com" for every address of the domain';
  for (const value of [
    ...["", "a", "contoso.com", "@contoso.com", "@", "a@b@c.com", "a*@contoso.com"],
    ...["a..b@contoso.com", ".a@contoso.com", "a.@contoso.com", "a b@contoso.com"],
    ...["**@contoso.com", "münch@contoso.com", `${"a".repeat(65)}@contoso.com`],
  ]) {
    it(`can't be ${JSON.stringify(value)}`, () =>
      assert.deepEqual(fromAddressProblem("f", value), {
        ...{ key: "f", value, rule: "is not an email address", fix: use },
      }));
  }
  const ofDomain: [value: string, rule: string, fix: string][] = [
    ["a@", NO_DOMAIN, use],
    ["a@contoso", NO_DOMAIN, use],
    ["*@münchen", NO_DOMAIN, use],
    ["a@münchen.de", NO_DOMAIN, 'write the domain in its ASCII form, "a@xn--mnchen-3ya.de"'],
    [
      "a@con\u2013toso.com",
      "has the dash \u2013 (U+2013), which only looks like a hyphen",
      'replace it by "-"',
    ],
  ];
  for (const [value, rule, fix] of ofDomain) {
    it(`can't have the domain of ${value}`, () =>
      assert.deepEqual(fromAddressProblem("f", value), { key: "f", value, rule, fix }));
  }
  it("has a canonical form and a domain", () => {
    assert.equal(canonicalMailbox("A@Contoso.COM."), "a@contoso.com");
    assert.equal(canonicalMailbox("*@Contoso.com"), "*@contoso.com");
    assert.equal(domainOf("a@contoso.com"), "contoso.com");
    assert.equal(domainOf("*@contoso.com"), "contoso.com");
  });
  it("stands for a domain with an asterisk alone", () => {
    assert.ok(isWildcard("*@contoso.com"));
    assert.ok(!isWildcard("a@contoso.com"));
  });
});

describe("the address of a mailbox", () => {
  for (const fine of ["erp@contoso.com", "O'Neill@Contoso.com"]) {
    it(`can be ${fine}`, () => assert.equal(mailboxAddressProblem("a", fine), undefined));
  }
  for (const value of ["*@contoso.com", "erp", "erp@contoso", "", "a b@contoso.com"]) {
    it(`can't be ${JSON.stringify(value)}`, () =>
      assert.deepEqual(mailboxAddressProblem("a", value), {
        ...{ key: "a", value, rule: "is not the address of a mailbox" },
        fix: 'use the address of one mailbox, such as "erp@contoso.com"',
      }));
  }
  it("has its domain in ASCII", () =>
    assert.deepEqual(mailboxAddressProblem("a", "erp@bücher.example"), {
      ...{ key: "a", value: "erp@bücher.example", rule: "is not the address of a mailbox" },
      fix: 'write the domain in its ASCII form, "erp@xn--bcher-kva.example"',
    }));
});

describe("displayNameProblem", () => {
  it("takes 1 to 256 characters", () => {
    for (const fine of ["x", "x".repeat(256)]) {
      assert.equal(displayNameProblem("d", fine), undefined);
    }
    const fix = "use 1 to 256 characters";
    const long = "x".repeat(257);
    const rule = "has 257 characters, but a display name can have at most 256";
    assert.deepEqual(displayNameProblem("d", long), { key: "d", value: long, rule, fix });
    for (const value of ["", "  "]) {
      assert.deepEqual(displayNameProblem("d", value), {
        ...{ key: "d", value, rule: "is empty", fix },
      });
    }
  });
});

describe("recipientLimitProblem", () => {
  it("takes whole numbers from 1 to 10,000", () => {
    for (const fine of [1, 10_000]) assert.equal(recipientLimitProblem("l", fine), undefined);
    for (const value of [0, -1, 1.5, 10_001, Number.NaN]) {
      assert.deepEqual(recipientLimitProblem("l", value), {
        ...{ key: "l", value, rule: "is not a valid recipient limit" },
        fix: "use a whole number from 1 to 10,000",
      });
    }
  });
});

describe("sendAsAliasProblem", () => {
  const address = "sales@contoso.com";
  const cases: [title: string, primary: string, listed: string[], fix: string | undefined][] = [
    ["the primary address", address, [address], undefined],
    ["an address of which nothing is known", "", [address], undefined],
    [
      "an alias",
      "shop@contoso.com",
      [address],
      "list shop@contoso.com in its place, or remove the address",
    ],
    [
      "an alias of one that is listed",
      "shop@contoso.com",
      [address, "shop@contoso.com"],
      "remove the address",
    ],
    ["an alias of one in another domain", "shop@fabrikam.com", [address], "remove the address"],
  ];
  for (const [title, primary, listed, fix] of cases) {
    it(`${fix === undefined ? "takes" : "refuses"} ${title}`, () =>
      assert.deepEqual(
        sendAsAliasProblem("k", address, primary, listed),
        fix && {
          ...{ key: "k", value: address, fix },
          rule: `is an alias of ${primary}, which Exchange sends as instead`,
        },
      ));
  }
});

describe("the filter of a scope", () => {
  const filter = "PrimarySmtpAddress -eq 'o''neill@contoso.com'";

  it("holds one mailbox, with its quotes doubled", () =>
    assert.equal(mailboxFilter("O'Neill@contoso.com"), filter));

  for (const written of [
    filter,
    `((${filter}))`,
    ` ${filter} `,
    "PrimarySmtpAddress -eq  'o''neill@contoso.com'",
    "( (primarysmtpaddress  -EQ 'O''Neill@Contoso.com') )",
    `PrimarySmtpAddress -eq "o'neill@contoso.com"`,
  ]) {
    it(`is the same as ${written}`, () => assert.equal(canonicalFilter(written), filter));
  }

  for (const other of [
    `((${filter}) -or (PrimarySmtpAddress -eq 'x@contoso.com'))`,
    `${filter} -or ${filter}`,
    `(${filter}x`,
    `x${filter})`,
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
