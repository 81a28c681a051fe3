// The stand-in for the cloudflare plugin on the real engine, through a record's life. What it asks Cloudflare is
// compared with what the plugin itself was recorded to ask. The Cloudflare of this test answers as the recording's did;
// nothing here proves what else the real one answers.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { DnsRecord } from "@pulumi/cloudflare/dnsRecord.js";
import { getZones } from "@pulumi/cloudflare/getZones.js";
import type { Change } from "../../../scripts/engine/operation.ts";
import { errorsOf, withFixture } from "../../../test/engine/fixture.ts";
import { type FakeCloudflare, openFakeCloudflare, type Request } from "../unit/fakeCloudflare.ts";

const DOMAIN = "contoso.com";

describe("the stand-in for the cloudflare plugin, on the engine", () => {
  it("asks in a record's life what the plugin asks", (t) =>
    withFixture(async ({ open, plugins }) => {
      if (plugins.some(({ kind }) => kind === "plugin")) t.diagnostic("the plugin itself is used");
      const cloudflare = await openFakeCloudflare();
      const asked = await recordedRequests();
      let policy = "none";
      const stack = await open({
        env: cloudflare.env,
        program: async () => {
          const { results } = await getZones({ name: DOMAIN });
          const zoneId = results[0]?.id ?? "";
          new DnsRecord("selector1", {
            zoneId,
            type: "CNAME",
            name: `selector1._domainkey.${DOMAIN}`,
            content: "x.dkim.mail.microsoft",
            ttl: 300,
            settings: { flattenCname: false },
          });
          const dmarc = new DnsRecord("dmarc", {
            zoneId,
            type: "TXT",
            name: `_dmarc.${DOMAIN}`,
            content: `"v=DMARC1; p=${policy}"`,
            comment: "relay",
            ttl: 300,
          });
          return { id: dmarc.id, proxied: dmarc.proxied };
        },
      });
      try {
        const made = ["create dmarc", "create selector1"];
        assert.deepEqual(
          opsOf(await stack.preview()),
          [...made, "create m365-smtp-relay-lab"].sort(),
        );
        assert.deepEqual(writesIn(requestsOf(cloudflare)), []);

        const { outputs } = await stack.up();
        assert.equal(cloudflare.records.has(String(outputs.id)), true);
        assert.equal(outputs.proxied, false);
        assert.deepEqual(once(requestsOf(cloudflare)), once(asked("up")));

        assert.deepEqual(await stack.preview(), []);
        assert.deepEqual(shapes(requestsOf(cloudflare)), shapes(asked("preview-unchanged")));

        assert.deepEqual(await stack.drift(), []);
        assert.deepEqual(await stack.refresh(), []);
        assert.deepEqual(shapes(requestsOf(cloudflare)), shapes(asked("refresh")));

        Object.assign(cloudflare.records.get(String(outputs.id)) ?? {}, { content: "by hand" });
        const [drift] = await stack.drift();
        assert.deepEqual(
          [drift?.op, drift?.name, drift?.properties],
          ["update", "dmarc", ["content"]],
        );
        assert.deepEqual(opsOf((await stack.up({ refresh: true })).changes), ["update dmarc"]);
        assert.equal(cloudflare.records.get(String(outputs.id))?.content, '"v=DMARC1; p=none"');

        policy = "reject";
        requestsOf(cloudflare);
        const { changes } = await stack.up();
        assert.deepEqual(opsOf(changes), ["update dmarc"]);
        assert.deepEqual(once(requestsOf(cloudflare)), once(asked("update")));

        cloudflare.records.delete(String(outputs.id));
        assert.deepEqual(opsOf(await stack.drift()), ["delete dmarc"]);
        await stack.up({ refresh: true });
        assert.equal(cloudflare.records.size, 2);

        requestsOf(cloudflare);
        await stack.destroy();
        assert.deepEqual(shapes(requestsOf(cloudflare)), shapes(asked("destroy")));
        assert.equal(cloudflare.records.size, 0);
      } finally {
        await cloudflare.close();
      }
    }));

  it("replaces a record whose type changes, imports one by zone and id, passes on a refusal", () =>
    withFixture(async ({ open }) => {
      const cloudflare = await openFakeCloudflare();
      const { zoneId } = cloudflare;
      const args = { zoneId, name: `a.${DOMAIN}`, content: "b.example", ttl: 300 };
      let record = { type: "CNAME", ttl: 300 };
      let id = "";
      const stack = await open({
        env: cloudflare.env,
        program: async () => {
          new DnsRecord("a", { ...args, ...record }, id === "" ? {} : { import: id });
        },
      });
      try {
        await stack.up();
        record = { type: "NS", ttl: 300 };
        const { changes } = await stack.up();
        assert.ok(opsOf(changes).includes("replace a"), opsOf(changes).join());
        assert.deepEqual(
          [...cloudflare.records.values()].map(({ type }) => type),
          ["NS"],
        );

        record = { type: "NS", ttl: 600 };
        cloudflare.refuse(400, 1004, "DNS Validation Error");
        const errors = await errorsOf(stack.up());
        assert.match(errors.join("\n"), /PUT ".*": 400 Bad Request .*"DNS Validation Error"/);

        record = { type: "NS", ttl: 300 };
        const [[other = "", kept] = []] = cloudflare.records;
        await stack.destroy();
        assert.equal(cloudflare.records.size, 0);
        cloudflare.records.set(other, kept ?? {});
        id = `${zoneId}/${other}`;
        assert.deepEqual(opsOf((await stack.up()).changes), [
          "create m365-smtp-relay-lab",
          "import a",
        ]);
        assert.deepEqual(await stack.preview(), []);
      } finally {
        await cloudflare.close();
      }
    }));

  it("works with the lab's own Cloudflare, over HTTPS", () =>
    withFixture(async ({ lab, open }) => {
      const { domain } = lab.world.tenant;
      const stack = await open({
        program: async () => {
          const { results } = await getZones({ name: domain });
          const name = `record.${domain}`;
          const content = `target.${domain}`;
          new DnsRecord("a", {
            zoneId: results[0]?.id ?? "",
            type: "CNAME",
            name,
            content,
            ttl: 300,
          });
        },
      });
      await stack.up();
      assert.deepEqual(await stack.preview(), []);
      assert.deepEqual(await stack.drift(), []);
      await stack.destroy();
      const asked = lab.log.events({ service: "cloudflare" }).map(({ what }) => what.split(" ")[0]);
      assert.deepEqual(
        asked.filter((method) => method !== "GET"),
        ["POST", "DELETE"],
      );
      assert.deepEqual(lab.log.events({ refused: true }), []);
    }));
});

const opsOf = (changes: readonly Change[]) => changes.map(({ op, name }) => `${op} ${name}`).sort();

/** What was asked since the last time. */
const requestsOf = ({ requests }: FakeCloudflare): Request[] => requests.splice(0);

const writesIn = (requests: readonly Request[]) =>
  shapes(requests.filter(({ method }) => method !== "GET"));

/** Every request by method, path and the keys of its body; what runs at once has no order. */
const shapes = (requests: readonly Request[]): string[] =>
  requests
    .map(({ method, path, body }) => {
      const shape = path.replaceAll(/[0-9a-f]{32}/g, "ID");
      return `${method} ${shape} ${body === undefined ? "" : keysOf(body)}`.trim();
    })
    .sort();

/** The same, with what was read counted once: our `up` previews first, the recorded one did not. */
const once = (requests: readonly Request[]): string[] => [
  ...new Set(shapes(requests.filter(({ method }) => method === "GET"))),
  ...writesIn(requests),
];

const keysOf = (body: object): string =>
  Object.entries(body)
    .map(([name, value]) => {
      const isNested = typeof value === "object" && value !== null && !Array.isArray(value);
      return isNested ? `${name}{${keysOf(value)}}` : name;
    })
    .join(",");

/** What the plugin asked, by phase of the recorded run; its program also listed records, by getDnsRecords. */
async function recordedRequests(): Promise<(phase: string) => Request[]> {
  const file = join(import.meta.dirname, "../data/plugin-requests.jsonl");
  const all = (await readFile(file, "utf8"))
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Request & { api: string; phase: string });
  const ofCloudflare = all.filter(
    ({ api, path }) => api === "cloudflare" && !path.includes("/dns_records?"),
  );
  return (wanted) => ofCloudflare.filter(({ phase }) => phase === wanted);
}
