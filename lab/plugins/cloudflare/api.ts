import { STATUS_CODES } from "node:http";
import { buildReply } from "../../src/reply.ts";
import { type Environment, makeSend, RequestFailure, type Retries } from "../http.ts";
import { mapObjects, type Value, type Values } from "../values.ts";

/** Cloudflare's API v4, as one engine's configuration names it. */
export interface Api {
  /**
   * Sends one call; resolves to the answer's `result`.
   *
   * @throws RequestFailure in Cloudflare's own words
   */
  call(method: string, path: string, body?: Values): Promise<Value>;
}

/** @see cloudflare-go 7, its request configuration */
const RETRIES: Retries = {
  most: 2,
  firstPauseMs: 500,
  isWorthIt: (status) => [0, 408, 409, 429].includes(status) || status >= 500,
};

/** Opens the API at `baseUrl`, else where the environment says. */
export function openApi(config: Values, env: Environment, signal: AbortSignal): Api {
  const need = (setting: string, variable: string): string => {
    const value = config[setting] ?? env[variable];
    if (typeof value === "string") return value;
    throw new Error(
      `the lab's stand-in for the cloudflare plugin has no ${variable}: run it through the lab`,
    );
  };
  const baseUrl = need("baseUrl", "CLOUDFLARE_BASE_URL").replace(/\/$/, "");
  const authorization = `Bearer ${need("apiToken", "CLOUDFLARE_API_TOKEN")}`;
  const send = makeSend(env, signal);
  return {
    async call(method, path, body) {
      const url = `${baseUrl}${path}`;
      const headers = { authorization, ...(body && { "content-type": "application/json" }) };
      const request = { method, url, headers, body: body && JSON.stringify(body) };
      const { status, text } = await send(request, RETRIES);
      if (status === 0 || status >= 400) {
        const answer = status === 0 ? text : `${status} ${STATUS_CODES[status] ?? ""} ${text}`;
        const failed = buildReply("cloudflare-plugin.request-failed", { method, url, answer });
        throw new RequestFailure(failed.text, status);
      }
      return (JSON.parse(text) as { result: Value }).result;
    },
  };
}

/** `flattenCname` as the API writes it: `flatten_cname`. */
export const apiName = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** `flatten_cname` as Pulumi writes it: `flattenCname`. */
const pulumiName = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** A value with the API's names at every depth. */
export const toApi = (value: Value): Value => mapObjects(value, (held) => renamed(held, apiName));

/** A value with Pulumi's names at every depth. */
export const fromApi = (value: Value): Value =>
  mapObjects(value, (held) => renamed(held, pulumiName));

const renamed = (object: Values, rename: (name: string) => string): Values =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [rename(name), value]));
