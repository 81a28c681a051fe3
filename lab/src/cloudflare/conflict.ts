import { parseText } from "../dns/text.ts";
import type { Sourced } from "../reply.ts";
import type { HttpReply } from "../web/reply.ts";
import type { Zone, ZoneRecord } from "../world/world.ts";
import type { Draft } from "./draft.ts";
import * as refusals from "./refusals.ts";

/** Why a record can't stand beside those that are there (`except` for the one it replaces). */
export function refuseConflict(
  draft: Draft,
  zone: Zone,
  except?: ZoneRecord,
): Sourced<HttpReply> | undefined {
  const same = zone.records.filter((one) => one !== except && one.name === draft.name);
  if (same.some((one) => isIdentical(one, draft))) return refusals.identical();
  const addresses = ["A", "AAAA", "CNAME"];
  // At the apex a CNAME is flattened, so mail records may stand beside it.
  const barred = (type: string): boolean => draft.name !== zone.name || addresses.includes(type);
  if (draft.type === "CNAME") {
    return same.some(({ type }) => barred(type)) ? refusals.hostTaken() : undefined;
  }
  const alias = same.some(({ type }) => type === "CNAME");
  return alias && barred(draft.type) ? refusals.cnameTaken() : undefined;
}

function isIdentical(one: Draft, other: Draft): boolean {
  return one.type === other.type && dataOf(one) === dataOf(other);
}

function dataOf({ type, content }: Draft): string {
  return type === "TXT" ? (parseText(content) ?? [content]).join("") : content;
}
