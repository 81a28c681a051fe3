import { license } from "./graph/license.ts";
import { hosted } from "./host/hosted.ts";
import { tenants } from "./run.ts";

/** State names this file and `handler`: it is never moved or renamed. Everything behind it may change. */
const KINDS = { License: license } as const;

/** Called by the text that state holds, once per kind and process. */
export function handler(kind: keyof typeof KINDS) {
  return hosted(KINDS[kind](tenants));
}
