// What the unmodified azuread and cloudflare plugins asked in one lifecycle, as test/data/plugin-requests.jsonl has it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** One request with the status it got. A form is a text, JSON an object. */
export interface Recorded {
  phase: string;
  api: "microsoft" | "cloudflare";
  method: string;
  path: string;
  body?: Record<string, unknown> | string;
  status: number;
}

/** The requests of one API, in order. */
export function recordingOf(api: Recorded["api"]): Recorded[] {
  return readFileSync(join(import.meta.dirname, "../data/plugin-requests.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Recorded)
    .filter((one) => one.api === api);
}

/** How many requests up, unchanged preview, refresh, update and destroy have. */
export function countPhases(recording: Recorded[]): number[] {
  return ["up", "preview-unchanged", "refresh", "update", "destroy"].map(
    (phase) => recording.filter((one) => one.phase === phase).length,
  );
}

/** Puts the lab's names in the place of the recorded ones; `ids` may grow meanwhile. */
export function mapper(ids: ReadonlyMap<string, string>): (text: string) => string {
  return (text) => [...ids].reduce((all, [from, to]) => all.replaceAll(from, to), text);
}

/** Fails unless `entity` has every field; `fields` are separated by spaces. */
export function looksLike(entity: object, fields: string): void {
  for (const field of fields.split(" ")) assert.ok(field in entity, field);
}
