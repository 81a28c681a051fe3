import type { Sourced } from "../reply.ts";
import type { HttpReply } from "../web/reply.ts";
import * as replies from "./replies.ts";

/** How long the pages of a list may be. */
export interface PageSizes {
  usual: number;
  least: number;
  most: number;
}

/** Cuts the page that `page` and `per_page` ask for; after the last one they are empty. */
export function pageOf(
  values: object[],
  query: Record<string, string>,
  sizes: PageSizes,
): Sourced<HttpReply> {
  const { page = "1", per_page: perPage = String(sizes.usual) } = query;
  if (!/^[1-9]\d{0,8}$/.test(page)) return replies.badPage("page", page);
  const size = Number(perPage);
  if (!/^\d{1,8}$/.test(perPage) || size < sizes.least || size > sizes.most) {
    return replies.badPage("per_page", perPage);
  }
  const start = (Number(page) - 1) * size;
  const cut = values.slice(start, start + size);
  return replies.page(cut, {
    page: Number(page),
    per_page: size,
    count: cut.length,
    total_count: values.length,
    total_pages: Math.ceil(values.length / size),
  });
}
