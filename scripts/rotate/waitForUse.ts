import { setTimeout as sleep } from "node:timers/promises";
import type { Connection } from "../../tenant/connection.ts";
import { hasSignedInWith } from "../../tenant/signInLog.ts";

/** Pauses between two looks, in milliseconds: the first, and the longest one. */
const SHORTEST = 1_000;
const LONGEST = 30_000;

/**
 * Waits until an app has signed in with one of its secrets.
 *
 * @param minutes how long to wait
 * @returns whether it has; a text that says why the sign-in log can't be read
 */
export async function waitForUse(
  connection: Connection,
  secret: { readonly clientId: string; readonly keyId: string },
  minutes: number,
): Promise<boolean | string> {
  const end = Date.now() + minutes * 60_000;
  for (let pause = SHORTEST; ; pause = Math.min(pause * 2, LONGEST)) {
    try {
      if (await hasSignedInWith(connection, secret)) return true;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return error.message;
    }
    if (Date.now() >= end) return false;
    await sleep(Math.min(pause, Math.max(end - Date.now(), 0)));
  }
}
