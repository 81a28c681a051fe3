import { defineReply, type Source } from "../reply.ts";
import type { HttpReply } from "../web/reply.ts";
import { failed, type PageInfo, succeeded } from "./envelope.ts";

const reference: Source = { page: "Cloudflare API reference, Zones and DNS Records" };
const threads: Source = {
  record: "bodies quoted in threads of Cloudflare's clients, 2021 to 2026",
};
const strict: Source = {
  assumed: "the lab refuses what it does not act on; the words are its own",
};

export const result = defineReply("cloudflare.result", reference, (value: unknown) =>
  succeeded(value),
);

export const page = defineReply(
  "cloudflare.page",
  { record: "joshuaavalon/docker-cloudflare#76; the plugins' walk to an empty page" },
  (values: unknown[], result_info: PageInfo) => succeeded(values, { result_info }),
);

export const deleted = defineReply("cloudflare.deleted", reference, (id: string) =>
  succeeded({ id }),
);

export const tokenVerified = defineReply(
  "cloudflare.token-verified",
  { record: "putyourlightson/craft-cloudflare#88" },
  (id: string) =>
    succeeded(
      { id, status: "active" },
      { messages: [{ code: 10_000, message: "This API Token is valid and active", type: null }] },
    ),
);

export const exported = defineReply(
  "cloudflare.exported",
  { record: "zone files in public repositories", assumed: "the content type" },
  (zoneFile: string): HttpReply => ({
    status: 200,
    headers: { "content-type": "text/plain; charset=utf-8" },
    body: zoneFile,
  }),
);

export const noCredential = defineReply(
  "cloudflare.no-credential",
  { assumed: "code and words, as remembered from threads" },
  () =>
    failed(400, {
      code: 9106,
      message: "Missing X-Auth-Key, X-Auth-Email or Authorization headers",
    }),
);

export const badAuthorization = defineReply(
  "cloudflare.bad-authorization",
  { record: "jeessy2/ddns-go#916, kissgyorgy/cloudflare-dyndns#40" },
  () => badHeader({ code: 6111, message: "Invalid format for Authorization header" }),
);

export const badKey = defineReply(
  "cloudflare.bad-key",
  { record: "cloudflare/cloudflare-typescript#161" },
  () => badHeader({ code: 6103, message: "Invalid format for X-Auth-Key header" }),
);

function badHeader(cause: { code: number; message: string }): HttpReply {
  return failed(400, { code: 6003, message: "Invalid request headers", error_chain: [cause] });
}

export const invalidToken = defineReply("cloudflare.invalid-token", threads, () =>
  failed(403, { code: 9109, message: "Invalid access token" }),
);

export const tokenNotVerified = defineReply(
  "cloudflare.token-not-verified",
  { record: "jackluson/sync-your-cookie#47: status and words", assumed: "its code" },
  () => failed(401, { code: 1000, message: "Invalid API Token" }),
);

export const zoneForbidden = defineReply(
  "cloudflare.zone-forbidden",
  { record: "octodns/octodns-cloudflare#60", assumed: "that it is 9109" },
  () => failed(403, { code: 9109, message: "Unauthorized to access requested resource" }),
);

export const recordsForbidden = defineReply(
  "cloudflare.records-forbidden",
  { record: "cloudflare/terraform-provider-cloudflare#913, #1533" },
  () => failed(403, { code: 10_000, message: "Authentication error" }),
);

export const badIdentifier = defineReply(
  "cloudflare.bad-identifier",
  { record: "timothymiller/cloudflare-ddns#152", assumed: "its status" },
  (path: string) =>
    failed(400, {
      code: 7003,
      message: `Could not route to ${path}, perhaps your object identifier is invalid?`,
    }),
);

export const unknownRoute = defineReply(
  "cloudflare.unknown-route",
  { record: "cloudflare/terraform-provider-cloudflare#1097" },
  () => failed(400, { code: 7000, message: "No route for that URI" }),
);

export const unknownMethod = defineReply(
  "cloudflare.unknown-method",
  { record: "socketry/cloudflare#35: words", assumed: "status and code" },
  (method: string) =>
    failed(405, { code: 7001, message: `Method ${method} not available for that URI.` }),
);

export const unknownQuery = defineReply("cloudflare.unknown-query", strict, (name: string) =>
  failed(400, { code: 1002, message: `the lab does not know the query parameter '${name}'` }),
);

export const unknownField = defineReply("cloudflare.unknown-field", strict, (name: string) =>
  failed(400, { code: 1002, message: `the lab does not know the field '${name}'` }),
);

export const unknownType = defineReply("cloudflare.unknown-type", strict, (type: string) =>
  failed(400, { code: 1002, message: `the lab has no records of type '${type}'` }),
);

export const badPage = defineReply(
  "cloudflare.bad-page",
  { page: "Cloudflare API reference: limits of page and per_page", assumed: "code and words" },
  (name: string, value: string) =>
    failed(400, { code: 1002, message: `Invalid value '${value}' for ${name}` }),
);

export const badBody = defineReply(
  "cloudflare.bad-body",
  { record: "timothymiller/cloudflare-ddns#61, tiredofit/docker-traefik-cloudflare-companion#77" },
  () => failed(400, { code: 9207, message: "Content-type must be application/json." }),
);

export const recordMissing = defineReply(
  "cloudflare.record-missing",
  { record: "zanjie1999/cloudflare-api-v4-ddns#5: code and words", assumed: "its status" },
  () => failed(404, { code: 81_044, message: "Record does not exist." }),
);

export const rateLimited = defineReply(
  "cloudflare.rate-limited",
  { record: "lablabs/cloudflare-exporter#74: words", assumed: "its code" },
  (retryAfter: number): HttpReply => ({
    ...failed(429, {
      code: 10_429,
      message:
        "More than 1200 requests per 300 seconds reached. Please wait and consider throttling your request speed",
    }),
    headers: { "retry-after": String(retryAfter) },
  }),
);

export const faultStatus = defineReply(
  "cloudflare.fault",
  { assumed: "body of an overloaded API" },
  (status: 429 | 500 | 502 | 503 | 504, retryAfter: number | undefined): HttpReply => ({
    ...failed(status, { code: status === 429 ? 10_429 : 10_000, message: "injected by the lab" }),
    ...(retryAfter !== undefined && { headers: { "retry-after": String(retryAfter) } }),
  }),
);
