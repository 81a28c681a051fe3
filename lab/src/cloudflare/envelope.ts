import {
  buildReply,
  type Holes,
  type ReplyName,
  type ReplyWith,
  type Sourced,
  withSource,
} from "../reply.ts";
import type { HttpReply } from "../web/reply.ts";

interface ErrorForm {
  status: 400 | 401 | 403 | 404 | 405 | 429;
  code: number;
  /** The error whose chain this one is. */
  within?: { code: number; message: string };
}

/** A refusal in Cloudflare's envelope. */
export function apiError<Name extends ReplyWith<ErrorForm>>(
  name: Name,
  ...holes: Holes<Name>
): Sourced<HttpReply> {
  const { text: message, ...form } = buildReply(name, ...holes);
  const { status, code, within }: ErrorForm = form;
  const error = { code, message };
  return withSource(name, failed(status, within ? { ...within, error_chain: [error] } : error));
}

/** The refusal of a client that asks too often; `retryAfter` in seconds. */
export function rateLimited(retryAfter: number): Sourced<HttpReply> {
  const reply = apiError("cloudflare.rate-limited");
  return { ...reply, headers: { "retry-after": String(retryAfter) } };
}

/** What an overloaded Cloudflare answers: HTTP 429 or 5xx, `retryAfter` in seconds. */
export function apiFault(
  status: 429 | 500 | 502 | 503 | 504,
  retryAfter: number | undefined,
): Sourced<HttpReply> {
  const { text: message } = buildReply("cloudflare.fault");
  const reply = failed(status, { code: status === 429 ? 10_429 : 10_000, message });
  return withSource("cloudflare.fault", {
    ...reply,
    ...(retryAfter !== undefined && { headers: { "retry-after": String(retryAfter) } }),
  });
}

function failed(status: HttpReply["status"], error: object): HttpReply {
  return { status, body: { result: null, success: false, errors: [error], messages: [] } };
}

/** What every answer is wrapped in. */
export function succeeded(
  name: ReplyName,
  result: unknown,
  more: { messages?: object[]; result_info?: object } = {},
): Sourced<HttpReply> {
  return withSource(name, {
    status: 200,
    body: { result, success: true, errors: [], messages: [], ...more },
  });
}

/** The reply to a token that verifies itself. */
export function tokenVerified(id: string): Sourced<HttpReply> {
  const { code, text: message } = buildReply("cloudflare.token-verified");
  const messages = [{ code, message, type: null }];
  return succeeded("cloudflare.token-verified", { id, status: "active" }, { messages });
}

/** A zone file. */
export function exported(zoneFile: string): Sourced<HttpReply> {
  return withSource("cloudflare.exported", {
    status: 200,
    headers: { "content-type": "text/plain; charset=utf-8" },
    body: zoneFile,
  });
}

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
  if (!/^[1-9]\d{0,8}$/.test(page))
    return apiError("cloudflare.bad-page", { name: "page", value: page });
  const size = Number(perPage);
  if (!/^\d{1,8}$/.test(perPage) || size < sizes.least || size > sizes.most) {
    return apiError("cloudflare.bad-page", { name: "per_page", value: perPage });
  }
  const start = (Number(page) - 1) * size;
  const cut = values.slice(start, start + size);
  return succeeded("cloudflare.page", cut, {
    result_info: {
      page: Number(page),
      per_page: size,
      count: cut.length,
      total_count: values.length,
      total_pages: Math.ceil(values.length / size),
    },
  });
}
