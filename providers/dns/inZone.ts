import type { Owners } from "../../mail/ownership.ts";
import { type Problem, sentence } from "../../mail/problem.ts";
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

/** An update of a record. Where its zone has another id, it is written there and withdrawn from the former one. */
export const updateInZone =
  <News extends InZone, Olds extends InZone>(
    write: (news: News, olds: Olds) => Promise<Olds>,
    withdraw: (olds: Olds) => Promise<void>,
  ) =>
  async (_id: string, olds: Olds, news: News): Promise<{ outs: Olds }> => {
    const outs = await write(news, olds);
    if (olds.zoneId !== news.zoneId) await withdraw(olds);
    return { outs };
  };

/**
 * Tries a write again that somebody else's has crossed. The first try may rest on what was read earlier in the run.
 *
 * @param tryWrite gives undefined when somebody else changed the record since it was read
 * @param record as a sentence names it: `the SPF record of contoso.com`
 */
export async function untilUncrossed<T>(
  tryWrite: () => Promise<T | undefined>,
  record: string,
  tries = 2,
): Promise<T> {
  for (let tried = 1; tried <= tries; tried++) {
    const done = await tryWrite();
    if (done !== undefined) return done;
  }
  throw new Error(`somebody else keeps changing ${record}; run it again when they have finished`);
}

/** Stops a write that problems stand in the way of. */
export function stopAt(problems: readonly (Problem | undefined)[]): void {
  const found = problems.filter((problem) => problem !== undefined);
  if (found.length > 0) throw new Error(found.map(sentence).join("\n"));
}
