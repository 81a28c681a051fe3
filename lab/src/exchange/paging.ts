import { createHash } from "node:crypto";
import type { ExchangeObject } from "./cmdlet.ts";

const LIFE_MS = 30 * 60_000;

/** A call that may be continued: its body and anchor belong to every page. */
export interface PagedCall {
  body: string;
  anchor: string;
  /** `$skiptoken` of the link that was followed, if it was one. */
  token: string | undefined;
  at: Date;
}

/** One page of objects, with the token of the next one. */
export interface Page {
  value: ExchangeObject[];
  next?: string;
}

/**
 * Cuts a page of `size` objects out of all. A page is continued by posting the same body with the same anchor to
 * its link within half an hour.
 *
 * @returns "expired" for a token that is none of this call's, or is too old
 */
export function pageOf(
  objects: ExchangeObject[],
  size: number | null,
  { body, anchor, token, at }: PagedCall,
): Page | "expired" {
  const mark = createHash("sha256").update(`${anchor}\n${body}`).digest("hex").slice(0, 16);
  let start = 0;
  if (token !== undefined) {
    const [given, from = "", issued = ""] = Buffer.from(token, "base64url").toString().split("/");
    const age = at.getTime() - Date.parse(issued);
    if (given !== mark || !/^\d+$/.test(from) || !(age <= LIFE_MS)) return "expired";
    start = Number(from);
  }
  const end = start + (size ?? objects.length);
  const value = objects.slice(start, end);
  if (end >= objects.length) return { value };
  const next = Buffer.from(`${mark}/${end}/${at.toISOString()}`).toString("base64url");
  return { value, next };
}
