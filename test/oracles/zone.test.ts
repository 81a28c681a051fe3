// Zone files that the lab and we write load in BIND's named-checkzone without a word. Does not prove that a hoster's
// own import takes them.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type Lab, openLab, type RecordByHand } from "../../lab/src/lab.ts";
import { cloudflareOf, zonesOf } from "../../lab/test/unit/cloudflareClient.ts";
import { zoneText } from "../../mail/dns/zoneText.ts";
import { findOracles } from "../../scripts/oracles/find.ts";

const oracles = await findOracles();

/** What zones have trouble with: long texts, quotes, backslashes, names that begin with an underscore. */
function oddRecords(domain: string): RecordByHand[] {
  const key = `v=DKIM1; k=rsa; p=${"MIIBIjANBgkqhkiG9w0B".repeat(20)}`;
  const text = (name: string, content: string) => ({ type: "TXT", name, content });
  return [
    text(`long._domainkey.${domain}`, key),
    text(`split._domainkey.${domain}`, `"${key.slice(0, 255)}" "${key.slice(255)}"`),
    text(`quoted.${domain}`, '"a \\"word\\" and a \\\\ in it; and more"'),
    text(`bare.${domain}`, "v=spf1 include:spf.protection.outlook.com -all"),
    text(`_dmarc.${domain}`, `"v=DMARC1; p=none; rua=mailto:dmarc@${domain}"`),
    text(`*.wild.${domain}`, '"v=spf1 -all"'),
    {
      type: "CNAME",
      name: `selector1._domainkey.${domain}`,
      content: "selector1-a-example._domainkey.a.n-v1.dkim.mail.microsoft",
    },
    { type: "AAAA", name: `six.${domain}`, content: "2001:db8::25" },
  ];
}

/**
 * Cloudflare lets owners give records of one name and type different TTLs (seen in sys4/netbox-plugin-dns#304), and the
 * worlds have such; BIND takes the first and remarks on it (RFC 2181 section 5.2).
 */
function withOneTtl(records: RecordByHand[]): RecordByHand[] {
  return records.map((record) => {
    const first = records.find(({ name, type }) => name === record.name && type === record.type);
    return { ...record, ttl: first?.ttl ?? 1 };
  });
}

describe("a zone file", { skip: oracles.kind === "missing" && oracles.reason }, () => {
  const folder = mkdtempSync(join(tmpdir(), "zone-"));
  let lab: Lab;
  before(async () => {
    lab = await openLab({ seed: process.env.LAB_SEED ?? "1" });
    const { domain } = lab.world.tenant;
    lab.editZone(domain, (records) =>
      withOneTtl([
        ...records.filter(({ name }) => name !== `_dmarc.${domain}`),
        ...oddRecords(domain),
      ]),
    );
  });
  after(async () => {
    await lab.close();
    rmSync(folder, { recursive: true });
  });

  it("that Cloudflare exports loads", async () => {
    const { own, readable } = zonesOf(lab);
    for (const { name, id } of [own, readable]) {
      const { status, text } = await cloudflareOf(lab).get(`/zones/${id}/dns_records/export`);
      assert.equal(status, 200);
      await load(name, text);
    }
  });

  it("that we write for DNS elsewhere loads, and says what Cloudflare's says", async () => {
    const { own } = zonesOf(lab);
    const { text } = await cloudflareOf(lab).get(`/zones/${own.id}/dns_records/export`);
    const records = own.records.map(({ comment: _comment, ...record }) => record);
    const ours = zoneText(own.name, records);
    const written = ours.split("\n").filter((line) => line !== "").length;
    assert.equal(written, own.records.length);
    const start = `${own.name}. 300 IN SOA ns.elsewhere.example. dns.elsewhere.example. 1 7200 3600 1209600 300\n${own.name}. 300 IN NS ns.elsewhere.example.\n`;
    assert.deepEqual(await load(own.name, start + ours), await load(own.name, text));
  });

  /**
   * Loads a zone as a name server does, without looking up what lies outside.
   *
   * @returns its records as BIND writes them, without TTL and without those of the zone's own
   */
  async function load(name: string, text: string): Promise<string[]> {
    assert.ok(oracles.kind === "found");
    const [file, dump] = [join(folder, name), join(folder, `${name}.dump`)];
    writeFileSync(file, text);
    const { namedCheckzone, env } = oracles;
    const said = await new Promise<string>((resolve) => {
      const args = ["-i", "local", "-s", "full", "-o", dump, name, file];
      execFile(namedCheckzone, args, { env: { ...process.env, ...env } }, (error, out, err) =>
        resolve(`${out}${err}${error === null ? "" : `\n${error.message}`}`),
      );
    });
    const report = `${said}\n${text}`;
    assert.match(said, /^zone \S+: loaded serial \d+\nOK\n$/, report);
    return readDump(dump);
  }
});

function readDump(file: string): string[] {
  const lines = readFileSync(file, "utf8").trim().split("\n");
  const records = lines.map((line) =>
    line.replace(/^(\S+)\s+\d+\s+IN\s+/, "$1 ").replaceAll(/\s+/g, " "),
  );
  return records.filter((record) => !/^\S+ (SOA|NS) /.test(record)).sort();
}
