import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isSpf, parseSpf } from "../../../../mail/dns/spf/parse.ts";
import type { SpfTerm } from "../../../../mail/dns/spf/term.ts";

describe("isSpf", () => {
  for (const fine of ["v=spf1", "v=spf1 ", "V=SpF1 mx -all", "v=spf1  mx"]) {
    it(`takes ${JSON.stringify(fine)}`, () => assert.equal(isSpf(fine), true));
  }
  for (const other of [
    "",
    " v=spf1",
    "v=spf10 mx",
    "v=spf1\tmx",
    "v=spf1\n",
    "v=spf2",
    '"v=spf1"',
    "xv=spf1 mx",
    "v=spf1;",
    "v = spf1 mx",
  ]) {
    it(`passes over ${JSON.stringify(other)}`, () => assert.equal(isSpf(other), false));
  }
});

describe("parseSpf, terms", () => {
  const read = (term: string) => parseSpf(`v=spf1 ${term} -all`).terms[0];
  const terms: [text: string, rest: Partial<SpfTerm>][] = [
    ["all", { kind: "mechanism", name: "all", qualifier: "+" }],
    ["?ALL", { kind: "mechanism", name: "all", qualifier: "?" }],
    ["~a", { kind: "mechanism", name: "a", qualifier: "~" }],
    ["-mx/24", { kind: "mechanism", name: "mx", qualifier: "-", cidr4: 24 }],
    ["a/0", { kind: "mechanism", name: "a", qualifier: "+", cidr4: 0 }],
    ["a//128", { kind: "mechanism", name: "a", qualifier: "+", cidr6: 128 }],
    ["a/32//0", { kind: "mechanism", name: "a", qualifier: "+", cidr4: 32, cidr6: 0 }],
    [
      "A:Mail.contoso.com./28//64",
      {
        kind: "mechanism",
        name: "a",
        qualifier: "+",
        value: "Mail.contoso.com.",
        cidr4: 28,
        cidr6: 64,
      },
    ],
    ["ptr", { kind: "mechanism", name: "ptr", qualifier: "+" }],
    ["ptr:a.com", { kind: "mechanism", name: "ptr", qualifier: "+", value: "a.com" }],
    [
      "+ip4:198.51.100.7",
      { kind: "mechanism", name: "ip4", qualifier: "+", value: "198.51.100.7" },
    ],
    [
      "ip4:0.0.0.255/0",
      { kind: "mechanism", name: "ip4", qualifier: "+", value: "0.0.0.255", cidr4: 0 },
    ],
    [
      "ip6:2001:DB8::/32",
      { kind: "mechanism", name: "ip6", qualifier: "+", value: "2001:DB8::", cidr6: 32 },
    ],
    [
      "ip6:::ffff:198.51.100.7/128",
      { kind: "mechanism", name: "ip6", qualifier: "+", value: "::ffff:198.51.100.7", cidr6: 128 },
    ],
    ["include:a.b", { kind: "mechanism", name: "include", qualifier: "+", value: "a.b" }],
    [
      "exists:%{i}._spf.%{d2}",
      { kind: "mechanism", name: "exists", qualifier: "+", value: "%{i}._spf.%{d2}" },
    ],
    ["Redirect=a.b", { kind: "modifier", name: "redirect", qualifier: undefined, value: "a.b" }],
    ["exp=a.b", { kind: "modifier", name: "exp", qualifier: undefined, value: "a.b" }],
    [
      "moo.cow-far_out=man:dog/cat",
      { kind: "modifier", name: "moo.cow-far_out", qualifier: undefined, value: "man:dog/cat" },
    ],
    ["x=", { kind: "modifier", name: "x", qualifier: undefined, value: "" }],
    [
      "x=%{c}%{R}%{t}",
      { kind: "modifier", name: "x", qualifier: undefined, value: "%{c}%{R}%{t}" },
    ],
  ];
  for (const [text, rest] of terms) {
    it(`reads ${text}`, () => assert.deepEqual(read(text), { text, position: 7, ...rest }));
  }
  it("tells where terms begin, whatever spaces are between them", () =>
    assert.deepEqual(
      parseSpf("v=spf1  mx   a  ~all ").terms.map(({ text, position }) => [text, position]),
      [
        ["mx", 8],
        ["a", 13],
        ["~all", 16],
      ],
    ));
  it("reads a record that is nothing but its version", () =>
    assert.deepEqual(parseSpf("v=spf1").terms, []));
});

describe("parseSpf, macros and domains", () => {
  const domains = [
    "a:foo.com",
    "a:foo.com.",
    "a:.com",
    "a:foo..com",
    "a:foo:bar/baz.contoso.com",
    "a:x.c-d",
    "a:x.9a",
    "a:x.111-com",
    "a:%{d}",
    "a:foo.%{d}",
    "a:%{D}",
    "a:%{l1r+-.,/_=}",
    "a:%{ir}.%{v}.com",
    "a:%%",
    "a:x%_",
    "a:x%-",
    "a:%{s}%{l}%{o}%{d}%{i}%{h}%{v}",
    "a:%{d128}",
    "a:!$&.com",
    "a:{}.com",
    "a:~.com",
    "a:x.a1",
    "exists:%{l}.%{i.}com.x",
  ];
  for (const term of domains) {
    it(`takes ${term}`, () => {
      const { terms, problems } = parseSpf(`v=spf1 ${term} -all`);
      assert.deepEqual(problems, []);
      assert.equal(terms[0]?.value, term.slice(term.indexOf(":") + 1));
    });
  }
  const TWO = "names no domain of two labels or more";
  const wrong: [term: string, rule: string][] = [
    ["a:", "names no domain"],
    ["a:com", TWO],
    ["a:com.", TWO],
    ["a:foo.com..", 'ends in "", which is not a top-level domain'],
    ["a:foo.123", 'ends in "123", which is not a top-level domain'],
    ["a:foo.-com", 'ends in "-com", which is not a top-level domain'],
    ["a:foo.com-", 'ends in "com-", which is not a top-level domain'],
    ["a:foo.c_m", 'ends in "c_m", which is not a top-level domain'],
    ["a:foo.com/x", 'ends in "com/x", which is not a top-level domain'],
    ["a:%{d}.", TWO],
    ["a:%{d}com", TWO],
    ["a:foo.%", 'has "%", which is not a macro'],
    ["a:foo.%x", 'has "%x", which is not a macro'],
    ["a:%(d}.com", 'has "%(d}", which is not a macro'],
    ["a:x.%{dd", 'has "%{dd", which is not a macro'],
    ["a:%(d).com", 'has "%(d).com", which is not a macro'],
    ["a:%{d.com", 'has "%{d.com", which is not a macro'],
    ["a:%{}.com", 'has "%{}", which is not a macro'],
    ["a:%{x}.com", 'has "%{x}", which is not a macro'],
    ["a:%{c}.com", 'has "%{c}", which is not a macro'],
    ["a:%{r}.com", 'has "%{r}", which is not a macro'],
    ["a:%{t}.com", 'has "%{t}", which is not a macro'],
    ["a:%{d0}.com", 'has "%{d0}", which is not a macro'],
    ["a:%{dr2}.com", 'has "%{dr2}", which is not a macro'],
    ["a:%{drr}.com", 'has "%{drr}", which is not a macro'],
    ["a:%{d!}.com", 'has "%{d!}", which is not a macro'],
    ["a:%{dd}.com", 'has "%{dd}", which is not a macro'],
    ["a:x%{d0}", 'has "%{d0}", which is not a macro'],
  ];
  for (const [term, rule] of wrong) {
    it(`refuses ${JSON.stringify(term)}`, () => {
      const { terms, problems } = parseSpf(`v=spf1 ${term} -all`);
      assert.deepEqual(problems, [
        {
          severity: "error",
          text: term,
          position: 7,
          rule,
          fix: 'write the domain in full, e.g. "a:spf.contoso.com"',
        },
      ]);
      assert.deepEqual(
        terms.map(({ text }) => text),
        ["-all"],
      );
    });
  }
});

describe("parseSpf, terms that can't be read", () => {
  const IP4 = 'write e.g. "ip4:198.51.100.0/28"';
  const IP6 = 'write e.g. "ip6:2001:db8::/32"';
  const KNOWN =
    'write one of all, include, a, mx, ptr, ip4, ip6, exists; e.g. "include:spf.protection.outlook.com"';
  const MODIFIER = "write name=value, the name with letters, digits, hyphens, dots and underscores";
  const full = (start: string) => `write the domain in full, e.g. "${start}spf.contoso.com"`;
  const length = (value: string, most: number) => [
    `has the prefix length "${value}", which is not a number from 0 to ${most}`,
    `write a prefix length from 0 to ${most}, or none`,
  ];
  const wrong: [term: string, ...fault: string[]][] = [
    ["-all.", "is not an SPF mechanism", 'write "-all"'],
    ["all:x.com", 'has ":x.com" after all', 'write "all" alone'],
    ["all/8", 'has "/8" after all', 'write "all" alone'],
    ["include", "names no domain", full("include:")],
    ["include/24", "names no domain", full("include:")],
    ["include:", "names no domain", full("include:")],
    ["include:a.com/24", 'ends in "com/24", which is not a top-level domain', full("include:")],
    ["exists", "names no domain", full("exists:")],
    ["ptr:", "names no domain", full("ptr:")],
    ["ptr/24", "names no domain", full("ptr:")],
    ["redirect=", "names no domain", full("redirect=")],
    ["redirect=com", "names no domain of two labels or more", full("redirect=")],
    ["exp=%{c}.com", 'has "%{c}", which is not a macro', full("exp=")],
    ["x=%{z}", 'has "%{z}", which is not a macro', full("x=")],
    ["redirect:a.com", "is not an SPF mechanism", 'write "redirect=" with an equals sign'],
    ["EXP:a.com", "is not an SPF mechanism", 'write "exp=" with an equals sign'],
    ["=all", "is not a modifier", MODIFIER],
    ["+x=1", "is not a modifier", MODIFIER],
    ["1x=1", "is not a modifier", MODIFIER],
    ["x&y=1", "is not a modifier", MODIFIER],
    ["x/y=1", "is not an SPF mechanism", KNOWN],
    [
      "-",
      "is not an SPF mechanism",
      'remove it; a term is e.g. "include:spf.protection.outlook.com"',
    ],
    [
      ":x",
      "is not an SPF mechanism",
      'remove it; a term is e.g. "include:spf.protection.outlook.com"',
    ],
    ["--all", "is not an SPF mechanism", KNOWN],
    ["moo", "is not an SPF mechanism", KNOWN],
    [
      "a.com",
      "is not an SPF mechanism",
      'write "include:a.com" if it is the SPF record of a service, "a:a.com" if it is a server',
    ],
    ["mxx", "is not an SPF mechanism", KNOWN],
    ["includes:a.com", "is not an SPF mechanism", 'write "include:a.com"'],
    ["ip4.198.51.100.7", "is not an SPF mechanism", 'write "ip4:198.51.100.7"'],
    ...[
      "include.spf.protection.outlook.com",
      "include;spf.protection.outlook.com",
      "include-spf.protection.outlook.com",
      "includespf.protection.outlook.com",
      "inlcude:spf.protection.outlook.com",
      "spf.protection.outlook.com",
      "spf.protection.outlook.de",
      "spf.protection.outlok.com",
    ].map((term): [string, string, string] => [
      term,
      "is not an SPF mechanism",
      'write "include:spf.protection.outlook.com"',
    ]),
    [
      "-include.spf.protection.office365.us",
      "is not an SPF mechanism",
      'write "-include:spf.protection.office365.us"',
    ],
    [
      "include:spf.a.com~all",
      'ends in "com~all", which is not a top-level domain',
      'write "include:spf.a.com ~all"',
    ],
    [
      "ip4:192.0.2.1-all",
      'has "192.0.2.1-all", which is not an address',
      'write "ip4:192.0.2.1 -all"',
    ],
    ["mx-all", "is not an SPF mechanism", 'write "mx -all"'],
    ["include:a.com;", 'ends in "com;", which is not a top-level domain', 'write "include:a.com"'],
    [
      "ip4:198.51.100.7,ip4:198.51.100.8",
      'has "198.51.100.7,ip4:198.51.100.8", which is not an address',
      'write "ip4:198.51.100.7 ip4:198.51.100.8"',
    ],
    ["198.51.100.7/24", "is not an SPF mechanism", 'write "ip4:198.51.100.7/24"'],
    ["ip:198.51.100.7", "is not an SPF mechanism", 'write "ip4:198.51.100.7"'],
    ["IPv4:198.51.100.7", "is not an SPF mechanism", 'write "ip4:198.51.100.7"'],
    ["ipv6:2001:db8::1", "is not an SPF mechanism", 'write "ip6:2001:db8::1"'],
    [
      '"',
      "is not an SPF mechanism",
      "remove the quotation marks; the strings of the record were joined incorrectly",
    ],
    [
      'mx"',
      "is not an SPF mechanism",
      "remove the quotation marks; the strings of the record were joined incorrectly",
    ],
    ["ip4", "names no address", IP4],
    ["ip4:", "names no address", IP4],
    ["ip4/24", "names no address", IP4],
    ["ip6", "names no address", IP6],
    ["ip6:/64", "names no address", IP6],
    ["ip4:2001:db8::1/64", "has an IPv6 address", 'write "ip6:2001:db8::1/64"'],
    ["ip6:198.51.100.7", "has an IPv4 address", 'write "ip4:198.51.100.7"'],
    ["ip4:1.2.3", 'has "1.2.3", which is not an address', IP4],
    ["ip4:1.2.3.4.5", 'has "1.2.3.4.5", which is not an address', IP4],
    ["ip4:1.2.3.4.5.6", 'has "1.2.3.4.5.6", which is not an address', IP4],
    ["ip4:1.2.3.256", 'has "1.2.3.256", which is not an address', IP4],
    ["ip4:1.2.3.-1", 'has "1.2.3.-1", which is not an address', IP4],
    ["ip4:1.2.3.0x1", 'has "1.2.3.0x1", which is not an address', IP4],
    ["ip4:01.2.3.4", 'has "01.2.3.4", which is not an address', IP4],
    ["ip4:1.2.3.01", 'has "1.2.3.01", which is not an address', IP4],
    ["ip4:1.2.3.", 'has "1.2.3.", which is not an address', IP4],
    ["ip4:1.2.3.1e1", 'has "1.2.3.1e1", which is not an address', IP4],
    ["ip4:1.2.3.NaN", 'has "1.2.3.NaN", which is not an address', IP4],
    ["ip4:1.2.3.4:25", 'has "1.2.3.4:25", which is not an address', IP4],
    ["ip6:2001:db8::1%eth0", 'has "2001:db8::1%eth0", which is not an address', IP6],
    ["ip6:2001:db8::1%ee", 'has "2001:db8::1%ee", which is not an address', IP6],
    ["ip6:[::1]", 'has "[::1]", which is not an address', IP6],
    ["ip6:::CAFE::BABE", 'has "::CAFE::BABE", which is not an address', IP6],
    ["ip6:cafe", 'has "cafe", which is not an address', IP6],
    ["ip4:1.2.3.4/33", ...length("33", 32)],
    ["ip4:1.2.3.4/", ...length("", 32)],
    ["ip4:1.2.3.4/08", ...length("08", 32)],
    ["ip4:1.2.3.4//8", ...length("/8", 32)],
    ["ip6:::1/129", ...length("129", 128)],
    ["ip6:::1/1280", ...length("1280", 128)],
    ["a/33", ...length("33", 32)],
    ["a/", ...length("", 32)],
    ["a//129", ...length("129", 128)],
    ["a//", ...length("", 128)],
    ["mx:a.com/01", ...length("01", 32)],
    ["a//64x", "names no domain", full("a:")],
    ["a/24/24", "names no domain", full("a:")],
  ];
  for (const [text, rule, fix] of wrong) {
    it(`refuses ${text}`, () => {
      const { terms, problems } = parseSpf(`v=spf1 ${text} -all`);
      assert.deepEqual(
        problems.filter(({ severity }) => severity === "error"),
        [{ severity: "error", text, position: 7, rule, fix }],
      );
      assert.deepEqual(
        terms.map((term) => term.text),
        ["-all"],
      );
    });
  }
});

describe("parseSpf, characters that are not ASCII", () => {
  for (const [term, point] of [
    ["a:m\u00fcnchen.de", "U+00FC"],
    ["a:\ud83d\ude00.de", "U+1F600"],
    ["a:x\u007f.de", "U+007F"],
    ["a:x\u0000.de", "U+0000"],
    ["include\u200b:a.example", "U+200B, zero width space"],
  ]) {
    it(`refuses ${JSON.stringify(term)}, and names the character`, () =>
      assert.deepEqual(parseSpf(`v=spf1 ${term} -all`).problems, [
        {
          severity: "error",
          text: term,
          position: 7,
          rule: `has a character that is not printable ASCII (${point})`,
          fix: "write it with ASCII characters",
        },
      ]));
  }
});

describe("parseSpf, a space within a term", () => {
  for (const text of ["include: a.com", "include :a.com"]) {
    it(`tells it of "${text}" once`, () =>
      assert.deepEqual(parseSpf(`v=spf1 ${text} -all`).problems, [
        {
          severity: "error",
          text,
          position: 7,
          rule: "has a space within it",
          fix: 'write "include:a.com"',
        },
      ]));
  }
  it("tells it of a sign before all, which would open the domain to anyone", () =>
    assert.deepEqual(parseSpf("v=spf1 - all").problems.map(({ text, fix }) => [text, fix])[0], [
      "- all",
      'write "-all"',
    ]));
  it("keeps the sign of a term with a dot behind it", () =>
    assert.deepEqual(parseSpf("v=spf1 -all.").problems.map(({ text, fix }) => [text, fix])[0], [
      "-all.",
      'write "-all"',
    ]));
  it("does not join what is no term together", () =>
    assert.deepEqual(
      parseSpf("v=spf1 include: -all").problems.map(({ text, severity }) => [text, severity]),
      [["include:", "error"]],
    ));
  it("does not join a term to the one before it", () =>
    assert.deepEqual(
      parseSpf("v=spf1 include: include:a.com -all").problems.map(({ text }) => text),
      ["include:"],
    ));
});

describe("parseSpf, what receivers take and owners did not mean", () => {
  const JOINED = "is two terms without a space between them, which receivers take for one name";
  const P = "has the macro %{p}, which is slow and should not be used (RFC 7208 section 7.2)";
  for (const [term, rule, fix] of [
    ["include:a.cominclude:b.com", JOINED, 'write "include:a.com include:b.com"'],
    ["include:a.com,include:b.com", JOINED, 'write "include:a.com include:b.com"'],
    ["exists:%{p}.a.com", P, "use another macro, or name the addresses with ip4 and ip6"],
    ["include:%{P2R}.a.com", P, "use another macro, or name the addresses with ip4 and ip6"],
    ["exp=%{p}.a.com", P, "use another macro, or name the addresses with ip4 and ip6"],
  ]) {
    it(`warns of ${term}`, () =>
      assert.deepEqual(
        parseSpf(`v=spf1 ${term} -all`).problems.map(({ severity, text, ...fault }) => [
          severity,
          text,
          fault.rule,
          fault.fix,
        ]),
        [["warning", term, rule, fix]],
      ));
  }
});

describe("parseSpf, the record as a whole", () => {
  const BEGIN = 'begin the record with "v=spf1" and a space';
  const spaces = (which: string) =>
    [`has ${which} between its terms`, "put one space between terms"] as const;
  const faultsOf = (text: string) =>
    parseSpf(text).problems.map((fault) => [
      fault.severity,
      fault.text,
      fault.position,
      fault.rule,
      fault.fix,
    ]);
  const noAll = (text: string) => [
    "warning",
    text,
    text.length,
    "has no all, so mail from anywhere is neither passed nor failed",
    'end it with "~all"',
  ];
  it("says that one without a version is none, and still reads its terms", () => {
    assert.deepEqual(faultsOf(""), [["error", "", 0, "is empty", BEGIN]]);
    assert.deepEqual(faultsOf("  "), [["error", "  ", 0, "is empty", BEGIN]]);
    assert.deepEqual(faultsOf("mx -all"), [
      ["error", "mx", 0, "is in the place of the version", BEGIN],
    ]);
    assert.deepEqual(
      parseSpf("mx -all").terms.map(({ text }) => text),
      ["mx", "-all"],
    );
  });
  it("takes what only looks like a version for a term", () => {
    const BEFORE = "is in the place of the version";
    assert.deepEqual(faultsOf("xv=spf1 -all"), [["error", "xv=spf1", 0, BEFORE, BEGIN]]);
    assert.deepEqual(
      parseSpf("xv=spf1 -all").terms.map(({ text }) => text),
      ["xv=spf1", "-all"],
    );
    assert.deepEqual(faultsOf('x="1" -all'), [["error", 'x="1"', 0, BEFORE, BEGIN]]);
  });
  it("says that other versions are none", () => {
    for (const version of ["v=spf2", "v=spf10", "v=spf1include:a.com", "V=SPF"]) {
      assert.deepEqual(faultsOf(`${version} -all`), [
        ["error", version, 0, "is not a version of SPF that receivers know", BEGIN],
      ]);
    }
    assert.deepEqual(faultsOf("v=DKIM1 -all"), [
      ["error", "v=DKIM1", 0, "is in the place of the version", BEGIN],
    ]);
  });
  it("says that white space hides the version", () => {
    assert.deepEqual(faultsOf(" v=spf1 -all"), [
      ["error", "v=spf1", 1, "has white space before it, so receivers see no SPF record", BEGIN],
    ]);
    assert.deepEqual(faultsOf("v=spf1\t-all"), [
      ["error", "v=spf1", 0, "has no space after it, so receivers see no SPF record", BEGIN],
      ["error", "v=spf1\t-all", 6, ...spaces("U+0009, tab")],
    ]);
  });
  it("says that quotation marks hide the version", () => {
    for (const mark of ['"', "'"]) {
      assert.deepEqual(faultsOf(`${mark}v=spf1 -all`), [
        ["error", `${mark}v=spf1`, 0, "has a quotation mark before the version", BEGIN],
      ]);
    }
  });
  it("tells tabs, line breaks and spaces that are none between terms, once", () => {
    for (const [space, name] of [
      ["\t", "U+0009, tab"],
      ["\n", "U+000A, line break"],
      ["\r", "U+000D, line break"],
      ["\u00a0", "U+00A0, no-break space"],
      ["\u2003", "U+2003"],
    ] as const) {
      const text = `v=spf1 mx${space}a${space}-all`;
      assert.deepEqual(faultsOf(text), [["error", text, 9, ...spaces(name)]]);
      assert.equal(parseSpf(text).terms.length, 3);
    }
  });
  it("takes any number of spaces", () => assert.deepEqual(faultsOf("v=spf1   mx  -all   "), []));
  it("refuses a second redirect and a second exp, not a second of another", () => {
    assert.deepEqual(faultsOf("v=spf1 redirect=a.com redirect=b.com"), [
      ["error", "redirect=b.com", 22, "is the second redirect=", "leave one of them in the record"],
    ]);
    assert.deepEqual(faultsOf("v=spf1 exp=a.com EXP=b.com -all"), [
      ["error", "EXP=b.com", 17, "is the second exp=", "leave one of them in the record"],
    ]);
    assert.deepEqual(faultsOf("v=spf1 x=1 x=2 mx mx exp=a.com redirect=b.com"), []);
    assert.deepEqual(faultsOf("v=spf1 redirect=a.com exp=b.com"), []);
  });
  it("warns of mechanisms after all, and of redirect beside it", () => {
    assert.deepEqual(faultsOf("v=spf1 redirect=a.com ~all mx x=1 -all"), [
      [
        "warning",
        "redirect=a.com",
        7,
        "has no effect, because the record has all",
        'remove it, or "~all"',
      ],
      [
        "warning",
        "mx",
        27,
        "comes after all, so it is never reached",
        'put it before "~all", or remove it',
      ],
      [
        "warning",
        "-all",
        34,
        "comes after all, so it is never reached",
        'put it before "~all", or remove it',
      ],
    ]);
    assert.deepEqual(faultsOf("v=spf1 -all exp=a.com"), []);
  });
  it("warns of what follows all, also where all is first", () =>
    assert.deepEqual(
      faultsOf("v=spf1 -all mx").map(([, text]) => text),
      ["mx"],
    ));
  it("warns of a record that says nothing of everybody else", () => {
    assert.deepEqual(faultsOf("v=spf1 mx"), [noAll("v=spf1 mx")]);
    assert.deepEqual(faultsOf("v=spf1"), [noAll("v=spf1")]);
    assert.deepEqual(faultsOf("v=spf1 redirect=a.com"), []);
    assert.deepEqual(faultsOf("v=spf1 mx ?all"), [
      ["warning", "?all", 10, "gives no result for mail from elsewhere", 'write "~all", or "-all"'],
    ]);
    assert.deepEqual(faultsOf("v=spf1 ?mx all"), []);
  });
  it("warns of ptr", () =>
    assert.deepEqual(faultsOf("v=spf1 ptr -all"), [
      [
        "warning",
        "ptr",
        7,
        "is slow and must not be used (RFC 7208 section 5.5)",
        "name the addresses with ip4 and ip6 instead",
      ],
    ]));
  it("warns of modifiers that were meant as mechanisms, or as the version", () => {
    for (const name of ["all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"]) {
      assert.deepEqual(faultsOf(`v=spf1 ${name}=x -all`), [
        [
          "warning",
          `${name}=x`,
          7,
          "is an unknown modifier, which receivers ignore",
          `write "${name}:" with a colon`,
        ],
      ]);
    }
    assert.deepEqual(faultsOf("v=spf1 v=spf1 -all"), [
      ["warning", "v=spf1", 7, "is an unknown modifier, which receivers ignore", "remove it"],
    ]);
  });
  it("warns of more than 450 characters", () => {
    const of = (length: number) => `v=spf1 x=${"y".repeat(length - 14)} -all`;
    assert.deepEqual(faultsOf(of(450)), []);
    assert.deepEqual(faultsOf(of(451)), [
      [
        "warning",
        of(451),
        450,
        "has 451 characters; answers with more than 450 may be cut off",
        "join ranges of addresses, or move terms to another record and include it",
      ],
    ]);
  });
});
