import type { Context as HonoContext } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Context } from "../context.ts";
import type { Service } from "../log.ts";
import type { Sourced } from "../reply.ts";

/** An HTTP reply; a string or bytes go out as they are, everything else as JSON. 204 has no body: null. */
export interface HttpReply {
  status: ContentfulStatusCode | 204;
  headers?: Record<string, string>;
  body: object | string | Uint8Array<ArrayBuffer> | null;
}

/** Turns a reply of the catalogue into a response. */
function respond(c: HonoContext, reply: Sourced<HttpReply>): Response {
  const { status, headers = {}, body } = reply;
  if (body === null || status === 204) return c.body(null, status, headers);
  if (typeof body === "string" || body instanceof Uint8Array) return c.body(body, status, headers);
  return c.body(JSON.stringify(body), status, { "content-type": "application/json", ...headers });
}

/** What else the log says of a request. */
export interface LogExtra {
  /** @default method and path */
  what?: string;
  refused?: boolean;
  /** Break the connection instead of replying. */
  lost?: boolean;
}

/** Logs a request of `service` with the reply it gets, and sends that. */
export function respondLogged(
  c: HonoContext,
  context: Context,
  service: Service,
  reply: Sourced<HttpReply>,
  { what = `${c.req.method} ${c.req.path}`, refused = false, lost = false }: LogExtra = {},
): Response {
  const result = `${reply.status} ${reply.reply}`;
  context.log.add({
    service,
    what,
    result: lost ? `reply lost: ${result}` : result,
    ...(refused && { refused: true }),
  });
  if (lost) dropConnection(c);
  return respond(c, reply);
}

/**
 * Breaks the connection of a request without a reply. Apps that are called without a server have no
 * connection: there an Error is thrown instead.
 */
function dropConnection(c: HonoContext): never {
  const { incoming } = (c.env ?? {}) as { incoming?: { socket: { destroy(): void } } };
  incoming?.socket.destroy();
  throw new Error("the lab broke the connection before the reply");
}
