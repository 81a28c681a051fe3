import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Answer, Resolve } from "../../../../mail/dns/record.ts";
import { printTree, treeProblems, treeWarnings } from "../../../../mail/dns/spf/problems.ts";
import { lookUpTree, type SpfNode, type SpfTree } from "../../../../mail/dns/spf/tree.ts";

/** A DNS of `TYPE name` -> records; `[]` is NODATA, a text a failure, what is missing NXDOMAIN. */
function dns(zone: Readonly<Record<string, readonly string[] | string>>) {
  const asked: string[] = [];
  const resolve: Resolve = async (name, type): Promise<Answer> => {
    asked.push(`${type} ${name}`);
    const records = zone[`${type} ${name}`];
    if (records === undefined) return { status: "nxdomain" };
    if (typeof records === "string") return { status: "failed", why: records };
    return records.length === 0 ? { status: "nodata" } : { status: "found", records };
  };
  return { asked, resolve };
}

const look = (text: string, zone: Parameters<typeof dns>[0] = {}) =>
  lookUpTree("contoso.com", text, dns(zone).resolve);

/** The only node of a record with one term that asks. */
async function only(text: string, zone: Parameters<typeof dns>[0] = {}): Promise<SpfNode> {
  const { nodes } = await look(text, zone);
  assert.equal(nodes.length, 1);
  return nodes[0] as SpfNode;
}

describe("lookUpTree", () => {
  it("asks nothing for addresses, all, exp and unknown modifiers", async () => {
    const { asked, resolve } = dns({});
    const text = "v=spf1 ip4:198.51.100.7 ip6:::1 exp=a.com x=%{d} a=b.com include=c.com -all";
    assert.deepEqual(await lookUpTree("Contoso.com.", text, resolve), {
      domain: "contoso.com",
      lookups: 0,
      voids: 0,
      nodes: [],
    });
    assert.deepEqual(asked, []);
  });
  it("counts a, mx, ptr, exists and include with what is below it", async () => {
    const { asked, resolve } = dns({
      "A contoso.com": ["198.51.100.1"],
      "A mail.contoso.com": ["198.51.100.2"],
      "MX contoso.com": ["mx1.contoso.com", "mx2.contoso.com"],
      "A mx1.contoso.com": ["198.51.100.3"],
      "A mx2.contoso.com": ["198.51.100.4"],
      "A list.contoso.com": ["127.0.0.2"],
      "TXT spf.contoso.com": ["MS=ms1", "v=spf1 a:Mail.contoso.com. ip4:198.51.100.9 -all"],
    });
    const text =
      "v=spf1 a A:mail.contoso.com/24 mx ptr ptr:x.com exists:list.contoso.com -include:Spf.contoso.com ~all";
    const leaf = (term: string, target: string) => ({
      term,
      target,
      lookups: 1,
      voids: 0,
      nodes: [],
    });
    assert.deepEqual(await lookUpTree("contoso.com", text, resolve), {
      domain: "contoso.com",
      lookups: 8,
      voids: 0,
      nodes: [
        leaf("a", "contoso.com"),
        leaf("A:mail.contoso.com/24", "mail.contoso.com"),
        leaf("mx", "contoso.com"),
        leaf("ptr", "contoso.com"),
        leaf("ptr:x.com", "x.com"),
        leaf("exists:list.contoso.com", "list.contoso.com"),
        {
          term: "-include:Spf.contoso.com",
          target: "spf.contoso.com",
          lookups: 2,
          voids: 0,
          nodes: [leaf("a:Mail.contoso.com.", "mail.contoso.com")],
        },
      ],
    } satisfies SpfTree);
    assert.deepEqual(asked, [
      "A contoso.com",
      "A mail.contoso.com",
      "MX contoso.com",
      "A mx1.contoso.com",
      "A mx2.contoso.com",
      "A list.contoso.com",
      "TXT spf.contoso.com",
    ]);
  });
  it("goes no further than all, there and below", async () => {
    const tree = await look("v=spf1 include:a.com -all mx redirect=b.com", {
      "TXT a.com": ["v=spf1 ?all a a:x.com"],
    });
    assert.deepEqual(
      tree.nodes.map(({ term, lookups }) => [term, lookups]),
      [["include:a.com", 1]],
    );
  });
  it("follows no redirect where all is the first term", async () =>
    assert.deepEqual((await look("v=spf1 -all redirect=a.com")).nodes, []));
  it("follows redirect after everything else where there is no all, once", async () => {
    const tree = await look("v=spf1 redirect=a.com redirect=b.com ptr", {
      "TXT a.com": ["v=spf1 ptr ptr ip4:1.2.3.4"],
    });
    assert.deepEqual(
      tree.nodes.map(({ term, lookups }) => [term, lookups]),
      [
        ["ptr", 1],
        ["redirect=a.com", 3],
      ],
    );
    assert.equal(tree.lookups, 4);
  });
  it("asks each question once, and counts it each time", async () => {
    const { asked, resolve } = dns({ "TXT a.com": ["v=spf1 a:x.com a:x.com mx:x.com ~all"] });
    const tree = await lookUpTree(
      "contoso.com",
      "v=spf1 include:a.com include:A.com a:x.com ~all",
      resolve,
    );
    assert.deepEqual(asked, ["TXT a.com", "A x.com", "MX x.com"]);
    assert.deepEqual([tree.lookups, tree.voids], [9, 7]);
  });
  it("counts questions without an answer", async () => {
    const zone = {
      "A b.com": [],
      "MX c.com": ["mx.c.com", "mx.d.com"],
      "A mx.c.com": ["198.51.100.1"],
    };
    const tree = await look("v=spf1 a:a.com exists:b.com mx:c.com mx:d.com ptr -all", zone);
    assert.deepEqual(
      tree.nodes.map(({ term, voids, problem }) => [term, voids, problem]),
      [
        ["a:a.com", 1, undefined],
        ["exists:b.com", 1, undefined],
        ["mx:c.com", 1, undefined],
        ["mx:d.com", 1, undefined],
        ["ptr", 0, undefined],
      ],
    );
    assert.equal(tree.voids, 4);
  });
  it("takes an include of a name that can't exist for permerror, and asks nothing", async () => {
    const { asked, resolve } = dns({});
    const long = "x".repeat(64);
    const names = {
      [`${long}.com`]: "a label of 64 characters, 63 at most",
      "a..com": "two dots in a row, or one at the beginning",
      ".a.com": "two dots in a row, or one at the beginning",
      [`${"a.".repeat(126)}com`]: "255 characters, 253 at most",
    };
    for (const [name, why] of Object.entries(names)) {
      for (const [term, kind, end] of [
        [`include:${name}`, "permerror", ""],
        [`redirect=${name}`, "permerror", ""],
        [`a:${name}`, "unknown", ", so it matches nothing"],
        [`mx:${name}`, "unknown", ", so it matches nothing"],
        [`exists:${name}`, "unknown", ", so it matches nothing"],
      ]) {
        const { nodes } = await lookUpTree("contoso.com", `v=spf1 ${term}`, resolve);
        assert.deepEqual(
          nodes.map(({ problem }) => problem),
          [
            {
              kind,
              rule: `names a domain that can't exist (${why})${end}`,
              fix: "correct the name, or remove the term",
            },
          ],
        );
      }
    }
    assert.deepEqual(asked, []);
  });
  it("corrects what was meant as Exchange Online's record", async () => {
    for (const [name, host] of [
      ["spf.protection.outlook.de", "spf.protection.outlook.com"],
      ["protection.outlook.com", "spf.protection.outlook.com"],
      ["_spf.protection.outlook.com", "spf.protection.outlook.com"],
      ["spf.protection.outlok.com", "spf.protection.outlook.com"],
      ["spf.protection.outlook.com.contoso.com", "spf.protection.outlook.com"],
      ["spf.protection.office365.com", "spf.protection.office365.us"],
      ["spf.partner.outlook.cn", undefined],
      ["_spf.example.org", undefined],
      ["spf.protection.outlook.com", undefined],
    ]) {
      const { nodes } = await look(`v=spf1 include:${name} -all`, {});
      const fix = host ? `write "${host}" in its place` : "correct the name, or remove the term";
      assert.equal(nodes[0]?.problem?.fix, fix, name);
    }
  });
  it("takes terms that a space is missing between apart", async () => {
    const { nodes } = await look("v=spf1 include:a.cominclude:b.com -all", {});
    assert.equal(nodes[0]?.problem?.fix, 'write "include:a.com include:b.com"');
  });
  it("can't follow what the message decides", async () => {
    const { asked, resolve } = dns({});
    const { nodes } = await lookUpTree(
      "contoso.com",
      "v=spf1 include:%{d}.x.com exists:%{i}.x.com -all",
      resolve,
    );
    const problem = {
      kind: "unknown",
      rule: "names a domain that depends on the message, so it can't be looked up",
      fix: "count its look-ups by hand",
    };
    assert.deepEqual(nodes, [
      { term: "include:%{d}.x.com", lookups: 1, voids: 0, nodes: [], problem },
      { term: "exists:%{i}.x.com", lookups: 1, voids: 0, nodes: [], problem },
    ]);
    assert.deepEqual(asked, []);
  });
  it("cuts circles and shows them", async () => {
    const zone = {
      "TXT a.com": ["v=spf1 include:b.com -all"],
      "TXT b.com": ["v=spf1 ptr include:A.com. redirect=x.com"],
      "TXT x.com": ["v=spf1 -all"],
    };
    const circle = (rule: string) => ({ kind: "permerror", rule, fix: "remove it" });
    const node = await only("v=spf1 include:a.com -all", zone);
    assert.equal(node.lookups, 5);
    assert.deepEqual(node.nodes[0]?.nodes[1], {
      term: "include:A.com.",
      target: "a.com",
      lookups: 1,
      voids: 0,
      nodes: [],
      problem: circle("includes itself (a.com -> b.com -> a.com)"),
    });
    const own = await only("v=spf1 include:Contoso.com -all");
    assert.deepEqual(own.problem, circle("includes itself (contoso.com -> contoso.com)"));
  });
  it("takes the same record twice for no circle", async () => {
    const zone = { "TXT a.com": ["v=spf1 ptr -all"] };
    const tree = await look("v=spf1 include:a.com include:a.com -all", zone);
    assert.deepEqual(
      tree.nodes.map(({ lookups, problem }) => [lookups, problem]),
      [
        [2, undefined],
        [2, undefined],
      ],
    );
  });
  it("says that there is no record, or more than one, where include and redirect lead", async () => {
    const none = {
      kind: "permerror",
      rule: "leads to a.com, which has no SPF record",
      fix: "correct the name, or remove the term",
    };
    for (const term of ["include:a.com", "redirect=a.com"]) {
      const gone = await only(`v=spf1 ${term}`);
      assert.deepEqual([gone.voids, gone.lookups, gone.problem], [1, 1, none]);
      const empty = await only(`v=spf1 ${term}`, { "TXT a.com": [] });
      assert.deepEqual([empty.voids, empty.problem], [1, none]);
      const other = await only(`v=spf1 ${term}`, { "TXT a.com": ["MS=ms1", "v=spf10"] });
      assert.deepEqual([other.voids, other.problem], [0, none]);
      const two = await only(`v=spf1 ${term}`, { "TXT a.com": ["v=spf1 mx", "x", "v=spf1 ptr"] });
      assert.deepEqual(two, {
        term,
        target: "a.com",
        lookups: 1,
        voids: 0,
        nodes: [],
        problem: {
          kind: "permerror",
          rule: "leads to a.com, which has more than one SPF record",
          fix: "report it to its owner, or remove the term",
        },
      });
    }
  });
  it("says that a record below is broken, and counts it all the same", async () => {
    const node = await only("v=spf1 include:a.com", {
      "TXT a.com": ["v=spf1 ptr redirect=b.com ip4:1.2 moo ?all"],
    });
    assert.equal(node.lookups, 2);
    assert.deepEqual(node.problem, {
      kind: "permerror",
      rule: 'leads to a.com, whose record is broken ("ip4:1.2" has "1.2", which is not an address)',
      fix: "report it to its owner, or remove the term",
    });
    const fine = await only("v=spf1 include:a.com", { "TXT a.com": ["v=spf1 ?all"] });
    assert.equal("problem" in fine, false);
  });
  it("keeps what could not be looked up apart from what is broken", async () => {
    const failed = (question: string) => ({
      kind: "temperror",
      rule: `could not be looked up (${question}: timeout)`,
      fix: "try again, and check the name servers of that domain",
    });
    const cases: [term: string, question: string][] = [
      ["include:a.com", "TXT of a.com"],
      ["redirect=a.com", "TXT of a.com"],
      ["a:a.com", "A of a.com"],
      ["exists:a.com", "A of a.com"],
      ["mx:a.com", "MX of a.com"],
    ];
    for (const [term, question] of cases) {
      const zone = { [question.replace("of ", "")]: "timeout" };
      assert.deepEqual(await only(`v=spf1 ${term}`, zone), {
        term,
        target: "a.com",
        lookups: 1,
        voids: 0,
        nodes: [],
        problem: failed(question),
      });
    }
    const mx = await only("v=spf1 mx:a.com", {
      "MX a.com": ["mx1.a.com", "mx2.a.com", "mx3.a.com"],
      "A mx2.a.com": "timeout",
      "A mx1.a.com": ["198.51.100.1"],
    });
    assert.deepEqual([mx.problem, mx.voids], [failed("A of mx2.a.com"), 1]);
  });
  it("refuses more than ten mail servers, and asks for no more than ten", async () => {
    const names = Array.from({ length: 11 }, (_, index) => `mx${index}.a.com`);
    const ten = dns({ "MX a.com": names.slice(1) });
    const fine = await lookUpTree("contoso.com", "v=spf1 mx:a.com", ten.resolve);
    assert.deepEqual([fine.nodes[0]?.problem, fine.voids, ten.asked.length], [undefined, 10, 11]);
    const eleven = dns({ "MX a.com": names });
    const many = await lookUpTree("contoso.com", "v=spf1 mx:a.com", eleven.resolve);
    assert.deepEqual(many.nodes[0]?.problem, {
      kind: "permerror",
      rule: "leads to 11 mail servers, but receivers look up 10 at most",
      fix: "name their addresses with ip4 and ip6 instead",
    });
    assert.deepEqual([many.voids, eleven.asked.length], [10, 11]);
  });
  it("follows no more than a hundred look-ups, however often records lead on", async () => {
    const { asked, resolve } = dns(
      Object.fromEntries(
        Array.from({ length: 40 }, (_, index) => [
          `TXT n${index}.com`,
          [`v=spf1 ${`include:n${index + 1}.com `.repeat(3)}-all`],
        ]),
      ),
    );
    const tree = await lookUpTree("contoso.com", "v=spf1 include:n0.com ptr a -all", resolve);
    assert.deepEqual(tree.nodes.at(-1), {
      term: "a",
      target: "contoso.com",
      lookups: 1,
      voids: 0,
      nodes: [],
      problem: {
        kind: "unknown",
        rule: "is not followed, as the record needs more than 100 look-ups",
        fix: "remove terms that cost many look-ups",
      },
    });
    assert.ok(tree.lookups > 100 && tree.lookups < 300, `${tree.lookups} look-ups`);
    assert.ok(asked.length <= 41, `${asked.length} questions`);
  });
  it("follows the hundredth look-up, not the one after", async () => {
    const terms = Array.from({ length: 101 }, (_, index) => `a:n${index}.com`).join(" ");
    const tree = await look(`v=spf1 ${terms}`);
    assert.deepEqual([tree.nodes[99]?.voids, tree.nodes[99]?.problem], [1, undefined]);
    assert.deepEqual([tree.nodes[100]?.voids, tree.nodes[100]?.problem?.kind], [0, "unknown"]);
  });
});

describe("treeProblems and printTree", () => {
  const zone = {
    "TXT a.com": ["v=spf1 ptr ptr ptr include:b.com -all"],
    "TXT b.com": ["v=spf1 ptr ptr ptr ptr -all"],
    "TXT f.com": "timeout",
  };
  it("are content with ten look-ups and two void ones", async () => {
    const tree = await look("v=spf1 include:a.com a:x.com -all", zone);
    assert.deepEqual([tree.lookups, treeProblems("SPF", tree)], [10, []]);
    const voids = await look("v=spf1 a:x.com a:y.com -all");
    assert.deepEqual([voids.voids, treeProblems("SPF", voids)], [2, []]);
  });
  it("say who costs how many, the dearest first", async () => {
    const tree = await look("v=spf1 ip4:1.2.3.4 ptr include:a.com a:x.com -all", zone);
    assert.deepEqual(treeProblems("SPF", tree), [
      {
        key: "SPF",
        value: 11,
        rule: "look-ups exceed the limit of 10, after which receivers give up: include:a.com 9, ptr 1, a:x.com 1",
        fix: 'remove what you do not need, first "include:a.com"',
      },
    ]);
  });
  it("say who has void look-ups", async () => {
    const tree = await look("v=spf1 ptr a:x.com a:y.com mx:z.com -all", {
      "MX z.com": ["mx1.z.com", "mx2.z.com"],
    });
    assert.deepEqual(treeProblems("SPF", tree), [
      {
        key: "SPF",
        value: 4,
        rule: "look-ups with no answer, counted for mail over IPv4, exceed the limit of 2, after which receivers give up: mx:z.com 2, a:x.com 1, a:y.com 1",
        fix: 'remove what you do not need, first "mx:z.com"',
      },
    ]);
  });
  it("tell what is broken at any depth, and separately what could not be judged", async () => {
    const tree = await look("v=spf1 include:c.com exists:%{i}.x.com -all", {
      ...zone,
      "TXT c.com": ["v=spf1 include:d.com include:f.com -all"],
      "TXT d.com": ["v=spf1 -all", "v=spf1 ~all"],
    });
    assert.deepEqual(treeProblems("SPF", tree), [
      {
        key: "SPF",
        value: "include:d.com",
        rule: "leads to d.com, which has more than one SPF record",
        fix: "report it to its owner, or remove the term",
      },
    ]);
    assert.deepEqual(treeWarnings("SPF", tree), [
      {
        key: "SPF",
        value: "include:f.com",
        rule: "could not be looked up (TXT of f.com: timeout)",
        fix: "try again, and check the name servers of that domain",
      },
      {
        key: "SPF",
        value: "exists:%{i}.x.com",
        rule: "names a domain that depends on the message, so it can't be looked up",
        fix: "count its look-ups by hand",
      },
    ]);
  });
  it("print the tree, with what each term costs, and the sums", async () => {
    const tree = await look("v=spf1 include:a.com a:x.com include:f.com -all", zone);
    assert.deepEqual(printTree(tree), [
      "contoso.com",
      "  include:a.com  9",
      "    ptr  1",
      "    ptr  1",
      "    ptr  1",
      "    include:b.com  5",
      "      ptr  1",
      "      ptr  1",
      "      ptr  1",
      "      ptr  1",
      "  a:x.com  1 (1 void)",
      "  include:f.com  1  could not be looked up (TXT of f.com: timeout)",
      "11 of 10 look-ups, 1 of 2 void (for mail over IPv4)",
    ]);
  });
});
