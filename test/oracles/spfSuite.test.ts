// OpenSPF's suite for RFC 7208, served by the lab's name server, judged by what the lab's receiver uses, by pyspf and by
// our reading of records. Does not prove that the three read a message alike: delivered.test.ts does.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type DnsServer, serveDns } from "../../lab/src/dns/server.ts";
import { findOracles } from "../../scripts/oracles/find.ts";
import { type Judge, openJudge } from "./judge.ts";
import { ourVerdict } from "./ourVerdict.ts";
import { askReceiver } from "./receiver.ts";
import { SKIPPED, type Verifier } from "./skipList.ts";
import { readSuite, type SuiteCase, type SuiteZone } from "./suite.ts";
import { answerFrom } from "./suiteDns.ts";
import { tableOf } from "./table.ts";

const VERIFIERS: readonly Verifier[] = ["mailauth", "pyspf", "mail/dns"];

/** What one verifier says of one case. */
interface Report {
  verifier: Verifier;
  one: SuiteCase;
  said: string;
  why: string;
  agrees: boolean;
}

const oracles = await findOracles();
const suite = oracles.kind === "found" ? oracles.suite : oracles;

describe("OpenSPF's suite", { skip: suite.kind === "missing" && suite.reason }, () => {
  const scenarios = suite.kind === "found" ? readSuite(suite.file) : [];
  const reports: Report[] = [];
  let zone: SuiteZone;
  let dns: DnsServer;
  let judge: Judge;
  before(async () => {
    assert.equal(oracles.kind, "found");
    if (oracles.kind === "found") judge = openJudge(oracles);
    dns = await serveDns(
      answerFrom(() => zone),
      0,
    );
  });
  after(async () => {
    await Promise.all([judge.close(), dns.close()]);
    console.log(`OpenSPF's suite for RFC 7208\n${countsOf(reports)}\n${skipsOf(reports)}`);
  });

  for (const scenario of scenarios) {
    it(scenario.name, async () => {
      zone = scenario.zone;
      const judged: Report[] = [];
      for (const one of scenario.cases) judged.push(...(await judgeCase(one)));
      reports.push(...judged);
      const wrong = scenario.cases.filter((one) =>
        judged.some((report) => report.one === one && report.agrees === isSkipped(report)),
      );
      const texts = wrong.map((one) => describeCase(judged.filter((report) => report.one === one)));
      assert.equal(texts.length, 0, texts.join("\n\n"));
    });
  }

  it("was read whole, with every case that the skip list names", () => {
    const names = reports.map(({ one }) => `${one.scenario}/${one.name}`);
    assert.ok(new Set(names).size >= 200);
    const unknown = SKIPPED.filter((skip) => !names.includes(`${skip.scenario}/${skip.case}`));
    assert.deepEqual(unknown, []);
  });

  async function judgeCase(one: SuiteCase): Promise<Report[]> {
    const { host: ip, mailfrom: from, helo } = one;
    const pyspf = await judge.ask({ dns: dns.port, spf: { ip, from, helo } });
    const mailauth = await askReceiver(one, dns.port);
    const ours = await ourVerdict(one, dns.port);
    return [
      report("mailauth", one, mailauth.result, mailauth.why),
      report("pyspf", one, pyspf.spf, pyspf.why),
      {
        verifier: "mail/dns",
        one,
        ...ours,
        agrees: one.results.some(
          (result) => (result === "permerror") === (ours.said === "permerror"),
        ),
      },
    ];
  }
});

function report(verifier: Verifier, one: SuiteCase, said: string, why: string): Report {
  return { verifier, one, said, why, agrees: one.results.includes(said) };
}

function isSkipped({ verifier, one }: Report): boolean {
  return reasonOf(verifier, one) !== undefined;
}

function reasonOf(verifier: Verifier, { scenario, name }: SuiteCase): string | undefined {
  const is = (skip: (typeof SKIPPED)[number]): boolean =>
    skip.verifier === verifier && skip.scenario === scenario && skip.case === name;
  return SKIPPED.find(is)?.reason;
}

/** Every verifier's words on a case. */
function describeCase(judged: readonly Report[]): string {
  const [{ one } = {}] = judged;
  const lines = judged.map((said) => {
    const verdict = said.agrees ? "agrees" : "disagrees";
    const skip = isSkipped(said) ? `, and is on the skip list` : "";
    return `  ${said.verifier}: ${said.said} (${said.why}): ${verdict}${skip}`;
  });
  const wanted = one?.results.join(" or ");
  return `${one?.name} (RFC 7208 ${one?.spec}) wants ${wanted}:\n${lines.join("\n")}`;
}

function countsOf(reports: readonly Report[]): string {
  const rows = VERIFIERS.map((verifier) => {
    const own = reports.filter((one) => one.verifier === verifier);
    const skipped = own.filter(isSkipped).length;
    const agreed = own.filter((one) => one.agrees && !isSkipped(one)).length;
    return [verifier, own.length, agreed, skipped, own.length - agreed - skipped];
  });
  return tableOf(["verifier", "cases", "agreed", "skipped", "disagreed"], rows);
}

function skipsOf(reports: readonly Report[]): string {
  return reports
    .filter(isSkipped)
    .map(({ verifier, one, said }) => {
      const wanted = one.results.join(" or ");
      return `${verifier} skips "${one.scenario}", ${one.name} (wants ${wanted}, gets ${said}): ${reasonOf(verifier, one)}`;
    })
    .join("\n");
}
