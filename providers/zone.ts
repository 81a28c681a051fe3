import { hosted } from "./host/hosted.ts";
import { zones } from "./run.ts";
import { dmarcRecord } from "./zone/dmarcRecord.ts";
import { mxRecord } from "./zone/mxRecord.ts";

/**
 * Records of a zone that can only be made after a look at what is there. State names this file and `handler`: it is
 * never moved or renamed. Everything behind it may change.
 */
const KINDS = { DmarcRecord: dmarcRecord, MxRecord: mxRecord } as const;

/** Called by the text that state holds, once per kind and process. */
export function handler(kind: keyof typeof KINDS) {
  return hosted(KINDS[kind](zones));
}
