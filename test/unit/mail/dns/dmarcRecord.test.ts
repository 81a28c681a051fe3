import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { dmarcProblems, dmarcWarnings } from "../../../../mail/dns/dmarc/problems.ts";
import { isDmarc, isSameDmarc, parseDmarc } from "../../../../mail/dns/dmarc/record.ts";
import {
  readReportUris,
  reportHost,
  reportUri,
  sameReportUri,
} from "../../../../mail/dns/dmarc/reports.ts";
import { endOf, isPrintable, readTags, trimmed } from "../../../../mail/dns/tagList.ts";

describe("tag lists", () => {
  it("are read with their places, spaces and empty parts", () =>
    assert.deepEqual(readTags(" a=b ;; c = d=e;f;  ;=g;"), [
      { name: "a", value: "b", text: " a=b ", position: 0 },
      { name: "c", value: "d=e", text: " c = d=e", position: 7 },
      { name: "", value: "f", text: "f", position: 16 },
      { name: "", value: "g", text: "=g", position: 21 },
    ]));
  it("are trimmed of their own white space alone", () => {
    assert.equal(trimmed(" \t\r\n a b\u00a0\r\n"), "a b\u00a0");
    assert.equal(trimmed(" \t"), "");
    assert.equal(trimmed(""), "");
    assert.equal(endOf("a \t"), 1);
    assert.equal(endOf(" "), 0);
  });
  it("are printable ASCII and white space", () => {
    for (const fine of ["", "a~ !\t\r\n"]) assert.equal(isPrintable(fine), true);
    for (const other of ["a\u007f", "\u00e4", "a\u0000", "\u000b"]) {
      assert.equal(isPrintable(other), false);
    }
  });
});

describe("isDmarc", () => {
  for (const fine of ["v=DMARC1", "v=DMARC1;", "V=DMARC1; p=none", "v \t= \tDMARC1 \t; p=none"]) {
    it(`takes ${JSON.stringify(fine)}`, () => assert.equal(isDmarc(fine), true));
  }
  for (const other of [
    "",
    "v=dmarc1; p=none",
    "v=DMARC10; p=none",
    "v=DMARC1 p=none",
    " v=DMARC1; p=none",
    "p=none; v=DMARC1",
    "xv=DMARC1",
    "v=spf1",
  ]) {
    it(`passes over ${JSON.stringify(other)}`, () => assert.equal(isDmarc(other), false));
  }
});

describe("parseDmarc", () => {
  const said = (text: string) => {
    const { tags, problems, ...rest } = parseDmarc(text);
    return { ...rest, problems: problems.length, tags: tags.length };
  };
  const defaults = {
    subdomainPolicy: "none",
    nonexistentPolicy: "none",
    adkim: "r",
    aspf: "r",
    testing: false,
    psd: "u",
    pct: 100,
    problems: 0,
  };
  it("reads all tags", () => {
    const text =
      "v=DMARC1; p=reject; sp=quarantine; np=none; adkim=s; aspf=s; psd=Y; t=y; fo=0:1:d:s; rua=mailto:a@b.com; ruf=mailto:a@b.com; x=y";
    assert.deepEqual(said(text), {
      policy: "reject",
      subdomainPolicy: "quarantine",
      nonexistentPolicy: "none",
      adkim: "s",
      aspf: "s",
      testing: true,
      psd: "y",
      pct: 100,
      problems: 0,
      tags: 12,
    });
  });
  it("lets subdomains inherit", () => {
    const read = (text: string) => {
      const { policy, subdomainPolicy, nonexistentPolicy } = parseDmarc(text);
      return [policy, subdomainPolicy, nonexistentPolicy];
    };
    assert.deepEqual(read("v=DMARC1; p=none"), ["none", "none", "none"]);
    assert.deepEqual(read("v=DMARC1; p=none; sp=reject"), ["none", "reject", "reject"]);
    assert.deepEqual(read("v=DMARC1; p=quarantine; np=reject"), [
      "quarantine",
      "quarantine",
      "reject",
    ]);
  });
  it("names no policy without one that receivers know, if reports go nowhere", () => {
    for (const tags of ["p=moo; sp=reject", "p=reject; sp=moo", "p=reject; np=", "sp=reject"]) {
      const { policy, subdomainPolicy, nonexistentPolicy } = parseDmarc(`v=DMARC1; ${tags}`);
      assert.deepEqual([policy, subdomainPolicy, nonexistentPolicy], Array(3).fill(undefined));
    }
  });
  it("is p=none without a policy that receivers know, if reports go somewhere", () => {
    for (const tags of ["", "p=moo; ", "p=reject; sp=moo; ", "p=reject; np=moo; ", "sp=reject; "]) {
      const { policy, subdomainPolicy, nonexistentPolicy } = parseDmarc(
        `v=DMARC1; ${tags}rua=mailto:a@b.com`,
      );
      assert.deepEqual([policy, subdomainPolicy, nonexistentPolicy], ["none", "none", "none"]);
    }
  });
  it("takes values in any case, keeps tags as written", () => {
    assert.deepEqual(said("v=DMARC1; p=None; adkim=S; t=Y"), {
      ...defaults,
      policy: "none",
      adkim: "s",
      testing: true,
      tags: 4,
    });
    assert.deepEqual(parseDmarc("v=DMARC1; P = None ").tags, [
      { name: "v", value: "DMARC1", text: "v=DMARC1", position: 0 },
      { name: "p", value: "None", text: " P = None ", position: 9 },
    ]);
  });
  it("falls back to defaults where a value is not known", () =>
    assert.deepEqual(said("v=DMARC1; p=none; adkim=x; aspf=; t=yes; pct=1000"), {
      ...defaults,
      policy: "none",
      problems: 4,
      tags: 6,
    }));
  it("reads RFC 7489's share", () => {
    for (const [value, pct] of [
      ["0", 0],
      ["25", 25],
      ["100", 100],
      ["05", 100],
      ["101", 100],
      ["-1", 100],
    ] as const) {
      assert.equal(parseDmarc(`v=DMARC1; p=none; pct=${value}`).pct, pct, value);
    }
  });
  const POLICY = "has a value that is not known";
  const faulty: [text: string, ...problems: string[][]][] = [
    ["v=DMARC1; p=none; psd=y; fo=1; unknown=x"],
    ["v=DMARC1; p=none;;; "],
    [
      "p=none; v=DMARC1",
      [
        "error",
        "p=none; v=DMARC1",
        "does not begin with v=DMARC1, so receivers see no DMARC record",
        'begin the record with "v=DMARC1;"',
      ],
    ],
    [
      "v=DMARC1; rua=mailto:a@b.com",
      [
        "warning",
        "v=DMARC1; rua=mailto:a@b.com",
        "names no policy, so receivers take the record for p=none",
        'add "p=none", "p=quarantine" or "p=reject" after the version',
      ],
    ],
    [
      "v=DMARC1; rua=a@b.com",
      [
        "error",
        "v=DMARC1; rua=a@b.com",
        "names no policy",
        'add "p=none", "p=quarantine" or "p=reject" after the version',
      ],
      [
        "warning",
        "a@b.com",
        "in rua is not a URI, so no report is sent there",
        'write "mailto:" before the address',
      ],
    ],
    ...["p=moo", "p=reject; sp=moo", "p=reject; np=moo"].map((tags): [string, string[]] => [
      `v=DMARC1; ${tags}; rua=mailto:a@b.com`,
      [
        "warning",
        tags.split("; ").at(-1) ?? "",
        `${POLICY}, so receivers take the record for p=none`,
        'write "none", "quarantine" or "reject"',
      ],
    ]),
    ["v=DMARC1; p=moo", ["error", "p=moo", POLICY, 'write "none", "quarantine" or "reject"']],
    ["v=DMARC1; p=nonen", ["error", "p=nonen", POLICY, 'write "none", "quarantine" or "reject"']],
    ["v=DMARC1; p=anone", ["error", "p=anone", POLICY, 'write "none", "quarantine" or "reject"']],
    ["v=DMARC1; p=", ["error", "p=", POLICY, 'write "none", "quarantine" or "reject"']],
    [
      "v=DMARC1; p=none; sp = x ",
      ["error", "sp = x", POLICY, 'write "none", "quarantine" or "reject"'],
    ],
    ["v=DMARC1; p=none; np=x", ["error", "np=x", POLICY, 'write "none", "quarantine" or "reject"']],
    ["v=DMARC1; p=none; adkim=rs", ["warning", "adkim=rs", POLICY, 'write "r" or "s"']],
    ["v=DMARC1; p=none; aspf=rs", ["warning", "aspf=rs", POLICY, 'write "r" or "s"']],
    [
      "v=DMARC1; p=none; psd=yn",
      ["warning", "psd=yn", POLICY, 'write "y", "n" or "u", or remove it'],
    ],
    ["v=DMARC1; p=none; t=yn", ["warning", "t=yn", POLICY, 'write "y" or "n"']],
    [
      "v=DMARC1; p=none; fo=01",
      ["warning", "fo=01", POLICY, 'write "0", "1", "d", "s", or several with colons'],
    ],
    [
      "v=DMARC1; p=none; fo=0:",
      ["warning", "fo=0:", POLICY, 'write "0", "1", "d", "s", or several with colons'],
    ],
    [
      "v=DMARC1; p=none; fo=x1",
      ["warning", "fo=x1", POLICY, 'write "0", "1", "d", "s", or several with colons'],
    ],
    ["v=DMARC1; p=none; pct=x", ["warning", "pct=x", POLICY, "remove it"]],
    ...["pct=25", "rf=iodef", "ri=3600"].map((tag): [string, string[]] => [
      `v=DMARC1; p=none; ${tag}`,
      [
        "warning",
        tag,
        "is not a tag of DMARC any more (RFC 9989)",
        "remove it when you change the record",
      ],
    ]),
    [
      "v=DMARC1; p=none; p=reject",
      ["error", "p=reject", "is the second p=", "leave one of them in the record"],
    ],
    [
      "v=DMARC1; p=none; x=1; X=2",
      ["error", "X=2", "is the second x=", "leave one of them in the record"],
    ],
    ["v=DMARC1; P=none", ["warning", "P=none", "has capital letters in its name", 'write "p="']],
    [
      "v=DMARC1; P=moo",
      ["warning", "P=moo", "has capital letters in its name", 'write "p="'],
      ["error", "P=moo", POLICY, 'write "none", "quarantine" or "reject"'],
    ],
    ["V=DMARC1; p=none"],
    ["v=DMARC1; p=none; moo", ["warning", "moo", "is not a tag", "write name=value, or remove it"]],
    ["v=DMARC1; p=none; =x", ["warning", "=x", "is not a tag", "write name=value, or remove it"]],
    [
      "v=DMARC1; p=none; x=\u00fc",
      [
        "warning",
        "x=\u00fc",
        "has a character that is not printable ASCII (U+00FC)",
        "write it with ASCII characters",
      ],
    ],
    [
      "v=DMARC1; p=none; rua=a@b.com",
      [
        "warning",
        "a@b.com",
        "in rua is not a URI, so no report is sent there",
        'write "mailto:" before the address',
      ],
    ],
    [
      "v=DMARC1; p=none; ruf=mailto:a@b.com, https://b.com/r",
      [
        "warning",
        "https://b.com/r",
        "in ruf is not an address that reports can be sent to",
        'name an address, e.g. "mailto:dmarc@contoso.com"',
      ],
    ],
    [
      "v=DMARC1; p=none; rua=",
      [
        "warning",
        "",
        "in rua is not an address that reports can be sent to",
        'name an address, e.g. "mailto:dmarc@contoso.com"',
      ],
    ],
    [
      "v=DMARC1; p=none; rua=mailto:a@b.com!10m",
      [
        "warning",
        "mailto:a@b.com!10m",
        "in rua has a size limit, which receivers ignore",
        'remove "!10m"',
      ],
    ],
  ];
  for (const [text, ...problems] of faulty) {
    it(`tells ${problems.length} of ${JSON.stringify(text)}`, () =>
      assert.deepEqual(
        parseDmarc(text).problems,
        problems.map(([severity, part, rule, fix]) => ({ severity, text: part, rule, fix })),
      ));
  }
});

describe("report URIs", () => {
  const read: [
    value: string,
    address: string | undefined,
    size: string | undefined,
    isUri: boolean,
  ][] = [
    ["mailto:a@b.com", "a@b.com", undefined, true],
    ["MAILTO:A@B.com", "A@B.com", undefined, true],
    ["mailto:a@b.com!10m", "a@b.com", "10m", true],
    ["mailto:a@b.com!5", "a@b.com", "5", true],
    ["mailto:a@b.com!5G", "a@b.com", "5G", true],
    ["mailto:a@b.com!5x", undefined, undefined, false],
    ["mailto:a@b.com!", undefined, undefined, false],
    ["mailto:a!b@c.com", undefined, undefined, false],
    ["mailto:a%2Cb%21@c.com", "a,b!@c.com", undefined, true],
    ["mailto:a%2g@c.com", undefined, undefined, false],
    ["5m", undefined, undefined, false],
    ["!5", undefined, "5", false],
    ["mailto:a@b.com!x5", undefined, undefined, false],
    ["mailto:a%zz@c.com", undefined, undefined, false],
    ["mailto:a%ff@c.com", "a%ff@c.com", undefined, true],
    ["mailto:a@b.com?subject=x", "a@b.com", undefined, true],
    ["mailto:a", undefined, undefined, true],
    ["mailto:@b.com", undefined, undefined, true],
    ["mailto:a@", undefined, undefined, true],
    ["mailto:a@b@c.com", undefined, undefined, true],
    ["mailto:a%20b@c.com", undefined, undefined, true],
    ["mailto:", undefined, undefined, true],
    ["xmailto:a@b.com", undefined, undefined, true],
    ["https://b.com/a@b", undefined, undefined, true],
    ["a@b.com", undefined, undefined, false],
    ["1x:a@b.com", undefined, undefined, false],
    ["mailto:\u00fc@b.com", undefined, undefined, false],
    ["mailto:a b@c.com", undefined, undefined, false],
    ["", undefined, undefined, false],
  ];
  for (const [text, address, size, isUri] of read) {
    it(`are read: ${JSON.stringify(text)}`, () =>
      assert.deepEqual(readReportUris(text), [{ text, isUri, address, size }]));
  }
  it("are a list with commas, and spaces around them", () =>
    assert.deepEqual(
      readReportUris(" mailto:a@b.com , mailto:c@d.com,").map(({ text }) => text),
      ["mailto:a@b.com", "mailto:c@d.com", ""],
    ));
  it("lead to a host", () => {
    assert.deepEqual(readReportUris("mailto:a@B.Com,https://c.com").map(reportHost), [
      "b.com",
      undefined,
    ]);
  });
  it("are written with mailto: and escaped", () => {
    for (const [target, uri] of [
      ["a@b.com", "mailto:a@b.com"],
      ["mailto:a@b.com", "mailto:a@b.com"],
      ["MAILTO:a@b.com", "MAILTO:a@b.com"],
      ["https://b.com/r?x=1&y=(2)", "https://b.com/r?x=1&y=(2)"],
      ["a,b!c;d@e.com", "mailto:a%2Cb%21c%3Bd@e.com"],
      ["a%2Cb@e.com", "mailto:a%2Cb@e.com"],
      ["\u00fc \t@e.com", "mailto:%C3%BC%20%09@e.com"],
      ["\ud800@e.com", "mailto:%EF%BF%BD@e.com"],
      ["\ud83d\ude00@e.com", "mailto:%F0%9F%98%80@e.com"],
      ["1x:a@e.com", "mailto:1x:a@e.com"],
      ["a.b-c_d~e+f*g'h=i$j&k@e.com", "mailto:a.b-c_d~e+f*g'h=i$j&k@e.com"],
    ] as const) {
      assert.equal(reportUri(target), uri);
    }
  });
  it("are the same in another case, with another size or escaping", () => {
    assert.equal(sameReportUri(" mailto:a@b.com", "MAILTO:A@B.COM!10m "), true);
    assert.equal(sameReportUri("mailto:a%2Bb@c.com", "mailto:a+b@c.com"), true);
    assert.equal(sameReportUri("https://b.com", " https://b.com"), true);
    assert.equal(sameReportUri("mailto:a@b.com", "mailto:a@c.com"), false);
    assert.equal(sameReportUri("https://b.com", "https://c.com"), false);
    assert.equal(sameReportUri("mailto:a@b.com", "a@b.com"), false);
    assert.equal(sameReportUri("a@b.com", "mailto:a@b.com"), false);
  });
});

describe("dmarcProblems", () => {
  it("accepts one DMARC record among other records", () => {
    assert.deepEqual(dmarcProblems("DMARC", []), []);
    assert.deepEqual(dmarcProblems("DMARC", ["x", "v=DMARC1; p=none; pct=25", "v=dmarc1"]), []);
    assert.deepEqual(dmarcProblems("DMARC", ["x", "v=spf1 -all"]), []);
  });
  it("shows two records, whatever is wrong in them", () =>
    assert.deepEqual(dmarcProblems("DMARC", ["v=DMARC1", "x", "V=DMARC1; p=none"]), [
      {
        key: "DMARC",
        value: ["v=DMARC1", "V=DMARC1; p=none"],
        rule: "are 2 DMARC records at one name, so receivers use none of them",
        fix: "remove all but one",
      },
    ]));
  it("tells errors, and no warnings", () => {
    const records = ["x", "v=DMARC1; p=none; p=none; t=x"];
    assert.deepEqual(dmarcProblems("DMARC", records), [
      {
        key: "DMARC",
        value: "p=none",
        rule: "is the second p=",
        fix: "leave one of them in the record",
      },
    ]);
  });
});

describe("dmarcWarnings", () => {
  it("tells what receivers pass over, in the record and beside it", () => {
    const records = ["x", "v=DMARC1; p=none; pct=25", "v=dmarc1; p=reject"];
    assert.deepEqual(
      dmarcWarnings("DMARC", records).map(({ value, rule }) => [value, rule]),
      [
        ["pct=25", "is not a tag of DMARC any more (RFC 9989)"],
        [
          "v=dmarc1; p=reject",
          'has "v=dmarc1", in other letter case than "v=DMARC1", so receivers see no DMARC record',
        ],
      ],
    );
    assert.deepEqual(dmarcWarnings("DMARC", ["v=dmarc1; p=reject"]), []);
  });

  it("says nothing of removed tags that spell out their defaults", () => {
    const record = "v=DMARC1; p=reject; pct=100; rf=AFRF; ri=86400";
    assert.deepEqual(dmarcWarnings("DMARC", [record]), []);
  });
});

describe("isSameDmarc", () => {
  const base = "v=DMARC1; p=reject; rua=mailto:a@b.com,mailto:c@d.com";
  for (const same of [
    base,
    "v=DMARC1;p=reject;rua=mailto:a@b.com,mailto:c@d.com;",
    "V = DMARC1 ; rua=MAILTO:C@D.com , mailto:a@b.com!10m ; p=Reject",
    `${base},mailto:A@b.com; ruf=; rf=afrf; ri=86400`,
    `${base}; sp=reject; np=reject; adkim=r; aspf=R; t=n; psd=u; fo=0; pct=100`,
  ]) {
    it(`takes ${JSON.stringify(same)} for the same`, () => {
      assert.equal(isSameDmarc(base, same), true);
      assert.equal(isSameDmarc(same, base), true);
    });
  }
  it("takes options of failure reports in another order for the same", () => {
    assert.equal(isSameDmarc(`${base}; fo=1:s`, `${base}; fo=S:1:s`), true);
    assert.equal(isSameDmarc(`${base}; fo=1:s`, `${base}; fo=1:d`), false);
  });
  for (const other of [
    `${base}; ri=3600`,
    "v=DMARC1; p=reject; rua=mailto:a@b.com",
    `${base},mailto:e@f.com`,
    base.replace("reject", "none"),
    `${base}; sp=none`,
    `${base}; np=none`,
    `${base}; adkim=s`,
    `${base}; t=y`,
    `${base}; pct=99`,
    `${base}; fo=1`,
    `${base}; ruf=mailto:a@b.com`,
    `${base}; x=y`,
    base.toLowerCase(),
    "hello",
  ]) {
    it(`takes ${JSON.stringify(other)} for another`, () => {
      assert.equal(isSameDmarc(base, other), false);
      assert.equal(isSameDmarc(other, base), false);
    });
  }
});
