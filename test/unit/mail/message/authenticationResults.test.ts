import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type AuthenticationResults,
  alignmentOf,
  authenticationResultsOf,
} from "../../../../mail/message/authenticationResults.ts";
import { fieldsOf } from "../../../../mail/message/fields.ts";
import { tokensOf } from "../../../../mail/message/tokens.ts";

/** How often the characters of a text are looked at. */
function looksAt(text: string): number {
  let looks = 0;
  tokensOf({
    length: text.length,
    slice: (start: number, end: number) => text.slice(start, end),
    charAt(index: number) {
      looks += 1;
      return text.charAt(index);
    },
  } as string);
  return looks;
}

const pass = (domain: string, selector?: string) => ({ result: "pass", domain, selector });

/** What stands in the header, and what it says. */
const rows: [string, string[], AuthenticationResults][] = [
  [
    "Gmail's, with ARC's results in a comment",
    [
      "mx.google.com;",
      " dkim=pass header.i=@contoso.com header.s=selector1 header.b=NaHRSJOb;",
      " arc=pass (i=1 spf=pass spfdomain=contoso.com dkim=pass dkdomain=contoso.com dmarc=fail fromdomain=contoso.com);",
      " spf=pass (google.com: domain of a@contoso.com designates 2a01:111::1 as permitted sender) smtp.mailfrom=a@contoso.com;",
      " dmarc=pass (p=REJECT sp=NONE dis=NONE) header.from=contoso.com",
    ],
    {
      authservId: "mx.google.com",
      spf: { result: "pass", mailFrom: "a@contoso.com" },
      dkim: [pass("contoso.com", "selector1")],
      dmarc: { result: "pass", from: "contoso.com", policy: "reject" },
    },
  ],
  [
    "Exchange's, which begins without a name",
    [
      "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=contoso.com; dkim=pass (signature was verified)",
      " header.d=contoso.com;dmarc=pass action=none header.from=contoso.com;compauth=pass reason=100",
    ],
    {
      authservId: undefined,
      spf: { result: "pass", mailFrom: "contoso.com" },
      dkim: [pass("contoso.com")],
      dmarc: { result: "pass", from: "contoso.com", policy: undefined },
    },
  ],
  [
    "Exchange's of a message that was submitted",
    [
      "dkim=none (message not signed) header.d=none;dmarc=none action=none header.from=contoso.com;",
    ],
    {
      authservId: undefined,
      spf: undefined,
      dkim: [{ result: "none", domain: undefined, selector: undefined }],
      dmarc: { result: "none", from: "contoso.com", policy: undefined },
    },
  ],
  [
    "Yahoo's, with the comment close to the result",
    [
      "atlas-production.v2-mail-prod1-gq1.omega.yahoo.com;",
      " dkim=pass header.i=@contoso.com header.s=selector1;",
      " spf=pass smtp.mailfrom=contoso.com;",
      " dmarc=pass(p=QUARANTINE,sp=NONE) header.from=contoso.com;",
    ],
    {
      authservId: "atlas-production.v2-mail-prod1-gq1.omega.yahoo.com",
      spf: { result: "pass", mailFrom: "contoso.com" },
      dkim: [pass("contoso.com", "selector1")],
      dmarc: { result: "pass", from: "contoso.com", policy: "quarantine" },
    },
  ],
  [
    "mailauth's by the letter of the RFC, with a failing signature",
    [
      "mx1.example.org;",
      " dkim=fail (body hash did not verify) header.d=contoso.com header.i=@contoso.com header.s=selector1 header.a=rsa-sha256 header.b=PbEt6f8D;",
      " dkim=pass header.d=contoso.onmicrosoft.com header.s=selector1-contoso-onmicrosoft-com;",
      ' spf=softfail (mx1.example.org: a comment; with "quotes" (and more)) smtp.mailfrom=contoso.com;',
      " dmarc=fail (p=NONE) policy.dmarc=none header.from=contoso.com",
    ],
    {
      authservId: "mx1.example.org",
      spf: { result: "softfail", mailFrom: "contoso.com" },
      dkim: [
        { result: "fail", domain: "contoso.com", selector: "selector1" },
        pass("contoso.onmicrosoft.com", "selector1-contoso-onmicrosoft-com"),
      ],
      dmarc: { result: "fail", from: "contoso.com", policy: "none" },
    },
  ],
  [
    "a version behind name and method, capitals, quotes (RFC 8601, appendix B)",
    [
      '"Mail.Example.Org" 1 (of many); SPF/1 = Pass smtp . mailfrom = "a;b@contoso.com"; dkim=PASS header.D=Contoso.com',
    ],
    {
      authservId: "mail.example.org",
      spf: { result: "pass", mailFrom: "a;b@contoso.com" },
      dkim: [pass("contoso.com")],
      dmarc: undefined,
    },
  ],
  [
    "an address whose local part is quoted, as it is",
    [
      'mx.example; spf=pass smtp.mailfrom="ceo@victim.example"@attacker.example;',
      ' dkim=pass header.i="@victim.example"@attacker.example',
    ],
    {
      authservId: "mx.example",
      spf: { result: "pass", mailFrom: '"ceo@victim.example"@attacker.example' },
      dkim: [pass("attacker.example")],
      dmarc: undefined,
    },
  ],
  [
    "the same with spaces and comments between its parts",
    ['mx.example; spf=pass smtp.mailfrom = (x) "ceo@victim.example" (of) @attacker.example (y)'],
    {
      authservId: "mx.example",
      spf: { result: "pass", mailFrom: '"ceo@victim.example"@attacker.example' },
      dkim: [],
      dmarc: undefined,
    },
  ],
  [
    "no sender in a value that is no address",
    ['mx.example; spf=pass smtp.mailfrom=attacker.example"@victim.example"'],
    {
      authservId: "mx.example",
      spf: { result: "pass", mailFrom: undefined },
      dkim: [],
      dmarc: undefined,
    },
  ],
  ...[
    "ceo@victim.example@attacker.example",
    "a@attacker.example @victim.example",
    '"a"@attacker.example @victim.example',
    "@attacker.example,@b.example:ceo@victim.example",
  ].map((sender): [string, string[], AuthenticationResults] => [
    `no sender in a value with several @: ${sender}`,
    [`mx.example; spf=pass smtp.mailfrom=${sender}`],
    {
      authservId: "mx.example",
      spf: { result: "pass", mailFrom: undefined },
      dkim: [],
      dmarc: undefined,
    },
  ]),
  [
    "no sender where two are named",
    ["mx.example; spf=pass smtp.mailfrom=attacker.example smtp.mailfrom=victim.example"],
    {
      authservId: "mx.example",
      spf: { result: "pass", mailFrom: undefined },
      dkim: [],
      dmarc: undefined,
    },
  ],
  [
    "no properties in a reason, in quotes or not",
    [
      'mx.example; spf=pass reason="smtp.mailfrom=victim.example; dkim=pass header.d=victim.example";',
      " dkim=pass reason=header.d=victim.example header.d=attacker.example;",
      ' dmarc=fail reason="header.from=\\"victim.example" header.from=attacker.example',
    ],
    {
      authservId: "mx.example",
      spf: { result: "pass", mailFrom: undefined },
      dkim: [pass("attacker.example")],
      dmarc: { result: "fail", from: "attacker.example", policy: undefined },
    },
  ],
  [
    "nothing in comments, nested, escaped, or without an end",
    [
      "(a \\) comment; spf=pass) mx.example (b (c) smtp.mailfrom=victim.example);",
      " spf=fail (d; dkim=pass header.d=victim.example) smtp.mailfrom=attacker.example;",
      " dkim=none (e (f) ; dkim=pass header.d=victim.example",
    ],
    {
      authservId: "mx.example",
      spf: { result: "fail", mailFrom: "attacker.example" },
      dkim: [{ result: "none", domain: undefined, selector: undefined }],
      dmarc: undefined,
    },
  ],
  [
    "the envelope sender's SPF, not the one of HELO",
    [
      "mx.example; spf=pass smtp.helo=victim.example; spf=fail smtp.mailfrom=attacker.example;",
      " spf=none smtp.helo=other.example",
    ],
    {
      authservId: "mx.example",
      spf: { result: "fail", mailFrom: "attacker.example" },
      dkim: [],
      dmarc: undefined,
    },
  ],
  [
    "the worse of two results of one method",
    [
      "mx.example; spf=pass smtp.mailfrom=victim.example; spf=softfail smtp.mailfrom=victim.example;",
      " dmarc=pass header.from=victim.example; dmarc=fail header.from=victim.example",
    ],
    {
      authservId: "mx.example",
      spf: { result: "softfail", mailFrom: "victim.example" },
      dkim: [],
      dmarc: { result: "fail", from: "victim.example", policy: undefined },
    },
  ],
  [
    "no result of another version of a method",
    [
      "mx.example 1; spf/2=pass smtp.mailfrom=victim.example; dkim / 1 = pass header.d=victim.example",
    ],
    {
      authservId: "mx.example",
      spf: undefined,
      dkim: [pass("victim.example")],
      dmarc: undefined,
    },
  ],
  [
    "no result of another version of the field",
    ["mx.example 2; spf=pass smtp.mailfrom=victim.example"],
    { authservId: "mx.example", spf: undefined, dkim: [], dmarc: undefined },
  ],
  [
    "values with an equals sign, and empty ones",
    [
      "mx.example; spf=pass smtp.mailfrom=bounce+SRS=xy=contoso.com=a@fabrikam.com;",
      " dkim=pass header.s=a/b+== header.b= header.d=contoso.com",
    ],
    {
      authservId: "mx.example",
      spf: { result: "pass", mailFrom: "bounce+SRS=xy=contoso.com=a@fabrikam.com" },
      dkim: [pass("contoso.com", "a/b+==")],
      dmarc: undefined,
    },
  ],
  [
    "no results at all",
    ["example.org 1; none"],
    { authservId: "example.org", spf: undefined, dkim: [], dmarc: undefined },
  ],
];

describe("reading Authentication-Results", () => {
  for (const [what, lines, expected] of rows) {
    it(`reads ${what}`, () => {
      const fields = fieldsOf(`Authentication-Results: ${lines.join("\r\n")}\r\nSubject: x\r\n`);
      assert.deepEqual(authenticationResultsOf(fields), expected);
    });
  }

  it("puts together what Proton says in a field a method", () => {
    const fields = fieldsOf(
      [
        "Authentication-Results: mail.protonmail.ch; dmarc=pass (p=none dis=none) header.from=contoso.com",
        "Authentication-Results: mail.protonmail.ch; spf=pass smtp.mailfrom=contoso.com",
        "Authentication-Results: mail.protonmail.ch; arc=none smtp.remote-ip=192.0.2.1",
        "Authentication-Results: mail.protonmail.ch; dkim=pass (2048-bit key)",
        "\theader.d=contoso.com header.i=@contoso.com header.b=rOJXTsJn",
      ].join("\r\n"),
    );
    assert.deepEqual(authenticationResultsOf(fields), {
      authservId: "mail.protonmail.ch",
      spf: { result: "pass", mailFrom: "contoso.com" },
      dkim: [pass("contoso.com")],
      dmarc: { result: "pass", from: "contoso.com", policy: "none" },
    });
  });

  const chain = fieldsOf(
    [
      "Authentication-Results: mx.example.org; spf=fail smtp.mailfrom=contoso.com",
      "Authentication-Results: MX.other.example; spf=pass smtp.mailfrom=contoso.com",
      "Authentication-Results: spf=pass smtp.mailfrom=contoso.com",
    ].join("\r\n"),
  );
  it("believes the topmost receiver, and nobody further down", () =>
    assert.equal(authenticationResultsOf(chain)?.spf?.result, "fail"));
  it("believes the receiver that is asked for, in any letter case", () => {
    assert.equal(authenticationResultsOf(chain, "mx.OTHER.example")?.spf?.result, "pass");
    assert.equal(authenticationResultsOf(chain, "nobody.example"), undefined);
  });
  it("takes no signature from further down where the topmost field has no name", () => {
    const forged = fieldsOf(
      [
        "Authentication-Results: spf=pass smtp.mailfrom=contoso.com; dkim=none header.d=none",
        "Authentication-Results: dkim=pass header.d=contoso.com",
      ].join("\r\n"),
    );
    assert.deepEqual(
      authenticationResultsOf(forged)?.dkim.map(({ result }) => result),
      ["none"],
    );
  });
  it("is not aligned with a domain that a quoted local part names", () => {
    const fields = fieldsOf(
      'Authentication-Results: mx.example; spf=pass smtp.mailfrom="ceo@victim.example"@attacker.example',
    );
    const results = authenticationResultsOf(fields);
    assert.ok(results);
    assert.equal(alignmentOf(results, "victim.example").spf, false);
    assert.equal(alignmentOf(results, "attacker.example").spf, true);
  });

  it("takes no result for pass that only begins with it", () => {
    for (const result of ["pass-ish", "pass=x", "pass.neutral", "pass,fail", "passed"]) {
      const value = `mx.example; spf=${result} smtp.mailfrom=a@victim.example; dkim=${result} header.d=victim.example`;
      const results = authenticationResultsOf([{ name: "Authentication-Results", value }]);
      assert.ok(results);
      assert.notEqual(results.spf?.result, "pass");
      assert.deepEqual(alignmentOf(results, "victim.example"), { spf: false, dkim: false });
    }
  });

  it("looks at each character a fixed number of times, whatever the header says", () => {
    for (const part of [
      "a",
      "a.",
      ". ",
      "= ",
      "(",
      "()",
      '"',
      '"a"',
      "\\",
      ";",
      "@ ",
      "a.a=",
      "a=a ",
    ]) {
      const [small, large] = [5_000, 80_000].map((length) => {
        const text = part.repeat(length / part.length);
        const began = performance.now();
        authenticationResultsOf([{ name: "Authentication-Results", value: `mx; spf=${text}` }]);
        return { looks: looksAt(text), ms: performance.now() - began };
      });
      assert.ok(small && large);
      console.log(
        `Authentication-Results: ${JSON.stringify(part)} 16 times as long: ${(large.looks / small.looks).toFixed(2)} times as many looks, ${(large.ms / small.ms).toFixed(1)} times as long`,
      );
      assert.ok(large.looks <= 16.01 * small.looks);
      assert.ok(large.looks <= 8 * 80_000);
    }
  });

  it("tells the absence of results", () =>
    assert.equal(authenticationResultsOf(fieldsOf("Subject: x")), undefined));
});

describe("alignment", () => {
  const from = "contoso.com";
  const table: [string, string, boolean, boolean][] = [
    ["contoso.com", "r", true, true],
    ["CONTOSO.COM.", "r", true, true],
    ["mail.contoso.com", "r", true, true],
    ["mail.contoso.com", "s", false, false],
    ["contoso.com", "s", true, true],
    ["contoso.onmicrosoft.com", "r", false, false],
    ["notcontoso.com", "r", false, false],
    ["com", "r", false, false],
    ["", "r", false, false],
  ];
  for (const [domain, mode, spf, dkim] of table) {
    it(`of "${domain}" with ${from}, ${mode === "r" ? "relaxed" : "strict"}: ${spf}`, () => {
      const modes = { spf: mode, dkim: mode } as { spf: "r" | "s"; dkim: "r" | "s" };
      const results = {
        spf: { result: "pass", mailFrom: `bounces@${domain}` },
        dkim: [pass("fabrikam.com"), pass(domain)],
      };
      assert.deepEqual(alignmentOf(results, from, modes), { spf, dkim });
    });
  }
  it("is relaxed unless it is said, and the other way round too", () =>
    assert.deepEqual(
      alignmentOf({ spf: undefined, dkim: [pass("contoso.com")] }, "mail.contoso.com"),
      { spf: false, dkim: true },
    ));
  it("is none for what is no domain name", () => {
    for (const domain of [
      ".contoso.com",
      "a..contoso.com",
      "x@y .contoso.com",
      "a:b.contoso.com",
    ]) {
      const dkim = [pass(domain)];
      assert.equal(alignmentOf({ spf: undefined, dkim }, "contoso.com").dkim, false, domain);
    }
  });
  it("counts what passed alone", () => {
    const failed = {
      spf: { result: "softfail", mailFrom: from },
      dkim: [{ result: "fail", domain: from, selector: "selector1" }],
    };
    assert.deepEqual(alignmentOf(failed, from), { spf: false, dkim: false });
  });
});
