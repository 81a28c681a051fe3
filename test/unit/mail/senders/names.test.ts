import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { markOf, ownerOf, ownershipMark, ownershipOf } from "../../../../mail/ownership.ts";
import { sentence } from "../../../../mail/problem.ts";
import {
  certificateNameProblem,
  certificateNotAccepted,
  domainNotAccepted,
  domainProblem,
  isWithin,
  sendingDomainProblem,
} from "../../../../mail/senders/domain.ts";
import {
  canonicalMailbox,
  domainOf,
  fromAddressProblem,
} from "../../../../mail/senders/mailbox.ts";
import { connectorNameProblem, relayName } from "../../../../mail/senders/names.ts";

describe("domainProblem", () => {
  for (const fine of ["contoso.com", "a-b.contoso.co.uk", "Contoso.COM", "contoso.com."]) {
    it(`takes ${fine}`, () => assert.equal(domainProblem("d", fine), undefined));
  }
  for (const wrong of [
    "contoso",
    "-a.com",
    "a-.com",
    "a..com",
    "a b.com",
    "198.51.100.7",
    "*.com",
    "",
  ]) {
    it(`refuses ${JSON.stringify(wrong)}`, () =>
      assert.equal(domainProblem("d", wrong)?.rule, "is not a domain name"));
  }
  it("names the ASCII form of a domain with other letters", () =>
    assert.match(domainProblem("d", "münchen.de")?.fix ?? "", /"xn--mnchen-3ya.de"/));
  it("refuses a label of 64 and a name of 254 characters", () => {
    assert.notEqual(domainProblem("d", `${"a".repeat(64)}.com`), undefined);
    assert.notEqual(domainProblem("d", `${"a.".repeat(126)}aa`), undefined);
  });
});

describe("sendingDomainProblem", () => {
  for (const microsofts of ["Contoso.OnMicrosoft.com.", "contoso.partner.onmschina.cn"]) {
    it(`refuses Microsoft's ${microsofts}`, () =>
      assert.match(
        sendingDomainProblem("d", microsofts)?.rule ?? "",
        /^is Microsoft's own domain/,
      ));
  }
  it("takes a domain that only ends alike, and refuses what is none", () => {
    assert.equal(sendingDomainProblem("d", "my-onmicrosoft.com"), undefined);
    assert.equal(sendingDomainProblem("d", "contoso")?.rule, "is not a domain name");
  });
});

describe("isWithin", () => {
  it("takes the domain and what stands below it, not what ends alike", () => {
    assert.equal(isWithin("relay.contoso.com", "contoso.com"), true);
    assert.equal(isWithin("CONTOSO.com", "contoso.com."), true);
    assert.equal(isWithin("notcontoso.com", "contoso.com"), false);
    assert.equal(isWithin("com", "contoso.com"), false);
  });
});

describe("fromAddressProblem", () => {
  for (const fine of [
    "a@contoso.com",
    "*@contoso.com",
    "a.b+c@contoso.com",
    "o'neill@contoso.com",
  ]) {
    it(`takes ${fine}`, () => assert.equal(fromAddressProblem("f", fine), undefined));
  }
  for (const wrong of [
    "contoso.com",
    "@contoso.com",
    "a@",
    "a@b@c.com",
    "a*@contoso.com",
    "a..b@contoso.com",
    ".a@contoso.com",
    "a b@contoso.com",
    "a@contoso",
    `${"a".repeat(65)}@contoso.com`,
  ]) {
    it(`refuses ${wrong}`, () =>
      assert.match(fromAddressProblem("f", wrong)?.rule ?? "", /is not an email address/));
  }
  it("has a canonical form and a domain", () => {
    assert.equal(canonicalMailbox("A@Contoso.COM."), "a@contoso.com");
    assert.equal(canonicalMailbox("*@Contoso.com"), "*@contoso.com");
    assert.equal(domainOf("a@contoso.com"), "contoso.com");
  });
});

describe("certificate names", () => {
  it("takes a name and a wildcard, refuses an address and nonsense", () => {
    assert.equal(certificateNameProblem("c", "relay.contoso.com"), undefined);
    assert.equal(certificateNameProblem("c", "*.contoso.com"), undefined);
    assert.match(certificateNameProblem("c", "198.51.100.7")?.rule ?? "", /is an IP address/);
    assert.match(certificateNameProblem("c", "relay")?.rule ?? "", /is not a certificate name/);
  });
  for (const [value, name] of [
    ["CN=relay.contoso.com", "relay.contoso.com"],
    ["cn = relay.contoso.com", "relay.contoso.com"],
    ["CN=*.contoso.com", "*.contoso.com"],
    ["O=Contoso, CN=relay.contoso.com, C=DE", "relay.contoso.com"],
    ["/C=DE/O=Contoso/CN=relay.contoso.com", "relay.contoso.com"],
    ["C = DE, CN = relay.contoso.com", "relay.contoso.com"],
    ["<I>CN=R11, O=Let's Encrypt<S>CN=relay.contoso.com", "relay.contoso.com"],
    ["DNS:relay.contoso.com", "relay.contoso.com"],
    ["https://relay.contoso.com/", "relay.contoso.com"],
    ["relay.contoso.com:25", "relay.contoso.com"],
  ] as const) {
    it(`names what stands in ${JSON.stringify(value)}, which it takes itself`, () => {
      const problem = certificateNameProblem("c", value);
      assert.equal(problem?.fix, `write the name alone: "${name}"`);
      assert.equal(certificateNameProblem("c", name), undefined);
    });
  }
  for (const value of ["CN=198.51.100.7", "CN=relay", "CN="]) {
    it(`suggests nothing for ${JSON.stringify(value)}`, () =>
      assert.match(certificateNameProblem("c", value)?.fix ?? "", /^use the subject/));
  }
  for (const value of ["*", "*.*.contoso.com", "relay.*.contoso.com", "re*.contoso.com"]) {
    it(`says where a wildcard may stand to ${JSON.stringify(value)}`, () =>
      assert.match(
        certificateNameProblem("c", value)?.rule ?? "",
        /has a wildcard, which Exchange takes only as the whole first label/,
      ));
  }
  it("is accepted within an accepted domain only", () => {
    assert.equal(certificateNotAccepted("c", "relay.contoso.com", ["contoso.com"]), undefined);
    assert.equal(certificateNotAccepted("c", "*.contoso.com", ["contoso.com"]), undefined);
    assert.match(
      certificateNotAccepted("c", "relay.fabrikam.com", ["contoso.com"])?.rule ?? "",
      /contoso\.com/,
    );
  });
});

describe("connectorName", () => {
  it("carries the stack and the sender", () =>
    assert.equal(relayName("prod", "erp"), "relay-prod-erp"));
  it("is refused above 64 characters, empty, or with spaces around", () => {
    assert.equal(connectorNameProblem("n", "x".repeat(64)), undefined);
    assert.match(connectorNameProblem("n", "x".repeat(65))?.rule ?? "", /has 65 characters/);
    assert.match(connectorNameProblem("n", " ")?.rule ?? "", /empty/);
    assert.match(connectorNameProblem("n", "x ")?.rule ?? "", /space/);
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

describe("domainNotAccepted", () => {
  it("lists what the tenant has", () => {
    assert.equal(domainNotAccepted("d", "Contoso.com", ["contoso.com"]), undefined);
    assert.match(
      domainNotAccepted("d", "a.contoso.com", ["contoso.com"])?.rule ?? "",
      /\(contoso\.com\)/,
    );
  });
  it("does not advise Microsoft's own domains, which are refused as domains to send from", () => {
    const problem = domainNotAccepted("d", "a.com", ["contoso.onmicrosoft.com", "contoso.com"]);
    assert.match(problem?.rule ?? "", /\(contoso\.com\)$/);
    const alone = domainNotAccepted("d", "a.com", ["contoso.onmicrosoft.com"]);
    assert.equal(alone?.fix, "add and verify it in Microsoft 365");
  });
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
