// Several credentials of one sender: their names, and the identities that one app may have.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  credentialName,
  credentialNameProblem,
  credentialNamesProblems,
} from "../../../../mail/senders/credentialNames.ts";
import { claimsOf, identitiesProblems } from "../../../../mail/senders/federatedIdentities.ts";

describe("the name of a credential", () => {
  for (const fine of ["a", "2", "staging", "eu-1", "a-", "x".repeat(30)]) {
    it(`can be ${fine}`, () => assert.equal(credentialNameProblem("k", fine), undefined));
  }
  for (const value of ["", "-a", "Staging", "a_b", "a b", "a.", " a", "a\n", "x".repeat(31)]) {
    it(`can't be ${JSON.stringify(value)}`, () =>
      assert.deepEqual(credentialNameProblem("k", value), {
        ...{ key: "k", value, rule: "is not a valid name of a credential" },
        fix: 'use 1 to 30 lower-case letters, digits and hyphens, starting with a letter or digit, e.g. "staging"',
      }));
  }
  it("follows its sender's, where it has one", () => {
    assert.equal(credentialName("relay-shop-certificate", {}), "relay-shop-certificate");
    assert.equal(
      credentialName("relay-shop-certificate", { name: "eu" }),
      "relay-shop-certificate-eu",
    );
  });
});

const unnamed = (index: number) => ({
  ...{ key: `k[${index}]`, value: undefined, rule: "has no name, and neither has one before it" },
  fix: "give all but one of them a name, and leave the one that is in use already without",
});
const named = (index: number, value: string) => ({
  ...{ key: `k[${index}].name`, value, rule: "is the name of one before it" },
  fix: "use another name",
});

describe("credentialNamesProblems", () => {
  const cases: [title: string, names: (string | undefined)[], problems: object[]][] = [
    ["none", [], []],
    ["one without a name", [undefined], []],
    ["one without a name among others", ["a", undefined, "b"], []],
    ["two without a name", ["a", undefined, undefined], [unnamed(2)]],
    ["three without a name", [undefined, undefined, "a", undefined], [unnamed(1), unnamed(3)]],
    ["two of one name", ["a", "b", "a"], [named(2, "a")]],
    ["both", [undefined, "a", undefined, "a"], [unnamed(2), named(3, "a")]],
  ];
  for (const [title, names, problems] of cases) {
    it(`judges ${title}`, () => {
      const credentials = names.map((name) => (name === undefined ? {} : { name }));
      assert.deepEqual(credentialNamesProblems("k", credentials), problems);
    });
  }
});

describe("identitiesProblems", () => {
  const identity = { issuer: "https://idp.example", subject: "shop", audience: "api://x" };
  const others = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      ...{ ...identity, subject: `shop-${index}`, name: `n${index}` },
    }));
  const again = (index: number) => ({
    ...{ key: `k[${index}]`, value: undefined, fix: "remove it" },
    rule: "has the issuer and subject of one before it, which Entra takes once for an app",
  });

  it("takes 20, and not 21", () => {
    assert.deepEqual(identitiesProblems("k", others(20)), []);
    assert.deepEqual(identitiesProblems("k", others(21)), [
      {
        ...{ key: "k", value: undefined },
        rule: "lists 21 identities, and an app in Entra can have 20",
        fix: "list 20 at the most, and give the others a sender with a mailbox of its own",
      },
    ]);
  });
  it("tells them apart by issuer and subject alone", () => {
    assert.equal(claimsOf(identity), "https://idp.example shop");
    const one = { ...identity, name: "one" };
    const audience = "api://AzureADTokenExchange";
    assert.deepEqual(identitiesProblems("k", [one, { ...identity, audience }]), [again(1)]);
    const elsewhere = { ...identity, issuer: "https://other.example" };
    assert.deepEqual(identitiesProblems("k", [one, elsewhere]), []);
  });
  it("asks for their names, too", () =>
    assert.deepEqual(identitiesProblems("k", [identity, identity]), [again(1), unnamed(1)]));
});
