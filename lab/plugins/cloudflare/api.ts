import { STATUS_CODES } from "node:http";
import { buildReply } from "../../src/reply.ts";
import { type Environment, makeSend, RequestFailure, type Retries } from "../http.ts";
import { mapObjects, type Value, type Values } from "../values.ts";

/** Cloudflare's API v4, as one engine's configuration names it. */
export interface Api {
  /**
   * Reads; resolves to the answer's `result`.
   *
   * @throws RequestFailure in Cloudflare's own words
   */
  get(path: string): Promise<Value>;
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
    async get(path) {
      const url = `${baseUrl}${path}`;
      const method = "GET";
      const request = { method, url, headers: { authorization }, body: undefined };
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

/** `name_servers` as Pulumi writes it: `nameServers`. */
const pulumiName = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** A value with Pulumi's names at every depth. */
export const fromApi = (value: Value): Value =>
  mapObjects(value, (held) =>
    Object.fromEntries(Object.entries(held).map(([name, one]) => [pulumiName(name), one])),
  );
