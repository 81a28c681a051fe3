import type { HttpReply } from "../web/reply.ts";

/** An error as Cloudflare words it. */
export interface ApiError {
  code: number;
  message: string;
  error_chain?: { code: number; message: string }[];
}

/** Where a page stands in its list. */
export interface PageInfo {
  page: number;
  per_page: number;
  count: number;
  total_count: number;
  total_pages: number;
}

/** What every refusal is wrapped in. */
export function failed(status: HttpReply["status"], ...errors: ApiError[]): HttpReply {
  return { status, body: { result: null, success: false, errors, messages: [] } };
}

/** What every answer is wrapped in. */
export function succeeded(
  result: unknown,
  more: { messages?: object[]; result_info?: PageInfo } = {},
): HttpReply {
  return { status: 200, body: { result, success: true, errors: [], messages: [], ...more } };
}
