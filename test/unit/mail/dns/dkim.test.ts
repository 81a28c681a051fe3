import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { before, describe, it } from "node:test";
import { dkimKeyProblems, parseDkimKey } from "../../../../mail/dns/dkim/key.ts";
import { type CnameState, cnameProblem, selectorName } from "../../../../mail/dns/dkim/selector.ts";

const ED25519 = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

function rsa(modulusLength: number, type: "spki" | "pkcs1" = "spki"): string {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength });
  return publicKey.export({ format: "der", type }).toString("base64");
}

let [short, long] = ["", ""];
before(() => {
  short = rsa(1024);
  long = rsa(2048);
});

describe("parseDkimKey", () => {
  const read = (text: string) => {
    const { tags, problems, ...rest } = parseDkimKey(text);
    assert.deepEqual(problems, []);
    assert.ok(tags.length > 0);
    return rest;
  };
  const plain = {
    keyType: "rsa",
    revoked: false,
    testing: false,
    hashes: undefined,
    services: ["*"],
  };
  it("reads an RSA key with its bits, in both of its forms", () => {
    assert.deepEqual(read(`v=DKIM1; k=rsa; p=${long}`), { ...plain, bits: 2048 });
    assert.deepEqual(read(`p=${short};`), { ...plain, bits: 1024 });
    assert.deepEqual(read(`k=rsa;p=${rsa(1024, "pkcs1")}`), { ...plain, bits: 1024 });
    assert.deepEqual(read(`p=${rsa(512)}`), { ...plain, bits: 512 });
  });
  it("reads a key with spaces in it", () =>
    assert.equal(read(`v=DKIM1; p=${long.slice(0, 99)} \t\r\n${long.slice(99)}`).bits, 2048));
  it("reads an Ed25519 key", () =>
    assert.deepEqual(read(`v=DKIM1; k=ed25519; p=${ED25519}`), {
      ...plain,
      keyType: "ed25519",
      bits: 256,
    }));
  it("reads flags, hashes and services", () =>
    assert.deepEqual(read(`v=DKIM1; t=s: y; h=sha1 :sha256; s=email:*; n=hello; x=y; p=${short}`), {
      ...plain,
      bits: 1024,
      testing: true,
      hashes: ["sha1", "sha256"],
      services: ["email", "*"],
    }));
  it("takes only y for testing", () => assert.equal(read(`t=s; p=${short}`).testing, false));
  it("reads a revoked key", () => {
    assert.deepEqual(read("v=DKIM1; p="), { ...plain, revoked: true, bits: undefined });
    assert.equal(read("v=DKIM1; p= ; k=rsa").revoked, true);
  });
  const BEGIN = 'begin the record with "v=DKIM1;"';
  const AGAIN = "publish the key again, as the signer shows it";
  const UNREAD = "has a key that can't be read";
  const wrong: [text: string, part: string, rule: string, fix: string][] = [
    ["v=DKIM2; p=", "v=DKIM2; p=", "has a version that is not DKIM1", BEGIN],
    ["v=dkim1; p=", "v=dkim1; p=", "has a version that is not DKIM1", BEGIN],
    ["p=; v=DKIM1", "p=; v=DKIM1", "does not begin with its version", BEGIN],
    [
      "v=DKIM1; k=dsa; p=AAAA",
      "v=DKIM1; k=dsa; p=AAAA",
      'is a key of type "dsa", which no verifier knows',
      'write "k=rsa"',
    ],
    ["v=DKIM1; k=rsa", "v=DKIM1; k=rsa", "has no key (p=)", "publish the key that signs"],
    ["", "", "has no key (p=)", "publish the key that signs"],
    ["p=AAAA", "p=AAAA", UNREAD, AGAIN],
    [`p=${"A".repeat(100)}`, `p=${"A".repeat(100)}`, UNREAD, AGAIN],
    ["k=ed25519; p=AAAA", "k=ed25519; p=AAAA", UNREAD, AGAIN],
    [`p=${ED25519}`, `p=${ED25519}`, UNREAD, AGAIN],
    ["p=; p=", "p=", "is the second p=", "leave one of them in the record"],
    ["p=; moo", "moo", "is not a tag", "write name=value"],
    ["p=; 1x=y ", "1x=y", "is not a tag", "write name=value"],
    ["p=; a-b=y", "a-b=y", "is not a tag", "write name=value"],
    [
      "p=; n=\u00fc",
      "n=\u00fc",
      "has characters that are not ASCII",
      "write it with ASCII characters",
    ],
  ];
  for (const [text, part, rule, fix] of wrong) {
    it(`refuses ${JSON.stringify(text.slice(0, 40))}`, () =>
      assert.deepEqual(parseDkimKey(text).problems, [
        { severity: "error", text: part, rule, fix },
      ]));
  }
  it("refuses a key with other characters, or one cut off", () => {
    for (const data of [
      `${long.slice(0, -1)}-`,
      long.slice(1),
      long.slice(4),
      long.slice(0, -8),
      `!${long.slice(1)}`,
      `${long.slice(0, 8)}====${long.slice(8)}`,
    ]) {
      const { bits, problems } = parseDkimKey(`p=${data}`);
      assert.deepEqual([bits, problems.map(({ rule }) => rule)], [undefined, [UNREAD]]);
    }
  });
  it("refuses an Ed25519 key with other characters, or without its end", () => {
    for (const data of [ED25519.slice(0, -1), `!!!!${ED25519}`, `${ED25519}AAAA`]) {
      assert.equal(parseDkimKey(`k=ed25519; p=${data}`).bits, undefined, data);
    }
  });
  it("tells no bits of a key of another type", () =>
    assert.equal(parseDkimKey(`k=dsa; p=${long}`).bits, undefined));
  it("refuses an RSA key that is called an Ed25519 key", () =>
    assert.deepEqual(
      parseDkimKey(`k=ed25519; p=${long}`).problems.map(({ rule }) => rule),
      [UNREAD],
    ));
  it("takes tag names with digits and underscores, v in any place but the first for an error", () => {
    assert.deepEqual(parseDkimKey(`p=${short}; x_1=y; Z=`).problems, []);
    assert.deepEqual(parseDkimKey(`; v=DKIM1; p=${short}`).problems, []);
  });
});

describe("dkimKeyProblems", () => {
  const problemsOf = (text: string) =>
    dkimKeyProblems("selector1", text).map(({ key, value, rule, fix }) => {
      assert.equal(key, "selector1");
      return [value, rule, fix];
    });
  it("takes a key of enough bits", () => {
    assert.deepEqual(problemsOf(`v=DKIM1; p=${long}`), []);
    assert.deepEqual(problemsOf(`v=DKIM1; h=sha256; s=email; p=${long}`), []);
    assert.deepEqual(problemsOf(`v=DKIM1; h=sha1:sha256; s=x:*; p=${long}`), []);
    assert.deepEqual(problemsOf(`v=DKIM1; k=ed25519; p=${ED25519}`), []);
  });
  it("tells all that is wrong with a key", () => {
    const text = `t=y; h=sha1; s=tlsrpt; p=${short}`;
    assert.deepEqual(problemsOf(text), [
      [text, "is a key of 1024 bits, fewer than 2048", "rotate to a key of 2048 bits"],
      [text, "says that the domain only tests DKIM (t=y)", "remove t=y from the record"],
      [text, "does not allow the hash sha256 (h=)", "remove h= from the record"],
      [text, "is not for mail (s=)", "remove s= from the record"],
    ]);
  });
  it("tells a revoked key, and nothing more of it", () =>
    assert.deepEqual(problemsOf("t=y; p="), [
      ["t=y; p=", "is a revoked key", "publish the key that signs"],
    ]));
  it("tells what can't be read, and nothing more", () =>
    assert.deepEqual(problemsOf("t=y; p=AAAA; moo"), [
      ["moo", "is not a tag", "write name=value"],
      [
        "t=y; p=AAAA; moo",
        "has a key that can't be read",
        "publish the key again, as the signer shows it",
      ],
    ]));
});

describe("selectorName", () => {
  it("stands below _domainkey", () =>
    assert.equal(selectorName("selector1", "Contoso.com."), "selector1._domainkey.contoso.com"));
});

describe("cnameProblem", () => {
  const key = "selector1._domainkey.contoso.com";
  const expected = "Selector1-contoso-com._domainkey.contoso.n-v1.dkim.mail.microsoft.";
  const target = "selector1-contoso-com._domainkey.contoso.n-v1.dkim.mail.microsoft";
  const fix = `publish a CNAME to ${target}`;
  const found = (...records: string[]): CnameState["found"] => ({ status: "found", records });
  it("takes the CNAME that Exchange assigned, in any case", () => {
    assert.equal(cnameProblem(key, { expected, found: found(target) }), undefined);
    assert.equal(
      cnameProblem(key, { expected, found: found(expected.toUpperCase()), proxied: false }),
      undefined,
    );
  });
  const cases: [name: string, state: Omit<CnameState, "expected">, problem: object][] = [
    [
      "another target",
      { found: found("selector1-contoso-com._domainkey.Contoso.onmicrosoft.com.") },
      {
        value: "selector1-contoso-com._domainkey.contoso.onmicrosoft.com",
        rule: "is not the target that Exchange assigned",
        fix,
      },
    ],
    [
      "a second target",
      { found: found(target, "x.com") },
      { value: "x.com", rule: "is not the target that Exchange assigned", fix },
    ],
    [
      "no name",
      { found: { status: "nxdomain" } },
      { value: undefined, rule: "has no CNAME record", fix },
    ],
    [
      "no CNAME",
      { found: { status: "nodata" } },
      { value: undefined, rule: "has no CNAME record", fix },
    ],
    [
      "no answer",
      { found: { status: "failed", why: "timeout" } },
      {
        value: undefined,
        rule: "could not be looked up (timeout)",
        fix: "try again, and check the zone's name servers",
      },
    ],
    [
      "a proxy before the right one",
      { found: found(target), proxied: true },
      {
        value: target,
        rule: "is proxied by Cloudflare, so it answers with addresses instead of its CNAME",
        fix: "set it to DNS only",
      },
    ],
  ];
  for (const [name, state, problem] of cases) {
    it(`tells ${name}`, () =>
      assert.deepEqual(cnameProblem(key, { expected, ...state }), { key, ...problem }));
  }
});
