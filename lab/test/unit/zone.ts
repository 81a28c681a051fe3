import type { RecordByHand } from "../../src/cloudflare/byHand.ts";
import type { Lab, World } from "../../src/lab.ts";

/** An edit of a zone that puts records in the place of those with the same name and type. */
export const placing =
  (...placed: RecordByHand[]) =>
  (records: RecordByHand[]): RecordByHand[] => [...without(records, placed), ...placed];

/** An edit of a zone that takes every record of these names and types away. */
export const removing =
  (...gone: Pick<RecordByHand, "name" | "type">[]) =>
  (records: RecordByHand[]): RecordByHand[] =>
    without(records, gone);

function without(records: RecordByHand[], gone: Pick<RecordByHand, "name" | "type">[]) {
  return records.filter(
    ({ name, type }) => !gone.some((one) => one.name === name && one.type === type),
  );
}

/** The SPF record of the organisation's domain; a text that is not an SPF record is none. */
export function spfRecord({ tenant }: World, terms: string): RecordByHand {
  return { type: "TXT", name: tenant.domain, content: `"v=spf1 ${terms}"` };
}

/** The DMARC record of the organisation's domain. */
export function dmarcRecord({ tenant }: World, tags: string): RecordByHand {
  return { type: "TXT", name: `_dmarc.${tenant.domain}`, content: `"v=DMARC1; ${tags}"` };
}

/** The two CNAME records that a domain's DKIM config asks for. */
export function dkimRecords(world: World, domain = world.tenant.domain): RecordByHand[] {
  const config = world.dkimConfigs.find((one) => one.domain === domain);
  return (config?.selectors ?? []).map(({ cname }, index) => ({
    type: "CNAME",
    name: `selector${index + 1}._domainkey.${domain}`,
    content: cname,
  }));
}

/** Lets Exchange make the DKIM keys of the organisation's domain, which does not sign yet. */
export async function makeDkimKeys(lab: Lab): Promise<void> {
  lab.admin("New-DkimSigningConfig", { DomainName: lab.world.tenant.domain, Enabled: false });
  await lab.settle();
  await lab.clock.advance(lab.world.settings.dkimKeysMs);
}
