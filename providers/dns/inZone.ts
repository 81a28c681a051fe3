import type { Owners } from "../../mail/ownership.ts";
import { ZoneError } from "../../zone/zoneError.ts";
import type { ZoneAccess } from "../host/zones.ts";

/** The zone of a record. */
export interface InZone {
  /** Cloudflare's id of the zone. */
  readonly zoneId: string;
  /** Its name. */
  readonly zone: string;
}

/**
 * Acts in the zone that state names. A zone that was moved to another account, or removed and added again, has another
 * id, and the records of the former one are gone with it.
 *
 * @param gone what to return then
 */
export async function unlessZoneGone<T>(
  access: ZoneAccess,
  { zoneId, zone }: InZone,
  gone: T,
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const isDenied = error instanceof ZoneError && [403, 404].includes(error.status);
    if (!isDenied || !(await access.isGone(zoneId, zone))) throw error;
    console.log(
      `the zone ${zone} is not at Cloudflare as ${zoneId} any more; its records there count as gone`,
    );
    return gone;
  }
}

/** The inputs with the owner that state recorded, from before the stack or project was renamed. */
export const ownedBy = <T extends Owners>(inputs: T, olds: Partial<Owners> | undefined): T =>
  olds?.owner === undefined || olds.owner === inputs.owner
    ? inputs
    : { ...inputs, formerOwners: [olds.owner] };

/** What of a resource replaces it: it is one domain's. */
export const otherDomain = (
  olds: { readonly domain: string },
  news: { readonly domain: string },
): string[] => (olds.domain === news.domain ? [] : ["domain"]);
