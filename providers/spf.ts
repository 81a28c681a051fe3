import { hosted } from "./host/hosted.ts";
import { zones } from "./run.ts";
import { spfRecord } from "./spf/spfRecord.ts";

/**
 * State names this file and `handler`: it is never moved or renamed, so that records made by any release can still be
 * refreshed and withdrawn. Everything behind it may change.
 */
const KINDS = { SpfRecord: spfRecord } as const;

/** Called by the text that state holds, once per kind and process. */
export function handler(kind: keyof typeof KINDS) {
  return hosted(KINDS[kind](zones));
}
