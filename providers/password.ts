import { hosted } from "./host/hosted.ts";
import { password } from "./password/password.ts";

/** State names this file and `handler`: it is never moved or renamed. Everything behind it may change. */
const KINDS = { Password: password } as const;

/** Called by the text that state holds, once per kind and process. */
export function handler(kind: keyof typeof KINDS) {
  return hosted(KINDS[kind]());
}
