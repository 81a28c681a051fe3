import { type Context, newHexId } from "../context.ts";
import { changeZone } from "../dns/changeZone.ts";
import type { Sourced } from "../reply.ts";
import type { HttpReply } from "../web/reply.ts";
import type { Zone, ZoneRecord } from "../world/world.ts";
import { type Body, readDraft, refuseConflict } from "./draft.ts";
import { succeeded } from "./envelope.ts";
import { presentRecord } from "./present.ts";

interface Place {
  zone: Zone;
  record: ZoneRecord;
}

type Answer = Sourced<HttpReply>;

/** Adds a record to its zone. */
export function addRecord(body: Body, zone: Zone, context: Context): Answer {
  const read = readDraft(body, zone);
  if ("refusal" in read) return read.refusal;
  const conflict = refuseConflict(read.draft, zone, context.world);
  if (conflict) return conflict;
  const now = stamp(context);
  const id = newHexId(context.world);
  const record: ZoneRecord = { id, ...read.draft, createdOn: now, modifiedOn: now };
  changeZone(zone, [...zone.records, record], context);
  return succeeded("cloudflare.result", presentRecord(record));
}

/** PUT writes a record anew, PATCH what it names. */
export function replaceRecord(
  body: Body,
  method: "PUT" | "PATCH",
  { zone, record }: Place,
  context: Context,
): Answer {
  const { id, createdOn, modifiedOn: _was, ...held } = record;
  const read = readDraft(method === "PATCH" ? { ...held, ...body } : body, zone);
  if ("refusal" in read) return read.refusal;
  const conflict = refuseConflict(read.draft, zone, context.world, record);
  if (conflict) return conflict;
  const replaced: ZoneRecord = { id, ...read.draft, createdOn, modifiedOn: stamp(context) };
  const records = zone.records.map((one) => (one === record ? replaced : one));
  changeZone(zone, records, context);
  return succeeded("cloudflare.result", presentRecord(replaced));
}

export function removeRecord({ zone, record }: Place, context: Context): Answer {
  changeZone(
    zone,
    zone.records.filter((one) => one !== record),
    context,
  );
  return succeeded("cloudflare.deleted", { id: record.id });
}

/** Cloudflare's times have microseconds. */
function stamp({ clock }: Context): string {
  return clock.now().toISOString().replace("Z", "000Z");
}
