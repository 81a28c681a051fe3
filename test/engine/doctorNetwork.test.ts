// What `npm run doctor` finds of zones, records, ports and certificates, before and after an up, and of what is wrong with
// them. The lab's resolvers keep answers as real ones do; that a real port 25 is blocked is not shown here.
import assert from "node:assert/strict";
import { Resolver } from "node:dns/promises";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { CertificateRequest, RecordByHand } from "../../lab/src/lab.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import type { OpenedStack } from "../../scripts/engine/openStack.ts";
import { type Fixture, openFixture } from "./fixture.ts";
import { runReading } from "./readingScript.ts";

interface Told {
  readonly check: string;
  readonly severity: string;
  readonly what: string;
}

const CHECKS = ["zone", "records", "ports", "certificate"];

describe("npm run doctor, of the network", () => {
  let fixture: Fixture;
  let relay: OpenedStack;
  before(async () => {
    fixture = await openFixture();
    relay = await fixture.open();
  });
  after(() => fixture.close());

  async function look(args: readonly string[] = [], env: Record<string, string> = {}) {
    const ended = await runReading(
      fixture,
      relay,
      "scripts/doctor/main.ts",
      ["--stack", "lab", "--json", ...args],
      { env },
    );
    const { findings, notLookedAt } = JSON.parse(ended.stdout) as {
      findings: Told[];
      notLookedAt: { check: string; why: string }[];
    };
    const ours = findings.filter(({ check }) => CHECKS.includes(check));
    // What the seed's own records could do better is a warning.
    const bad = ours.filter(({ severity }) => ["error", "unknown"].includes(severity));
    return { findings: ours, notLookedAt, bad };
  }

  /** What is found of some kind and says all of some words. */
  const says = (findings: readonly Told[], severity: string, ...words: string[]) =>
    assert.ok(
      findings.some(
        (one) => one.severity === severity && words.every((word) => one.what.includes(word)),
      ),
      `${severity}: ${words.join(", ")}\n${JSON.stringify(findings, null, 2)}`,
    );

  /** The senders of the lab's stack that present a certificate, with its name. */
  const certificateSenders = () =>
    (
      labConfig(fixture.lab.world)["m365-smtp-relay:senders"] as {
        name: string;
        certificateName?: string;
      }[]
    ).flatMap(({ name, certificateName }) =>
      certificateName === undefined ? [] : [[name, certificateName] as const],
    );

  it("finds nothing wrong before the first up and after it", async () => {
    const early = await look();
    assert.deepEqual(early.bad, []);
    await relay.up({ skipPreview: true });
    // So long resolvers know that there were no records.
    await fixture.lab.clock.advance(3600_000);
    const { bad, findings } = await look();
    assert.deepEqual(bad, []);
    const looked = CHECKS.filter((name) => name !== "certificate");
    assert.deepEqual(new Set(findings.map(({ check }) => check)), new Set(looked));
  });

  it("names what was changed by hand in DNS, and which resolver does not know it yet", async () => {
    const { lab } = fixture;
    const { domain } = lab.world.tenant;
    const restore = await fixture.snapshot();
    await lab.clock.advance(3600_000);
    const [, late = ""] = (lab.env.M365_SMTP_RELAY_PUBLIC_RESOLVERS ?? "").split(",");
    const resolver = new Resolver();
    resolver.setServers([late]);
    await resolver.resolveTxt(`_dmarc.${domain}`);
    const isAt = (one: RecordByHand, name: string, type: string) =>
      one.name === name && one.type === type;
    lab.editZone(domain, (records) => [
      ...records
        .filter((one) => !isAt(one, `_dmarc.${domain}`, "TXT"))
        .map((one) =>
          isAt(one, `selector1._domainkey.${domain}`, "CNAME")
            ? { ...one, content: "selector1-old._domainkey.contoso.onmicrosoft.com" }
            : one,
        ),
      { type: "TXT", name: domain, content: '"v=spf1 +all"', ttl: 300 },
    ]);
    const { findings } = await look();
    says(findings, "error", "2 SPF records");
    says(findings, "error", `TXT _dmarc.${domain}`, "there is none");
    says(findings, "error", `selector1._domainkey.${domain}`, "selector1-old");
    says(findings, "warning", `TXT _dmarc.${domain}: "v=DMARC1`, `at ${late}, but none at`);
    const differing = findings.filter(({ what }) => /, but (?:none|".*") at /.test(what));
    assert.deepEqual(
      differing.map(({ what }) => what.includes(late)),
      [true],
    );
    await restore();
  });

  it("does not take a token that sees no zone, or a server that is silent, for good", async () => {
    const blind = await look([], { CLOUDFLARE_API_TOKEN: "" });
    says(blind.findings, "unknown", "CLOUDFLARE_API_TOKEN is not set");
    const mute = await look([], { M365_SMTP_RELAY_PUBLIC_RESOLVERS: "127.9.9.9:1" });
    says(mute.findings, "unknown", "127.9.9.9:1 did not answer");
    const { domain } = fixture.lab.world.tenant;
    const restore = await fixture.snapshot();
    const zone = fixture.lab.world.cloudflare.zones.find(({ name }) => name === domain);
    assert.ok(zone);
    zone.status = "pending";
    const { findings } = await look();
    says(findings, "error", `the zone ${domain} is not active`);
    await restore();
  });

  it("sees a port that is closed, and a STARTTLS that is taken away", async () => {
    const { lab } = fixture;
    const { mxHost } = lab.world.tenant;
    const closed = await look([], {
      M365_SMTP_RELAY_CONNECT_TO: `${mxHost}:25=127.0.0.1:1,smtp.office365.com:587=127.0.0.1:${lab.ports.submission}`,
    });
    says(closed.findings, "warning", `${mxHost}:25 can't be reached`, "ECONNREFUSED");
    says(closed.findings, "ok", "smtp.office365.com:587 answers", "AUTH LOGIN XOAUTH2");
    lab.faults.inject({
      where: { service: "smtp", match: "EHLO" },
      what: { kind: "withoutStartTls" },
      times: 2,
    });
    const { findings } = await look();
    says(findings, "error", "25 offers no STARTTLS");
    says(findings, "error", "587 offers no STARTTLS");
  });

  it("judges the certificate of a sender where it is given, and asks for it where it is not", async () => {
    const { lab, folder } = fixture;
    const [[name, certificateName]] = certificateSenders() as [[string, string]];
    const file = join(folder, "chain.pem");
    const present = async (change: Partial<CertificateRequest>, cut?: RegExp) => {
      const request = { names: [certificateName], issuer: "public", ...change } as const;
      const { chain, key } = await lab.issueCertificate(request as CertificateRequest);
      await writeFile(file, `${key}\n${cut === undefined ? chain : chain.replace(cut, "")}`);
      return look(["--certificate", `${name}=${file}`]);
    };
    const left = await look();
    assert.match(
      left.notLookedAt.find(({ check }) => check === "certificate")?.why ?? "",
      new RegExp(`give --certificate ${name}=FILE`),
    );
    const good = await present({});
    says(
      good.findings,
      "ok",
      `${name} presents a certificate for ${certificateName}`,
      "Lab Root CA",
    );
    const expired = await present({ notAfter: new Date(Date.now() - 3600_000) });
    says(expired.findings, "error", `${certificateName} expired on`);
    const incomplete = await present({}, /(?<=-----END CERTIFICATE-----)[\s\S]*/);
    says(incomplete.findings, "error", "not complete", "Lab Issuing CA");
    const own = await present({ issuer: "self-signed" });
    says(own.findings, "error", "self-signed");
  });
});
