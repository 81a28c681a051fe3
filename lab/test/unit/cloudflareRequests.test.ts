// Every request that the unmodified cloudflare plugin (6.22.1) made in one lifecycle, sent to the lab's Cloudflare
// in order: up, unchanged preview, refresh, update, destroy. azureadRequests.test.ts does the same for azuread.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openLab } from "../../src/lab.ts";
import { type CloudflareAnswer, cloudflareOf, zonesOf } from "./cloudflareClient.ts";
import { countPhases, looksLike, mapper, recordingOf } from "./recording.ts";

/** What the recording has in the place of the lab's own names and ids. */
const RECORDED = {
  domain: "contoso.com",
  zone: "a".repeat(32),
  cname: "e92e9c778a6cffbebedea22689ea27b9",
  dmarc: "c1bba5b64fc17e066c035ff3d385dbf6",
};

const recording = recordingOf("cloudflare");

/** Fields of a record in the plugin's schema. */
const RECORD_FIELDS =
  "id name type content ttl proxied proxiable settings meta comment tags created_on modified_on";
/** Fields of a zone in the plugin's schema that a zone always has. */
const ZONE_FIELDS =
  "id name status paused type account owner plan meta name_servers original_name_servers original_registrar original_dnshost development_mode activated_on created_on modified_on";

describe("the recorded requests of the cloudflare plugin", () => {
  it("are complete", () => {
    assert.deepEqual(countPhases(recording), [5, 4, 4, 5, 2]);
  });

  it("get the recorded status and the fields that the plugin reads", async () => {
    const lab = await openLab({ seed: "plugin requests" });
    const api = cloudflareOf(lab);
    const { own } = zonesOf(lab);
    const before = structuredClone(own.records);
    const { domain } = lab.world.tenant;
    const ids = new Map([
      [RECORDED.domain, domain],
      [RECORDED.zone, own.id],
    ]);
    const mapped = mapper(ids);

    for (const { method, path, body, status, phase } of recording) {
      const sent = body && JSON.parse(mapped(JSON.stringify(body)));
      const answer = await api.ask(method, mapped(path).replace("/client/v4", ""), sent);
      const what = `${phase}: ${method} ${path}`;
      assert.equal(answer.status, status, `${what}: ${answer.text}`);
      judge(answer, method, path, sent);
      if (method === "POST") {
        ids.set(sent.type === "CNAME" ? RECORDED.cname : RECORDED.dmarc, answer.result.id);
      }
    }
    assert.deepEqual(own.records, before);
    assert.deepEqual(lab.log.events({ refused: true }), []);
    await lab.close();
  });
});

function judge(answer: CloudflareAnswer, method: string, path: string, sent?: object): void {
  assert.equal(answer.success, true);
  if (method === "DELETE") {
    assert.deepEqual(Object.keys(answer.result), ["id"]);
    return;
  }
  if (Array.isArray(answer.result)) {
    const fields = path.includes("dns_records") ? RECORD_FIELDS : ZONE_FIELDS;
    for (const entity of answer.results) looksLike(entity, fields);
    assert.equal(answer.results.length > 0, !path.includes("page=2"), path);
    assert.ok(answer.info.total_count > 0);
    return;
  }
  looksLike(answer.result, RECORD_FIELDS);
  const held: Record<string, unknown> = { ...answer.result };
  for (const [field, value] of Object.entries(sent ?? {})) {
    assert.deepEqual(held[field], value, field);
  }
}
