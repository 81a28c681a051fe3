import { hosted } from "./host/hosted.ts";
import { tenants, zones } from "./run.ts";
import { survey } from "./survey/survey.ts";

/** State names this file and `handler`: it is never moved or renamed. Everything behind it may change. */
const KINDS = { Survey: survey } as const;

/** Called by the text that state holds, once per kind and process. */
export function handler(kind: keyof typeof KINDS) {
  return hosted(KINDS[kind](tenants, zones));
}
