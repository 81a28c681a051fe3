import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { readConfig } from "../../../config/read.ts";
import { printedLeft } from "../../../scripts/teardown/print.ts";
import { sweep } from "../../../scripts/teardown/sweep.ts";
import { openTenantBench, type TenantBench } from "../tenant/bench.ts";

describe("a sweep", () => {
  let bench: TenantBench;
  before(async () => {
    bench = await openTenantBench("sweep");
  });
  after(() => bench.lab.close());

  it("does not say that nothing is left in DNS where it can't look", async () => {
    const config = readConfig(
      {
        "azuread:tenantId": bench.lab.world.tenant.id,
        "m365-smtp-relay:domains": JSON.stringify([
          { name: "contoso.com", dns: { host: "external" } },
        ]),
        "m365-smtp-relay:senders": JSON.stringify([
          {
            ...{ name: "erp", from: ["*@contoso.com"], authentication: ["staticIp"] },
            egress: ["8.8.8.8"],
          },
        ]),
      },
      "prod",
    );
    const target = { connection: await bench.connect(), stack: "prod", config, state: undefined };
    const { left, kept, unseen } = await sweep(target);
    assert.deepEqual([left, kept], [[], []]);
    assert.deepEqual(unseen, [
      "nobody has looked for records of contoso.com, whose DNS is not at Cloudflare: remove by hand what npm run dns listed",
    ]);
    assert.deepEqual(printedLeft("prod", left, unseen), [
      'stack "prod": nothing left where it was looked',
    ]);
  });
});
