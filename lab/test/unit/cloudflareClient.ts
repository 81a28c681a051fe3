import { readFileSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { Agent, request } from "node:https";
import type { Lab } from "../../src/lab.ts";
import type { Zone, ZoneRecord } from "../../src/world/world.ts";

/** A zone or a record as the API gives it, with the fields that the tests look at. */
export interface Entity {
  id: string;
  name: string;
  type: string;
  content: string;
  ttl: number;
  priority?: number;
  proxied: boolean;
  proxiable: boolean;
  settings: Record<string, boolean>;
  comment: string | null;
  created_on: string;
  modified_on: string;
  name_servers: string[];
  account: { id: string };
  permissions: string[];
}

/** What Cloudflare answered, its envelope taken apart. */
export interface CloudflareAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  success: boolean;
  /** One entity, or null of a refusal. */
  result: Entity;
  /** Of a list. */
  results: Entity[];
  codes: number[];
  errors: { code: number; message: string; error_chain?: { code: number }[] }[];
  info: { page: number; per_page: number; count: number; total_count: number; total_pages: number };
}

/** A client of the lab's Cloudflare, with its token unless `headers` say otherwise. */
export function cloudflareOf(lab: Lab) {
  const token = lab.env.CLOUDFLARE_API_TOKEN;
  const authorized = { authorization: `Bearer ${token}` };
  const agent = new Agent({ ca: readFileSync(lab.caFile), keepAlive: true, maxSockets: 8 });

  function ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = authorized,
  ): Promise<CloudflareAnswer> {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const options = {
        host: "localhost",
        port: lab.ports.https,
        path: `/client/v4${path}`,
        method,
        agent,
        headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
      };
      const sent = request(options, (response) => {
        let heard = "";
        response.on("data", (chunk) => {
          heard += chunk;
        });
        response.on("end", () => resolve(read(response.statusCode ?? 0, response.headers, heard)));
      });
      sent.on("error", reject);
      sent.end(text);
    });
  }

  return {
    ask,
    get: (path: string) => ask("GET", path),
    post: (path: string, body: unknown) => ask("POST", path, body),
    put: (path: string, body: unknown) => ask("PUT", path, body),
    patch: (path: string, body: unknown) => ask("PATCH", path, body),
    delete: (path: string) => ask("DELETE", path),
  };
}

export type CloudflareClient = ReturnType<typeof cloudflareOf>;

/** The tenant's own zone, and the two of others in its account: one that the token reads, one that it can't. */
export function zonesOf(lab: Lab): { own: Zone; readable: Zone; closed: Zone } {
  const { zones } = lab.world.cloudflare;
  const named = (name: string) => zones.find((zone) => zone.name === name);
  const [own, readable] = [named(lab.world.tenant.domain), named(`old-${lab.world.tenant.domain}`)];
  const closed = zones.find((zone) => zone !== own && zone !== readable);
  if (!own || !readable || !closed) throw new Error("the account lacks a zone");
  return { own, readable, closed };
}

/** A record of a zone, by type and name. */
export function recordIn(zone: Zone, type: string, name: string): ZoneRecord {
  const record = zone.records.find((one) => one.type === type && one.name === name);
  if (!record) throw new Error(`${zone.name} has no ${type} record ${name}`);
  return record;
}

function read(status: number, headers: IncomingHttpHeaders, text: string): CloudflareAnswer {
  const body = text.startsWith("{") ? JSON.parse(text) : {};
  const errors: CloudflareAnswer["errors"] = body.errors ?? [];
  return {
    status,
    headers,
    text,
    success: body.success,
    result: body.result,
    results: Array.isArray(body.result) ? body.result : [],
    codes: errors.map(({ code }) => code),
    errors,
    info: body.result_info,
  };
}
