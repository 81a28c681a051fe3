// A zone that has another id than state has: moved to another account, added again, split off, or gone.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { dmarcRecord } from "../../../providers/dns/dmarcRecord.ts";
import { dnsRecord } from "../../../providers/dns/dnsRecord.ts";
import { mxRecord } from "../../../providers/dns/mxRecord.ts";
import { spfRecord } from "../../../providers/dns/spfRecord.ts";
import type { ZoneAccess } from "../../../providers/host/zones.ts";
import { thrownBy } from "../tenant/bench.ts";
import { lifeOf } from "./life.ts";
import { OWNER, useZoneFixture } from "./zoneFixture.ts";

const NEW_ID = "f".repeat(32);

describe("in a zone with another id", () => {
  const fixture = useZoneFixture("moved zone");

  const own = () => {
    const { cloudflare } = fixture.lab.world;
    const zone = cloudflare.zones.find(({ name }) => name === fixture.domain);
    if (!zone) throw new Error("the account has lost the zone");
    return { cloudflare, zone };
  };
  /** The zone as it is after it was added again: as it was, with new ids and without comments. */
  function addAgain({ empty = false } = {}): void {
    const { cloudflare, zone } = own();
    delete cloudflare.token.permissions[zone.id];
    cloudflare.token.permissions[NEW_ID] = ["zone:read", "dns:read", "dns:edit"];
    zone.id = NEW_ID;
    zone.records = empty
      ? []
      : zone.records.map((record, index) => ({
          ...record,
          id: (index + 1).toString(16).padStart(32, "e"),
          comment: null,
        }));
  }
  const removeZone = (): void => {
    const { cloudflare, zone } = own();
    delete cloudflare.token.permissions[zone.id];
    cloudflare.zones = cloudflare.zones.filter((one) => one !== zone);
  };

  const inZone = (zoneId: string) => ({ zoneId, zone: fixture.domain, owner: OWNER });
  const kinds: Readonly<
    Record<
      string,
      {
        open: (access: ZoneAccess) => never;
        declare: (zoneId: string) => object;
        at: () => [string, string];
      }
    >
  > = {
    SpfRecord: {
      open: (access) => spfRecord(access) as never,
      declare: (zoneId) => ({
        ...inZone(zoneId),
        domain: fixture.domain,
        terms: ["include:spf.protection.outlook.com"],
      }),
      at: () => [fixture.domain, "TXT"],
    },
    DmarcRecord: {
      open: (access) => dmarcRecord(access) as never,
      declare: (zoneId) => ({
        ...inZone(zoneId),
        ...{ domain: fixture.domain, rua: [], adopt: false, policy: "quarantine" },
      }),
      at: () => [`_dmarc.${fixture.domain}`, "TXT"],
    },
    MxRecord: {
      open: (access) => mxRecord(access) as never,
      declare: (zoneId) => ({
        ...inZone(zoneId),
        ...{ domain: `mail.${fixture.domain}`, mxHost: "mx.contoso.example" },
      }),
      at: () => [`mail.${fixture.domain}`, "MX"],
    },
    DnsRecord: {
      open: (access) => dnsRecord(access) as never,
      declare: (zoneId) => ({
        ...inZone(zoneId),
        ...{ name: `selector1._domainkey.${fixture.domain}`, type: "CNAME", purpose: "dkim" },
        content: "one.dkim.example",
      }),
      at: () => [`selector1._domainkey.${fixture.domain}`, "CNAME"],
    },
  };

  for (const [name, { open, declare, at }] of Object.entries(kinds)) {
    const life = () => lifeOf<object, object>(() => open(fixture.access()));
    const start = () => {
      const isOurs = ({
        name: of,
        type,
        content,
      }: {
        name: string;
        type: string;
        content: string;
      }) => of === at()[0] && type === at()[1] && !/MS=|site-ver/.test(content);
      fixture.lab.editZone(fixture.domain, (all) => all.filter((record) => !isOurs(record)));
      return life().up(declare(fixture.zoneId));
    };
    const marked = () => fixture.at(...at()).filter(({ comment }) => comment?.endsWith(OWNER));

    for (const empty of [false, true]) {
      it(`a ${name} is made in it in one update, ${empty ? "which is empty" : "which has copies of the records"}`, async () => {
        const made = await start();
        const [{ content } = { content: "" }] = marked();
        addAgain({ empty });
        const moved = await life().up(declare(NEW_ID), made);
        assert.equal(moved.step, "update");
        assert.deepEqual(
          marked().map((record) => record.content),
          [content],
        );
        assert.equal((await life().up(declare(NEW_ID), moved)).step, "same");
        assert.equal((await life().refresh(moved))?.drift, false);
        assert.match(
          fixture.said.join("\n"),
          /is not at Cloudflare as [0-9a-f]+ any more; its records there/,
        );
        await life().destroy(moved);
        assert.deepEqual(marked(), []);
      });
    }

    it(`a ${name} counts as gone for refresh and destroy`, async () => {
      const made = await start();
      addAgain();
      const before = fixture.held();
      assert.equal(await life().refresh(made), undefined);
      await life().destroy(made);
      assert.deepEqual(fixture.held(), before);
    });

    it(`a ${name} counts as gone when the zone is at another host, and not when the token just does not see it`, async () => {
      const made = await start();
      const { cloudflare, zone } = own();
      const permissions = { ...cloudflare.token.permissions };
      delete cloudflare.token.permissions[zone.id];
      assert.match(
        (await thrownBy(() => life().destroy(made))).message,
        /Zone\.DNS Edit for this zone/,
      );
      assert.match(
        (await thrownBy(() => life().refresh(made))).message,
        /Zone\.DNS Edit for this zone/,
      );
      cloudflare.token.permissions = permissions;
      removeZone();
      assert.equal(await life().refresh(made), undefined);
      await life().destroy(made);
    });

    it(`a ${name} leaves a zone that is still there for one of its own`, async () => {
      const made = await start();
      const { cloudflare, zone } = own();
      cloudflare.zones.push({ ...structuredClone(zone), id: NEW_ID, records: [], past: [] });
      cloudflare.token.permissions[NEW_ID] = ["zone:read", "dns:read", "dns:edit"];
      const moved = await life().up(declare(NEW_ID), made);
      assert.equal(moved.step, "update");
      assert.deepEqual(marked(), []);
      const other = cloudflare.zones.find(({ id }) => id === NEW_ID);
      assert.equal(other?.records.filter(({ comment }) => comment?.endsWith(OWNER)).length, 1);
    });
  }
});
