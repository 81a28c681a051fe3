import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { canonicalTerm } from "../../../../mail/dns/spf/canonical.ts";
import { ourTerms } from "../../../../mail/dns/spf/domainTerms.ts";
import { mergeSpf, withdrawSpf } from "../../../../mail/dns/spf/merge.ts";
import { parseSpf } from "../../../../mail/dns/spf/parse.ts";
import { spfProblems, spfWarnings } from "../../../../mail/dns/spf/problems.ts";
import { readableSpf, someOfOurs } from "../../../fuzz/records.ts";

const EXCHANGE = "include:spf.protection.outlook.com";
const RELAY = "ip4:198.51.100.7";

describe("canonicalTerm", () => {
  const forms: [text: string, canonical: string][] = [
    ["+MX", "mx"],
    ["-MX", "-mx"],
    ["?a", "?a"],
    ["~All", "~all"],
    ["A/32//128", "a"],
    ["a/24//64", "a/24//64"],
    ["a:Mail.Contoso.com./32", "a:mail.contoso.com"],
    ["mx//0", "mx//0"],
    ["Include:SPF.contoso.com.", "include:spf.contoso.com"],
    ["exists:%{S}.X%{D2R}.COM", "exists:%{S}.x%{D2R}.com"],
    ["ip4:198.51.100.7/32", "ip4:198.51.100.7"],
    ["ip4:198.51.100.7/24", "ip4:198.51.100.0/24"],
    ["ip4:198.51.100.7/30", "ip4:198.51.100.4/30"],
    ["ip4:198.51.100.255/25", "ip4:198.51.100.128/25"],
    ["ip4:255.255.255.255/17", "ip4:255.255.128.0/17"],
    ["ip4:198.51.100.7/0", "ip4:0.0.0.0/0"],
    ["-ip4:198.51.100.7", "-ip4:198.51.100.7"],
    ["ip6:2001:DB8:0::1/128", "ip6:2001:db8::1"],
    ["ip6:2001:db8::1/33", "ip6:2001:db8::/33"],
    ["Redirect=Spf.Contoso.com.", "redirect=spf.contoso.com"],
    ["EXP=A.B", "exp=a.b"],
    ["Moo=Cow.", "moo=Cow."],
    ["ip4=1.2.3.4", "ip4=1.2.3.4"],
    ["Bad:Term", "bad:term"],
    ["ip4:1.2.3", "ip4:1.2.3"],
  ];
  for (const [text, canonical] of forms) {
    it(`writes ${text} as ${canonical}`, () => assert.equal(canonicalTerm(text), canonical));
  }
});

describe("mergeSpf", () => {
  const merges: [
    name: string,
    existing: string | undefined,
    ours: string[],
    text: string,
    added: string[],
  ][] = [
    [
      "makes a record where there is none",
      undefined,
      [EXCHANGE, RELAY],
      `v=spf1 ${EXCHANGE} ${RELAY} ~all`,
      [EXCHANGE, RELAY],
    ],
    ["makes one of nothing but all", undefined, [], "v=spf1 ~all", []],
    [
      "adds each of ours once",
      undefined,
      [RELAY, `+${RELAY}/32`, EXCHANGE.toUpperCase(), EXCHANGE],
      `v=spf1 ${RELAY} ${EXCHANGE} ~all`,
      [RELAY, EXCHANGE],
    ],
    [
      "adds no address that a wider one of ours has",
      undefined,
      ["ip4:198.51.100.0/24", RELAY],
      "v=spf1 ip4:198.51.100.0/24 ~all",
      ["ip4:198.51.100.0/24"],
    ],
    [
      "puts ours before all, and leaves the owner's as they are",
      "V=spf1 +MX  -ALL ",
      [EXCHANGE, RELAY],
      `V=spf1 +MX  ${EXCHANGE} ${RELAY} -ALL `,
      [EXCHANGE, RELAY],
    ],
    [
      "puts ours before redirect",
      "v=spf1 mx redirect=a.com",
      [RELAY],
      `v=spf1 mx ${RELAY} redirect=a.com`,
      [RELAY],
    ],
    [
      "puts ours before the first of redirect and all",
      "v=spf1 redirect=a.com mx -all",
      [RELAY],
      `v=spf1 ${RELAY} redirect=a.com mx -all`,
      [RELAY],
    ],
    [
      "puts ours before the first of two alls",
      "v=spf1 ~all -all",
      [RELAY],
      `v=spf1 ${RELAY} ~all -all`,
      [RELAY],
    ],
    [
      "puts ours to the end where there is no all",
      "v=spf1 mx",
      [RELAY],
      `v=spf1 mx ${RELAY}`,
      [RELAY],
    ],
    [
      "puts ours before the spaces at the end",
      "v=spf1 mx  ",
      [RELAY, EXCHANGE],
      `v=spf1 mx ${RELAY} ${EXCHANGE}  `,
      [RELAY, EXCHANGE],
    ],
    ["puts ours into a bare record", "v=spf1", [RELAY], `v=spf1 ${RELAY}`, [RELAY]],
    [
      "adds what is not there",
      `v=spf1 ${RELAY} -all`,
      [RELAY, EXCHANGE],
      `v=spf1 ${RELAY} ${EXCHANGE} -all`,
      [EXCHANGE],
    ],
    [
      "finds ours in another writing",
      `v=spf1 +Include:SPF.Protection.Outlook.com. IP4:198.51.100.7/32 -all`,
      [EXCHANGE, RELAY],
      `v=spf1 +Include:SPF.Protection.Outlook.com. IP4:198.51.100.7/32 -all`,
      [],
    ],
    [
      "adds no address that a wider one has",
      "v=spf1 ip4:198.51.100.0/28 -all",
      [RELAY, "ip4:198.51.100.0/29"],
      "v=spf1 ip4:198.51.100.0/28 -all",
      [],
    ],
    [
      "adds a range that a narrower one has a part of",
      "v=spf1 ip4:198.51.100.0/29 -all",
      ["ip4:198.51.100.0/28"],
      "v=spf1 ip4:198.51.100.0/29 ip4:198.51.100.0/28 -all",
      ["ip4:198.51.100.0/28"],
    ],
    [
      "adds an address beside a range",
      "v=spf1 ip4:198.51.100.8/29 -all",
      [RELAY],
      `v=spf1 ip4:198.51.100.8/29 ${RELAY} -all`,
      [RELAY],
    ],
    [
      "covers IPv6 ranges too",
      "v=spf1 ip6:2001:db8::/32 -all",
      ["ip6:2001:db8:1::/48", "ip6:2001:db9::1"],
      "v=spf1 ip6:2001:db8::/32 ip6:2001:db9::1 -all",
      ["ip6:2001:db9::1"],
    ],
    [
      "does not take an IPv6 range for an IPv4 one",
      "v=spf1 ip6:::/0 -all",
      [RELAY],
      `v=spf1 ip6:::/0 ${RELAY} -all`,
      [RELAY],
    ],
    [
      "does not take a modifier for an address",
      "v=spf1 ip4=198.51.100.7 -all",
      [RELAY],
      `v=spf1 ip4=198.51.100.7 ${RELAY} -all`,
      [RELAY],
    ],
    [
      "adds ours again where it stands after all alone",
      `v=spf1 -all ${RELAY}`,
      [RELAY],
      `v=spf1 ${RELAY} -all ${RELAY}`,
      [RELAY],
    ],
    [
      "finds ours behind redirect, which receivers come to",
      `v=spf1 redirect=a.com ${RELAY}`,
      [RELAY],
      `v=spf1 redirect=a.com ${RELAY}`,
      [],
    ],
    [
      "adds ours where it stands with another qualifier",
      `v=spf1 ?${RELAY} -all`,
      [RELAY],
      `v=spf1 ?${RELAY} ${RELAY} -all`,
      [RELAY],
    ],
    [
      "leaves what is not an SPF record alone",
      "google-site-verification=x",
      [RELAY],
      "google-site-verification=x",
      [],
    ],
    ["adds nothing when nothing is wanted", "v=spf1  mx", [], "v=spf1  mx", []],
  ];
  for (const [name, existing, ours, text, added] of merges) {
    it(name, () => {
      const merged = mergeSpf(existing, ours);
      assert.deepEqual([merged.text, merged.added], [text, added]);
      assert.deepEqual(mergeSpf(merged.text, ours).added, []);
      assert.equal(mergeSpf(merged.text, ours).text, merged.text);
    });
  }
  it("refuses terms of ours that are no passing mechanism", () => {
    for (const term of ["moo", "redirect=a.com", "all", "-mx", "?ip4:198.51.100.7", "ip4:1.2.3"]) {
      assert.throws(() => mergeSpf("v=spf1 -all", [RELAY, term]), {
        message: `"${term}" is not a mechanism that can be put into an SPF record`,
      });
    }
  });
});

describe("problems of a merge", () => {
  const problem = (
    value: string,
    term: string,
    which = "the same mail",
    fix = `replace it with "${term}"`,
  ) => ({
    key: "SPF",
    value,
    rule: `comes before "${term}" and gives another result for ${which}`,
    fix,
  });
  const cases: [existing: string | undefined, problems: ReturnType<typeof problem>[]][] = [
    [undefined, []],
    ["v=spf1 mx -all", []],
    [`v=spf1 -${EXCHANGE} -all`, [problem(`-${EXCHANGE}`, EXCHANGE)]],
    [
      "v=spf1 ?IP4:198.51.100.0/24 -all",
      [problem("?IP4:198.51.100.0/24", RELAY, "the same mail", `put "${RELAY}" before it`)],
    ],
    [
      `v=spf1 ~${RELAY} -${EXCHANGE} -all`,
      [problem(`-${EXCHANGE}`, EXCHANGE), problem(`~${RELAY}`, RELAY)],
    ],
    [`v=spf1 ${RELAY} -${RELAY} -all`, []],
    [`v=spf1 -all -${RELAY}`, []],
    ["v=spf1 -ip4:198.51.100.8/29 -all", []],
  ];
  for (const [existing, problems] of cases) {
    it(`tells ${problems.length} of ${existing}`, () => {
      assert.deepEqual(mergeSpf(existing, [EXCHANGE, RELAY], "SPF").problems, problems);
    });
  }
  const RANGE = "ip4:198.51.100.0/29";
  const part = (value: string, addresses: string) =>
    problem(value, RANGE, `mail from ${addresses}`, `put "${RANGE}" before it`);
  const parts: [existing: string, problems: ReturnType<typeof problem>[]][] = [
    ["-ip4:198.51.100.3", [part("-ip4:198.51.100.3", "198.51.100.3")]],
    ["-ip4:198.51.100.4/31", [part("-ip4:198.51.100.4/31", "198.51.100.4 to 198.51.100.5")]],
    [
      "-ip4:198.51.100.0/30 ?ip4:198.51.100.4/30",
      [
        part("-ip4:198.51.100.0/30", "198.51.100.0 to 198.51.100.3"),
        part("?ip4:198.51.100.4/30", "198.51.100.4 to 198.51.100.7"),
      ],
    ],
    [
      "ip4:198.51.100.2/31 -ip4:198.51.100.0/29",
      [
        part("-ip4:198.51.100.0/29", "198.51.100.0 to 198.51.100.1, 198.51.100.4 to 198.51.100.7"),
      ].map((one) => ({ ...one, fix: `replace it with "${RANGE}"` })),
    ],
    ["ip4:198.51.100.0/30 -ip4:198.51.100.0/31", []],
    [`${RANGE} -ip4:198.51.100.3`, []],
    ["-ip4:198.51.100.8/29 -ip6:::ffff:198.51.100.0/125", []],
  ];
  for (const [terms, problems] of parts) {
    it(`tells ${problems.length} of ${terms}, of a part of our range each`, () => {
      const text = `v=spf1 ${terms} -all`;
      assert.deepEqual(mergeSpf(text, [RANGE], "SPF").problems, problems);
      const [{ fix, value } = { fix: "", value: text }] = problems;
      if (fix === "") return;
      const right = fix.startsWith("put") ? `${RANGE} ${value}` : RANGE;
      const fixed = mergeSpf(text.replace(value, right), [RANGE], "SPF");
      assert.deepEqual([fixed.problems, fixed.added], [[], []]);
    });
  }
  it("adds no range that others hold together", () => {
    const text = "v=spf1 ip4:198.51.100.0/30 ip4:198.51.100.4/30 -all";
    assert.deepEqual(mergeSpf(text, [RANGE]).added, []);
    assert.deepEqual(mergeSpf(text.replace("4/30", "4/31"), [RANGE]).added, [RANGE]);
  });
  it("says that a text is not an SPF record", () =>
    assert.deepEqual(mergeSpf("v=spf10 mx", [RELAY]).problems, [
      {
        key: "SPF record",
        value: "v=spf10 mx",
        rule: "is not an SPF record",
        fix: 'begin the record with "v=spf1" and a space',
      },
    ]));
});

describe("withdrawSpf", () => {
  it("gives back a record in which a tab stands where ours went in", () => {
    for (const text of ["v=spf1 mx\t-all", "v=spf1\u00a0mx", "v=spf1 mx\t"]) {
      const { text: merged, added } = mergeSpf(text, [RELAY]);
      assert.equal(withdrawSpf(merged, added, false), text);
    }
  });
  const withdrawn: [name: string, current: string, added: string[], text: string][] = [
    [
      "takes ours out of the middle",
      `v=spf1 mx ${RELAY} ${EXCHANGE} -all`,
      [RELAY, EXCHANGE],
      "v=spf1 mx -all",
    ],
    [
      "takes ours from the end",
      `v=spf1 mx ${RELAY} ${EXCHANGE}  `,
      [RELAY, EXCHANGE],
      "v=spf1 mx  ",
    ],
    ["keeps the owner's spaces", `v=spf1  mx   ${RELAY} -all`, [RELAY], "v=spf1  mx   -all"],
    [
      "finds ours rearranged and spelled otherwise",
      `v=spf1 +INCLUDE:spf.protection.outlook.com mx IP4:198.51.100.7/32 -all`,
      [RELAY, EXCHANGE],
      "v=spf1 mx -all",
    ],
    ["finds ours among tabs", `v=spf1 mx\t${RELAY}\t-all`, [RELAY], "v=spf1 mx\t-all"],
    ["finds a term that is not canonical", `v=spf1 ${RELAY} -all`, [`+${RELAY}/32`], "v=spf1 -all"],
    [
      "takes one of two, the first",
      `v=spf1 ${RELAY} -all ${RELAY}`,
      [RELAY],
      `v=spf1 -all ${RELAY}`,
    ],
    ["takes both where we added both", `v=spf1 ${RELAY} mx ${RELAY}`, [RELAY, RELAY], "v=spf1 mx"],
    [
      "leaves ours with another qualifier",
      `v=spf1 -${RELAY} -all`,
      [RELAY],
      `v=spf1 -${RELAY} -all`,
    ],
    [
      "leaves a wider range",
      "v=spf1 ip4:198.51.100.0/24 -all",
      [RELAY],
      "v=spf1 ip4:198.51.100.0/24 -all",
    ],
    ["leaves all as it is when ours is gone", "v=spf1  mx ", [RELAY], "v=spf1  mx "],
    ["leaves nothing but the version", `v=spf1 ${RELAY}`, [RELAY], "v=spf1"],
    ["never takes the first word", `${RELAY} mx`, [RELAY], `${RELAY} mx`],
    ["takes none when none was added", "v=spf1 mx -all", [], "v=spf1 mx -all"],
    ["leaves an empty text", "", [RELAY], ""],
  ];
  for (const [name, current, added, text] of withdrawn) {
    it(name, () => assert.equal(withdrawSpf(current, added, false), text));
  }
  for (const text of ["v=spf1 include:", "v=spf1 a mx :contoso.com ?all"]) {
    it(`gives back "${text}", in which a term has a space`, () => {
      const { text: merged, added } = mergeSpf(text, ["include:b.example", "mx"]);
      assert.equal(withdrawSpf(merged, added, false), text);
      assert.equal(mergeSpf(merged, ["include:b.example", "mx"]).text, merged);
    });
  }

  it("leaves nothing of a record that we made", () => {
    for (const current of [`v=spf1 ${RELAY} ~all`, `v=spf1 ${RELAY}`, "v=spf1 ~ALL", "V=SPF1  "]) {
      assert.equal(withdrawSpf(current, [RELAY], true), undefined);
    }
  });
  it("leaves a record that we made with what others put into it", () => {
    assert.equal(withdrawSpf(`v=spf1 ${RELAY} mx ~all`, [RELAY], true), "v=spf1 mx ~all");
    assert.equal(withdrawSpf(`v=spf1 ${RELAY} -all`, [RELAY], true), "v=spf1 -all");
    assert.equal(withdrawSpf("something else", [RELAY], true), "something else");
    assert.equal(withdrawSpf("something", [RELAY], true), "something");
  });
  it("leaves a record of the owner's with nothing but all", () =>
    assert.equal(withdrawSpf(`v=spf1 ${RELAY} ~all`, [RELAY], false), "v=spf1 ~all"));
  it("gives back every readable record octet by octet, whatever of ours was added", () => {
    let [added, before] = [0, 0];
    const inputs = fc.sample(fc.tuple(readableSpf(), someOfOurs()), { numRuns: 3000, seed: 1 });
    for (const [text, ours] of inputs) {
      const errors = parseSpf(text).problems.filter(({ severity }) => severity === "error");
      assert.deepEqual(errors, [], text);
      const merged = mergeSpf(text, ours);
      assert.equal(withdrawSpf(merged.text, merged.added, false), text);
      assert.deepEqual(mergeSpf(merged.text, ours).added, [], text);
      added += merged.added.length;
      before += Number(merged.added.length === 0 && ours.length > 0);
    }
    // The records have to be such that both happens.
    assert.ok(added > 750 && before > 75, `${added} added, ${before} there before`);
  });
});

describe("ourTerms", () => {
  it("names each cloud's servers", () => {
    assert.deepEqual(ourTerms("global", []), ["include:spf.protection.outlook.com"]);
    assert.deepEqual(ourTerms("usgovernmentl4", []), ["include:spf.protection.office365.us"]);
    assert.deepEqual(ourTerms("usgovernmentl5", []), ["include:spf.protection.office365.us"]);
    assert.deepEqual(ourTerms("china", []), ["include:spf.protection.partner.outlook.cn"]);
  });
  it("lists addresses in order, each once, ranges by their first address", () =>
    assert.deepEqual(
      ourTerms("china", [
        "203.0.113.10",
        " 198.51.100.40/29 ",
        "203.0.113.9/32",
        "203.0.113.9",
        "198.51.100.7",
      ]),
      [
        "include:spf.protection.partner.outlook.cn",
        "ip4:198.51.100.7",
        "ip4:198.51.100.40/29",
        "ip4:203.0.113.9",
        "ip4:203.0.113.10",
      ],
    ));
});

describe("spfProblems", () => {
  it("accepts one SPF record among other records", () => {
    assert.deepEqual(spfProblems("SPF", []), []);
    assert.deepEqual(spfProblems("SPF", ["v=spf1 mx"]), []);
    assert.deepEqual(spfProblems("SPF", ["MS=ms123", "v=spf1 mx ~all", "v=spf10"]), []);
  });
  it("shows two records", () =>
    assert.deepEqual(spfProblems("SPF", ["v=spf1 moo -all", "x", "V=SPF1 mx"]), [
      {
        key: "SPF",
        value: ["v=spf1 moo -all", "V=SPF1 mx"],
        rule: "are 2 SPF records at one name, so receivers use none of them",
        fix: "merge their terms into one record, and remove the others",
      },
    ]));
  it("tells each error, no warning", () =>
    assert.deepEqual(spfProblems("SPF", ["v=spf1 ptr ip4:1.2.3.4/33 all: ?all"]), [
      {
        key: "SPF",
        value: "ip4:1.2.3.4/33",
        rule: 'has the prefix length "33", which is not a number from 0 to 32',
        fix: "write a prefix length from 0 to 32, or none",
      },
      { key: "SPF", value: "all:", rule: 'has ":" after all', fix: 'write "all" alone' },
    ]));
  it("refuses a record that lets anybody send", () => {
    for (const all of ["all", "+ALL"]) {
      assert.deepEqual(spfProblems("SPF", [`v=spf1 mx ${all} -all`]), [
        {
          key: "SPF",
          value: all,
          rule: "lets anyone send as this domain",
          fix: 'write "~all", or "-all"',
        },
      ]);
    }
    assert.deepEqual(spfProblems("SPF", ["v=spf1 -all +all"]), []);
  });
});

describe("spfWarnings", () => {
  it("tells each warning, no error", () =>
    assert.deepEqual(spfWarnings("SPF", ["v=spf1 ptr moo -all", "MS=ms1"]), [
      {
        key: "SPF",
        value: "ptr",
        rule: "is slow and must not be used (RFC 7208 section 5.5)",
        fix: "name the addresses with ip4 and ip6 instead",
      },
    ]));
});
