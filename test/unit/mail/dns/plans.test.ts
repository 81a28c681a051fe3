// What becomes of a domain's SPF and DMARC records, from the records that stand there.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type DmarcRequest,
  dmarcName,
  isDmarcRecord,
  planDmarc,
} from "../../../../mail/dns/dmarc/plan.ts";
import type { DnsRecord, Resolve } from "../../../../mail/dns/record.ts";
import { planSpf, spfRecordsOf } from "../../../../mail/dns/spf/plan.ts";

const DOMAIN = "contoso.com";
const EXCHANGE = "include:spf.protection.outlook.com";
const record = (content: string, change: Partial<DnsRecord> = {}): DnsRecord => ({
  type: "TXT",
  name: DOMAIN,
  content,
  comment: "",
  ...change,
});

describe("planSpf", () => {
  const resolve: Resolve = async (name) =>
    name === "spf.protection.outlook.com"
      ? { status: "found", records: ["v=spf1 ip4:192.0.2.0/24 -all"] }
      : { status: "nxdomain" };
  const plan = (records: readonly DnsRecord[], terms = [EXCHANGE], before?: readonly string[]) =>
    planSpf({ owner: "project/stack", domain: DOMAIN, terms }, records, resolve, before);

  it("makes a record where none is, and counts what it costs", async () => {
    const { found, text, added, lookUps, problems } = await plan([
      record('"v=spf1 -all"', { name: `www.${DOMAIN}` }),
      record("v=spf1 -all", { type: "SPF" }),
      record('"MS=ms12345678"'),
    ]);
    assert.equal(found, undefined);
    assert.equal(text, `v=spf1 ${EXCHANGE} ~all`);
    assert.deepEqual([added, problems], [[EXCHANGE], []]);
    assert.deepEqual(lookUps, [DOMAIN, `  ${EXCHANGE}  1`, "1 of 10 look-ups, 0 of 2 void"]);
  });

  it("puts ours into the owner's, and knows which are ours", async () => {
    const owned = record('"v=spf1 ip4:198.51.100.7 -all"');
    const terms = [EXCHANGE, "ip4:198.51.100.7"];
    const { found, text, added } = await plan([owned], terms);
    assert.equal(found, owned);
    assert.equal(text, `v=spf1 ip4:198.51.100.7 ${EXCHANGE} -all`);
    assert.deepEqual(added, [EXCHANGE]);
  });

  it("removes terms of ours that are not wanted any more, and lists those that stay", async () => {
    const now = record(`"v=spf1 ip4:198.51.100.7 ${EXCHANGE} ip4:198.51.100.9 -all"`);
    const before = [EXCHANGE, "ip4:198.51.100.9"];
    const { text, added } = await plan([now], [EXCHANGE, "ip4:198.51.100.1"], before);
    assert.equal(text, `v=spf1 ip4:198.51.100.7 ${EXCHANGE} ip4:198.51.100.1 -all`);
    assert.deepEqual(added, [EXCHANGE, "ip4:198.51.100.1"]);
    const again = await plan([now], before, [EXCHANGE]);
    assert.deepEqual(again.added, [EXCHANGE], "the other one has become the owner's");
  });

  it("puts back one of ours that is gone", async () => {
    const { text, added } = await plan([record("v=spf1 -all")], [EXCHANGE], [EXCHANGE]);
    assert.deepEqual([text, added], [`v=spf1 ${EXCHANGE} -all`, [EXCHANGE]]);
  });

  it("takes a record that our own stack made", async () => {
    const ours = record("v=spf1 ~all", { comment: "Managed by Pulumi: project/stack" });
    assert.equal((await plan([ours])).text, `v=spf1 ${EXCHANGE} ~all`);
  });

  it("says what the owner should look at, and plans all the same", async () => {
    const { text, warnings, problems } = await plan([record("v=spf1 ptr ?all")]);
    assert.deepEqual([text, problems], [`v=spf1 ptr ${EXCHANGE} ?all`, []]);
    assert.deepEqual(
      warnings.map(({ key, value }) => [key, value]),
      [
        [`SPF of ${DOMAIN}`, "ptr"],
        [`SPF of ${DOMAIN}`, "?all"],
      ],
    );
  });

  it("plans nothing where there are two, or a broken one", async () => {
    const [one, two] = [record("v=spf1 -all"), record('"v=spf1 mx -all"')];
    const broken = record("v=spf1 ip:192.0.2.1 -all");
    const others = record("v=spf1 -all", { comment: "Managed by Pulumi: project/other" });
    for (const [records, rule] of [
      [[one, two], /are 2 SPF records at one name/],
      [[others], /belongs to the stack project\/other, and a domain can belong to one stack only/],
      [[broken], /is not an SPF mechanism/],
      [[record("v=spf1 +all")], /lets anyone send as this domain/],
    ] as const) {
      const { problems, ...rest } = await plan(records);
      const nothing = { found: undefined, text: "", added: [], lookUps: [], warnings: [] };
      assert.deepEqual(rest, nothing);
      assert.equal(problems.length, 1);
      assert.equal(problems[0]?.key, `SPF of ${DOMAIN}`);
      assert.match(problems[0]?.rule ?? "", rule);
    }
  });

  it("tells limits and terms that stand against ours, with the plan", async () => {
    const voids = record("v=spf1 a:x.example a:y.example a:z.example -ip4:198.51.100.7 -all");
    const { problems, text, lookUps } = await plan([voids], ["ip4:198.51.100.7"]);
    assert.deepEqual(
      problems.map(({ key, value }) => [key, value]),
      [
        [`SPF of ${DOMAIN}`, "-ip4:198.51.100.7"],
        [`SPF of ${DOMAIN}`, 3],
      ],
    );
    assert.match(text, / -ip4:198\.51\.100\.7 ip4:198\.51\.100\.7 -all$/);
    assert.equal(lookUps.at(-1), "3 of 10 look-ups, 3 of 2 void");
  });

  it("takes a record for SPF as receivers do, quotes or not", () => {
    const contents = ["v=spf1", '"v=spf1" " mx"', '"V=SPF1 -all"', '"v=spf10"', '"spf2.0/pra"', ""];
    const found = spfRecordsOf(
      contents.map((content) => record(content)),
      DOMAIN,
    );
    assert.deepEqual(
      found.map(({ content }) => content),
      contents.slice(0, 3),
    );
  });
});

describe("planDmarc", () => {
  const NAME = `_dmarc.${DOMAIN}`;
  const OWNER = "relay/prod";
  const none: Resolve = async () => ({ status: "nxdomain" });
  const above =
    (text: string, name = NAME): Resolve =>
    async (asked) =>
      asked === name ? { status: "found", records: ["other", text] } : { status: "nodata" };
  const dmarc = (content: string, comment = "", type = "TXT") =>
    record(content, { name: NAME, comment, type });
  const request = (change: Partial<DmarcRequest> = {}): DmarcRequest => ({
    owner: OWNER,
    domain: DOMAIN,
    rua: [],
    adopt: false,
    ...change,
  });
  const ours = (content: string) => dmarc(content, `Managed by Pulumi: ${OWNER}`);
  const rules = (problems: readonly { rule: string }[]) => problems.map(({ rule }) => rule);

  it("stands at _dmarc, and is known by its version", () => {
    assert.equal(dmarcName(DOMAIN), NAME);
    assert.equal(isDmarcRecord(dmarc('"v=DMARC1; p=none"')), true);
    assert.equal(isDmarcRecord(dmarc("v=DMARC1; p=none", "", "SPF")), false);
    assert.equal(isDmarcRecord(dmarc("v=dmarc1; p=none")), false);
  });

  it("makes p=none where nothing was, or what is asked for", async () => {
    const others = [record('"v=DMARC1; p=reject"'), dmarc('"hello"')];
    assert.deepEqual(await planDmarc(request(), others, none), {
      found: undefined,
      text: "v=DMARC1; p=none",
      problems: [],
    });
    const wanted = request({
      policy: "reject",
      subdomainPolicy: "none",
      rua: ["mailto:a@b.example"],
    });
    const { text } = await planDmarc(wanted, [], none);
    assert.equal(text, "v=DMARC1; p=reject; sp=none; rua=mailto:a@b.example");
  });

  it("asks about the domains above, of long names the upper seven", async () => {
    const asked: string[] = [];
    const resolve: Resolve = async (name) => {
      asked.push(name);
      return { status: "nodata" };
    };
    await planDmarc(request({ domain: "a.b.contoso.com" }), [], resolve);
    assert.deepEqual(asked.splice(0), ["_dmarc.b.contoso.com", "_dmarc.contoso.com", "_dmarc.com"]);
    await planDmarc(request({ domain: "a.b.c.d.e.f.g.h.contoso.com" }), [], resolve);
    assert.deepEqual(
      [asked.length, asked[0], asked.at(-1)],
      [7, "_dmarc.d.e.f.g.h.contoso.com", "_dmarc.com"],
    );
  });

  it("goes by the organizational domain's record, not by the nearest (RFC 9989 section 4.10)", async () => {
    const records: [records: Record<string, string | string[]>, covers: string][] = [
      [{ "b.contoso.com": "p=none", "contoso.com": "p=reject" }, "reject"],
      [{ "b.contoso.com": "p=quarantine; psd=n", "contoso.com": "p=reject" }, "quarantine"],
      [{ "contoso.com": "p=quarantine", com: "p=reject; psd=y" }, "quarantine"],
      [{ com: "p=reject; psd=y" }, "reject"],
      [{ "contoso.com": "p=reject; psd=y", "b.contoso.com": "p=quarantine" }, "quarantine"],
      [{ "b.contoso.com": "p=quarantine; psd=u" }, "quarantine"],
      [{ "b.contoso.com": "p=quarantine", "contoso.com": ["p=none", "p=reject"] }, "quarantine"],
    ];
    for (const [published, policy] of records) {
      const resolve: Resolve = async (name) => {
        const texts = [published[name.slice("_dmarc.".length)] ?? []].flat();
        if (texts.length === 0) return { status: "nodata" };
        return { status: "found", records: texts.map((text) => `v=DMARC1; ${text}`) };
      };
      const wanted = request({ domain: "a.b.contoso.com", rua: ["mailto:a@b.example"] });
      const { text } = await planDmarc(wanted, [], resolve);
      assert.equal(
        text,
        `v=DMARC1; p=${policy}; rua=mailto:a@b.example`,
        JSON.stringify(published),
      );
    }
  });

  it("leaves a subdomain under the record that covers it, unless it asks for more", async () => {
    const domain = `mail.${DOMAIN}`;
    const under = (text: string, change: Partial<DmarcRequest> = {}) =>
      planDmarc(request({ domain, ...change }), [], above(text));
    assert.deepEqual(await under("v=DMARC1; p=reject"), {
      found: undefined,
      text: "",
      problems: [],
    });
    const reports = { rua: ["mailto:a@b.example"] };
    const texts = await Promise.all([
      under("v=DMARC1; p=reject", reports),
      under("v=DMARC1; p=reject; sp=quarantine", reports),
      under("v=DMARC1", reports),
      under("v=DMARC1; p=none", { policy: "reject" }),
    ]);
    assert.deepEqual(
      texts.map(({ text }) => text),
      [
        "v=DMARC1; p=reject; rua=mailto:a@b.example",
        "v=DMARC1; p=quarantine; rua=mailto:a@b.example",
        "v=DMARC1; p=none; rua=mailto:a@b.example",
        "v=DMARC1; p=reject",
      ],
    );
    assert.deepEqual(
      texts.map(({ problems }) => problems),
      [[], [], [], []],
    );
    const weaker = await under("v=DMARC1; p=none; sp=reject", { policy: "quarantine" });
    assert.match(rules(weaker.problems).join(), /is weaker than the existing record/);
  });

  it("does not take a record above that can't be looked up for none", async () => {
    const failing: Resolve = async () => ({ status: "failed", why: "timeout" });
    const { text, problems } = await planDmarc(request({ domain: `x.${DOMAIN}` }), [], failing);
    assert.equal(text, "");
    assert.deepEqual(problems, [
      {
        key: `DMARC of x.${DOMAIN}`,
        value: undefined,
        rule: `may be covered by the record of ${NAME}, which could not be looked up (timeout)`,
        fix: "try again, and check the name servers of that domain",
      },
    ]);
  });

  it("writes ours as wished, weaker too, but not weaker than what is above", async () => {
    const there = ours('"v=DMARC1; p=reject; x=1"');
    assert.deepEqual(await planDmarc(request(), [there], none), {
      found: there,
      text: "v=DMARC1; p=none",
      problems: [],
    });
    const domain = `mail.${DOMAIN}`;
    const sub = { ...there, name: dmarcName(domain) };
    const back = await planDmarc(request({ domain }), [sub], above("v=DMARC1; p=reject"));
    assert.deepEqual(back, { found: sub, text: "", problems: [] });
  });

  it("touches somebody else's by consent only, and never makes it weaker", async () => {
    const there = dmarc('"v=DMARC1; p=quarantine; pct=50; x=1;"', "ask Piet");
    const refused = await planDmarc(request({ policy: "reject" }), [there], none);
    assert.deepEqual([refused.found, refused.text], [there, ""]);
    assert.deepEqual(rules(refused.problems), ["is a record that somebody else created"]);
    const kept = await planDmarc(request({ adopt: true }), [there], none);
    assert.deepEqual([kept.text, kept.problems], ["v=DMARC1; p=quarantine; pct=50; x=1;", []]);
    const more = await planDmarc(request({ adopt: true, policy: "reject" }), [there], none);
    assert.deepEqual([more.text, more.problems], ["v=DMARC1; p=reject; pct=50; x=1;", []]);
    const less = await planDmarc(request({ adopt: true, policy: "none" }), [there], none);
    assert.match(rules(less.problems).join(), /is weaker than/);
  });

  it("measures by what the record was before us", async () => {
    const there = dmarc('"v=DMARC1; p=reject; pct=100"');
    const original = "v=DMARC1; p=none; x=1";
    const asked = request({ adopt: true, policy: "quarantine" });
    const { text, problems } = await planDmarc(asked, [there], none, original);
    assert.deepEqual([text, problems], ["v=DMARC1; p=quarantine; x=1", []]);
  });

  it("refuses another stack's, two, a broken one, and one that is managed elsewhere", async () => {
    const cases: [DnsRecord[], RegExp][] = [
      [[dmarc('"v=DMARC1; p=none"', "Managed by Pulumi: x/y")], /belongs to the stack x\/y/],
      [[ours('"v=DMARC1; p=none"'), dmarc("v=DMARC1; p=none")], /are 2 DMARC records/],
      [[dmarc('"v=DMARC1"')], /names no policy/],
      [[dmarc("dmarc.example", "", "CNAME")], /is managed elsewhere/],
      [[ours('"v=DMARC1; p=none"'), dmarc("ns.example", "", "NS")], /is managed elsewhere/],
    ];
    for (const [records, rule] of cases) {
      const { text, problems } = await planDmarc(request({ adopt: true }), records, none);
      assert.equal(text, "");
      assert.equal(problems.length, 1);
      assert.equal(problems[0]?.key, `DMARC of ${DOMAIN}`);
      assert.match(problems[0]?.rule ?? "", rule);
    }
  });
});
