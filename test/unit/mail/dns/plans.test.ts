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
import {
  addedTo,
  additionOf,
  originalOf,
  planSpf,
  restOf,
  spfRecordsOf,
} from "../../../../mail/dns/spf/plan.ts";

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
    assert.deepEqual(lookUps, [
      DOMAIN,
      `  ${EXCHANGE}  1`,
      "1 of 10 look-ups, 0 of 2 void (for mail over IPv4)",
    ]);
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
    assert.equal(lookUps.at(-1), "3 of 10 look-ups, 3 of 2 void (for mail over IPv4)");
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

  it("refuses a record that is meant as SPF and not one, instead of making a second", async () => {
    for (const content of [
      '"\\"v=spf1 mx -all\\""',
      '" v=spf1 mx -all"',
      '"\\239\\187\\191v=spf1 mx -all"',
      '"spf1 mx -all"',
      '"v=spf1;mx;-all"',
      '"include:spf.protection.outlook.com -all"',
    ]) {
      const { found, text, problems } = await plan([record(content), record('"MS=ms1"')]);
      assert.deepEqual([found, text, problems.length], [undefined, "", 1]);
      assert.match(problems[0]?.rule ?? "", /so receivers see no SPF record$/);
      const fixed = /^change it to "(.*)"$/.exec(problems[0]?.fix ?? "")?.[1] ?? "";
      const after = await plan([record(fixed)]);
      assert.deepEqual(after.problems, []);
      assert.match(after.text, /^v=spf1 (?:mx )?include:spf.protection.outlook.com -all$/);
    }
  });

  it("warns of such a record beside one that receivers take", async () => {
    const { text, problems, warnings } = await plan([
      record("v=spf1 -all"),
      record("include:spf.contoso.com -all"),
    ]);
    assert.deepEqual([text, problems], [`v=spf1 ${EXCHANGE} -all`, []]);
    assert.deepEqual(
      warnings.map(({ value }) => value),
      ["include:spf.contoso.com -all"],
    );
  });

  it("writes one of ours anew that somebody broke", async () => {
    const broken = record('"v=spf1;mx"', { comment: "Managed by Pulumi: project/stack" });
    const { found, text, problems } = await plan([broken]);
    assert.deepEqual([found, text, problems], [broken, `v=spf1 ${EXCHANGE} ~all`, []]);
  });
});

describe("what an SPF record has of ours", () => {
  const ours = { added: [EXCHANGE], original: '"v=spf1 a -all"', written: '"v=spf1 a inc -all"' };
  const [merged, own] = [`"v=spf1 a ${EXCHANGE} -all"`, '"v=spf1 a -all"'];
  const made = { added: [EXCHANGE], original: null, written: "" };

  it("is taken out of what others have written since; as we left it, the original comes back", () => {
    assert.equal(restOf(merged, ours), own);
    assert.equal(
      restOf(ours.written, { ...ours, original: '"v=spf1 a  -all"' }),
      '"v=spf1 a  -all"',
    );
    assert.equal(restOf('"v=spf1 mx -all"', ours), '"v=spf1 mx -all"');
  });

  it("is the whole of a record that we made", () => {
    assert.equal(restOf(`"v=spf1 ${EXCHANGE} ~all"`, made), undefined);
  });

  it("is kept out of the content to put back in the end", () => {
    assert.equal(originalOf(own, undefined), own);
    assert.equal(originalOf(merged, ours), own);
    assert.equal(originalOf(merged, made), null);
  });

  it("is the terms that the owner's record did not have", () => {
    assert.deepEqual(addedTo(undefined, [EXCHANGE]), []);
    assert.deepEqual(addedTo("", [EXCHANGE]), [EXCHANGE]);
    assert.deepEqual(addedTo("v=spf1 a -all", ["a", EXCHANGE]), [EXCHANGE]);
  });

  it("is known by the record's id, by a copy in a zone that was moved, and by our mark", () => {
    const stored = (id: string, content: string, comment = "") => ({
      ...record(content),
      ...{ id, comment, proxied: false },
    });
    const request = { owner: "p/s", domain: DOMAIN, terms: [EXCHANGE], zoneId: "z" };
    const olds = { ...ours, recordId: "1", zoneId: "z", after: "v=spf1 a -all" };
    assert.equal(additionOf([stored("1", merged)], request, olds), olds);
    assert.equal(additionOf([stored("2", own)], request, olds), undefined);
    assert.equal(additionOf([stored("2", own)], { ...request, zoneId: "new" }, olds), olds);
    assert.deepEqual(additionOf([stored("2", own, "Managed by Pulumi: p/s")], request), made);
  });
});

describe("planDmarc", () => {
  const NAME = `_dmarc.${DOMAIN}`;
  const OWNER = "relay/prod";
  const NOTHING = { text: "", inherits: "", problems: [], warnings: [] };
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
      ...NOTHING,
      found: undefined,
      text: "v=DMARC1; p=none",
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
    assert.deepEqual(await under("v=DMARC1; p=reject"), { ...NOTHING, found: undefined });
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
      ...NOTHING,
      found: there,
      text: "v=DMARC1; p=none",
    });
    const domain = `mail.${DOMAIN}`;
    const sub = { ...there, name: dmarcName(domain) };
    const back = await planDmarc(request({ domain }), [sub], above("v=DMARC1; p=reject"));
    assert.deepEqual(back, { ...NOTHING, found: sub });
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

  it("shows somebody else's broken record as a whole where it says that it is theirs", async () => {
    const text = "v=DMARC1; p=reject; p=none";
    const { problems } = await planDmarc(request({}), [dmarc(text)], none);
    assert.deepEqual(
      problems.map(({ value }) => value),
      ["p=none", text],
    );
  });

  it("refuses a record that is meant as DMARC and not one, instead of making a second", async () => {
    for (const content of [
      '"\\"v=DMARC1; p=reject\\""',
      '" v=DMARC1; p=reject"',
      '"\\194\\160v=DMARC1; p=reject"',
      '"v=dmarc1; p=reject"',
      '"v=DMARC1, p=reject"',
      '"p=reject; rua=mailto:dmarc@contoso.com"',
    ]) {
      for (const adopt of [true, false]) {
        const { found, text, problems } = await planDmarc(
          request({ adopt }),
          [dmarc(content)],
          none,
        );
        assert.deepEqual([found, text], [undefined, ""]);
        const [broken, foreign, ...more] = problems;
        assert.match(broken?.rule ?? "", /so receivers see no DMARC record$/);
        assert.deepEqual(more, []);
        assert.equal(foreign?.rule, adopt ? undefined : "is a record that somebody else created");
        const fixed = /^change it to "(.*)"$/.exec(broken?.fix ?? "")?.[1] ?? "";
        const after = await planDmarc(request({ adopt: true }), [dmarc(fixed)], none);
        assert.deepEqual([after.text, after.problems], [fixed, []]);
      }
    }
  });

  it("writes one of ours anew that somebody broke", async () => {
    for (const content of ['"v=dmarc1; p=reject"', '"v=DMARC1; p=none; p=reject"', '"hello"']) {
      const broken = ours(content);
      const { found, text, problems } = await planDmarc(request(), [broken], none);
      assert.deepEqual([found, text, problems], [broken, "v=DMARC1; p=none", []]);
    }
  });

  it("warns of what receivers pass over in a record that is adopted, and beside it", async () => {
    const there = dmarc('"v=DMARC1; p=reject; pct=50; rua=dmarc@contoso.com"');
    const beside = dmarc('"v=dmarc1; p=none"');
    const asked = request({ adopt: true });
    const { warnings, problems } = await planDmarc(asked, [there, beside], none);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      warnings.map(({ key, value }) => [key, value]),
      [
        [`DMARC of ${DOMAIN}`, "pct=50"],
        [`DMARC of ${DOMAIN}`, "dmarc@contoso.com"],
        [`DMARC of ${DOMAIN}`, "v=dmarc1; p=none"],
      ],
    );
  });

  it("refuses to adopt a record whose other tags keep the policy from having an effect", async () => {
    const there = dmarc('"v=DMARC1; p=none; sp=rejct; rua=mailto:dmarc@contoso.com"');
    const asked = request({ adopt: true, policy: "reject" });
    const { problems } = await planDmarc(asked, [there], none);
    assert.deepEqual(
      problems.map(({ value }) => value),
      ["sp=rejct"],
    );
    const fixed = await planDmarc({ ...asked, subdomainPolicy: "reject" }, [there], none);
    assert.deepEqual(fixed.problems, []);
  });

  describe("of a subdomain", () => {
    const domain = `mail.${DOMAIN}`;
    const PARENT =
      "v=DMARC1; p=reject; sp=quarantine; np=reject; adkim=s; aspf=S; t=y; pct=50; fo=1; ri=60; rua=mailto:old@contoso.com; ruf=mailto:f@contoso.com; psd=n";
    const under = (change: Partial<DmarcRequest>, text = PARENT) =>
      planDmarc(request({ domain, ...change }), [], above(text));

    it("inherits what it does not say itself, and says what", async () => {
      const { text, inherits, problems, warnings } = await under({ rua: ["mailto:a@b.example"] });
      const taken = "np=reject; adkim=s; aspf=s; t=y; pct=50; fo=1; ruf=mailto:f@contoso.com";
      assert.equal(text, `v=DMARC1; p=quarantine; rua=mailto:a@b.example; ${taken}`);
      assert.equal(inherits, `p=quarantine; ${taken} from ${NAME}`);
      assert.deepEqual(problems, []);
      assert.deepEqual(
        warnings.map(({ value, fix }) => [value, fix]),
        [["mailto:old@contoso.com", "add it to rua in the domain's dmarc settings to keep them"]],
      );
    });

    it("keeps the reports of the record above where it names none", async () => {
      const { text, warnings } = await under({ policy: "reject" });
      assert.match(text, /^v=DMARC1; p=reject; .*; rua=mailto:old@contoso\.com; ruf=/);
      assert.deepEqual(warnings, []);
    });

    it("inherits no defaults, and nothing that receivers don't know", async () => {
      const parent = "v=DMARC1; p=none; np=none; adkim=r; aspf=x; t=n; pct=100; fo=9; psd=n";
      const { text, inherits } = await under({ rua: ["mailto:a@b.example"] }, parent);
      assert.equal(text, "v=DMARC1; p=none; rua=mailto:a@b.example");
      assert.equal(inherits, `p=none from ${NAME}`);
    });

    it("goes by the policy that the stack gives the domain above, published or not", async () => {
      const change = {
        rua: ["mailto:a@b.example"],
        above: { domain: DOMAIN, policy: "reject" } as const,
      };
      const asked = request({ domain, ...change });
      const first = await planDmarc(asked, [], none);
      assert.deepEqual(
        [first.text, first.inherits],
        ["v=DMARC1; p=reject; rua=mailto:a@b.example", `p=reject from ${NAME}`],
      );
      const raised = await under(change, "v=DMARC1; p=none; adkim=s");
      assert.equal(raised.text, "v=DMARC1; p=reject; rua=mailto:a@b.example; adkim=s");
      const higher = above("v=DMARC1; p=quarantine", "_dmarc.com");
      const other = await planDmarc(asked, [], higher);
      assert.match(other.text, /p=quarantine/, "the organizational domain is another one");
    });

    it("goes by the subdomain policy that the stack leaves in the record above when it takes that over", async () => {
      const rua = ["mailto:a@b.example"];
      const policy = "reject" as const;
      const kept = { domain: DOMAIN, policy, keepsSubdomainPolicy: true };
      for (const [text, p] of [
        ["v=DMARC1; p=quarantine; sp=none; adkim=s", "none"],
        ["v=DMARC1; p=none; adkim=s", "reject"],
      ] as const) {
        const plan = await under({ rua, above: kept }, text);
        assert.equal(plan.text, `v=DMARC1; p=${p}; rua=mailto:a@b.example; adkim=s`);
      }
      const over = await under(
        { rua, above: { domain: DOMAIN, policy } },
        "v=DMARC1; p=none; sp=none",
      );
      assert.match(over.text, /p=reject/);
    });

    for (const text of [
      "v=DMARC1; p=rejct; sp=reject",
      "v=DMARC1; sp=reject; adkim=s",
      "v=DMARC1; p=reject; sp=rejct",
      "v=DMARC1; adkim=s",
    ]) {
      it(`inherits nothing of a record without a policy that receivers know: ${text}`, async () => {
        const { text: own, inherits } = await under({ rua: ["mailto:a@b.example"] }, text);
        assert.deepEqual([own, inherits], ["v=DMARC1; p=none; rua=mailto:a@b.example", ""]);
      });
    }

    it("inherits nothing where no record covers it", async () => {
      const asked = request({ domain, rua: ["mailto:a@b.example"] });
      const { text, inherits } = await planDmarc(asked, [], none);
      assert.deepEqual([text, inherits], ["v=DMARC1; p=none; rua=mailto:a@b.example", ""]);
    });
  });
});
