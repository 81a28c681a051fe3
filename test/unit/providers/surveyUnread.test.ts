// What can't be read is reported beside what is wrong with the rest, in the same order in each run.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { StoredRecord } from "../../../mail/dns/record.ts";
import type { SurveyedDomain } from "../../../providers/dns/zoneProblems.ts";
import { openTenants } from "../../../providers/host/tenants.ts";
import { survey } from "../../../providers/survey.ts";
import { type Surveyed, type SurveyInputs, surveyInputs } from "../../../providers/surveyInputs.ts";
import { lifeOf } from "./life.ts";
import { OWNER, useZoneFixture } from "./zoneFixture.ts";

type Delay = (what: string) => number;

describe("a survey that can't read everything", () => {
  const fixture = useZoneFixture("survey unread");

  const TWO_RECORDS = ["v=spf1 mx -all", "v=spf1 -all"];
  const surveyed = (domain: string): SurveyedDomain => {
    const zone = { id: domain, name: domain };
    return {
      domain,
      zoneId: domain,
      spfTerms: ["include:spf.protection.outlook.com"],
      dmarc: { rua: [], adopt: true },
      records: [
        { zone, name: domain, type: "TXT", purpose: "spf" },
        { zone, name: `selector1._domainkey.${domain}`, type: "CNAME", purpose: "dkim" },
        { zone, name: `_dmarc.${domain}`, type: "TXT", purpose: "dmarc" },
      ],
      overrideWildcard: false,
      receives: false,
    };
  };
  const record = (type: string, name: string, content: string, id: string): StoredRecord => ({
    id,
    type,
    name,
    content,
    comment: "",
    proxied: false,
  });
  const mailbox = (sender: string, address: string): Surveyed["mailboxes"][number] => ({
    owner: `${OWNER}/${sender}`,
    address,
    name: `relay-test-${sender}`,
    kind: "shared",
    mayAdopt: true,
    sendAs: ["nobody@elsewhere.example"],
    byRole: true,
  });

  /** The refusals of a run in which these cmdlets and zones fail, each after a delay. */
  async function refusals(
    inputs: Partial<Surveyed>,
    fails: readonly string[],
    delay: Delay = () => 0,
  ): Promise<string[]> {
    const gate = async (what: string) => {
      await sleep(delay(what));
      if (fails.includes(what)) throw new Error(`${what} failed`);
    };
    const tenants = openTenants(
      () => fixture.connect(),
      (invoke) => async (cmdlet, parameters) => {
        await gate(cmdlet);
        return invoke(cmdlet, parameters);
      },
    );
    const zones = {
      ...fixture.access(),
      facts: async (zone: string) => {
        await gate(zone);
        return [
          ...TWO_RECORDS.map((text, index) => record("TXT", zone, `"${text}"`, `${index}`)),
          record("CNAME", `selector1._domainkey.${zone}`, "a.example", "2"),
        ];
      },
    };
    const declared = surveyInputs({
      ...fixture.tenant,
      owner: OWNER,
      domains: [],
      connectors: [],
      mailboxes: [],
      senders: {},
      ...inputs,
    });
    return lifeOf<SurveyInputs, object>(() => survey(tenants, zones)).refusals(declared);
  }

  it("hides nothing of one zone, cmdlet or service behind another, in one order however slow each is", async () => {
    const inputs = {
      domains: ["a.example", "b.example", "c.example", "d.example"].map(surveyed),
      connectors: [fixture.declared()],
      mailboxes: [mailbox("erp", `erp@${fixture.domain}`), mailbox("crm", `crm@${fixture.domain}`)],
    };
    const fails = [
      "a.example",
      "c.example",
      "Get-OrganizationConfig",
      "Get-InboundConnector",
      "Get-DkimSigningConfig",
    ];
    const reports = [];
    for (const delay of [0, 20, -20]) {
      const after: Delay = (what) => (what.length % 7) * Math.abs(delay) + (delay < 0 ? 5 : 0);
      const order: Delay = (what) => (delay < 0 ? 150 - after(what) : after(what));
      reports.push(await refusals(inputs, fails, delay === 0 ? () => 0 : order));
    }
    const [first = [], ...others] = reports;
    assert.deepEqual(others, [first, first]);
    const report = first.join("\n");
    for (const domain of ["a", "c"])
      assert.match(report, new RegExp(`^: ${domain}.example failed$`, "m"));
    assert.match(report, /^: Get-InboundConnector failed \(and 2 more like this\)$/m);
    for (const domain of ["a", "b", "c", "d"]) {
      assert.match(report, new RegExp(`${domain}\\.example: .*is not an accepted domain`));
    }
    for (const domain of ["b", "d"]) {
      assert.match(report, new RegExp(`SPF of ${domain}\\.example: .*2 SPF records`));
    }
    assert.match(report, /mailbox of erp: from: .*is not an address in the tenant/);
    assert.match(report, /mailbox of crm: from: .*is not an address in the tenant/);
    assert.equal(first.length, new Set(first).size, report);
  });

  it("judges the other records of a zone while Exchange's DKIM configurations can't be read", async () => {
    const report = await refusals({ domains: [surveyed("a.example")] }, ["Get-DkimSigningConfig"]);
    assert.match(report.join("\n"), /SPF of a\.example: .*2 SPF records/);
    assert.doesNotMatch(report.join("\n"), /selector1/);
    assert.equal(report.filter((line) => line === ": Get-DkimSigningConfig failed").length, 1);
  });

  it("says once what a hundred zones or all cmdlets answer alike, and lists ten answers at most", async () => {
    const names = Array.from({ length: 100 }, (_, index) => `d${index}.example`);
    const domains = names.map(surveyed);
    const unread = async (fails: readonly string[]) =>
      (await refusals({ domains, connectors: [fixture.declared()] }, fails)).filter((line) =>
        /failed\b|could not be read/.test(line),
      );
    assert.deepEqual(await unread(names), [": d0.example failed (and 99 more like this)"]);
    assert.deepEqual(await unread(["Get-InboundConnector", "Get-DkimSigningConfig"]), [
      ": Get-InboundConnector failed (and 1 more like this)",
    ]);
    const letters = [..."abcdefghijkl"].map((letter) => `${letter}.example`);
    const report = await refusals({ domains: letters.map(surveyed) }, letters);
    assert.deepEqual(report.slice(-10), [
      ...letters.slice(0, 9).map((letter) => `: ${letter} failed`),
      ": and 3 more that could not be read; fix these first",
    ]);
  });
});
