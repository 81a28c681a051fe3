import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Answer } from "../../../mail/dns/record.ts";
import type { Zones } from "../../../zone/cloudflare.ts";
import { zonesOf } from "../../../zone/leftovers.ts";

const OURS = ["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"];

/** Looks up zones where the token sees these, and where names have these name servers; undefined where DNS fails. */
function look(
  seen: Readonly<Record<string, string>>,
  servers: Readonly<Record<string, readonly string[] | undefined>>,
  wanted: Partial<Parameters<typeof zonesOf>[1]>,
) {
  const zones = { ids: async (name: string) => [seen[name] ?? []].flat() } as unknown as Zones;
  const resolve = async (name: string): Promise<Answer> => {
    if (!(name in servers)) return { status: "nodata" };
    const records = servers[name];
    return records === undefined
      ? { status: "failed", why: "SERVFAIL" }
      : { status: "found", records: [...records] };
  };
  return zonesOf(zones, { domains: [], names: [], known: [], ...wanted }, resolve);
}

describe("the zones of a stack", () => {
  it("are those that its domains stand in, each once, and the nearest of other names", async () => {
    const seen = { "contoso.com": "1", "reports.example": "2" };
    const wanted = {
      domains: ["contoso.com", "news.contoso.com"],
      names: ["dmarc.reports.example", "elsewhere.example"],
    };
    assert.deepEqual(await look(seen, {}, wanted), [
      { id: "1", name: "contoso.com" },
      { id: "2", name: "reports.example" },
    ]);
  });

  it("are not those of its state that have another id by now, or are at another host", async () => {
    const known = [
      { id: "1", name: "contoso.com" },
      { id: "2", name: "moved.example" },
      { id: "3", name: "hidden.example" },
    ];
    const servers = { "moved.example": ["ns1.host.example"], "hidden.example": OURS };
    assert.deepEqual(await look({ "contoso.com": "new" }, servers, { known }), [known[2]]);
  });

  it("have to be seen where the name servers of a domain are Cloudflare's, or nobody knows", async () => {
    const domains = ["news.contoso.com"];
    for (const servers of [{ "contoso.com": OURS }, { "contoso.com": undefined }]) {
      await assert.rejects(
        look({}, servers, { domains }),
        /^Error: nobody can look for records of n/,
      );
    }
    const elsewhere = { "news.contoso.com": ["ns1.host.example"], "contoso.com": OURS };
    assert.deepEqual(await look({}, elsewhere, { domains }), []);
  });
});
