import { readFileSync } from "node:fs";
import { STATUS_CODES } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { send } from "../http.ts";
import type { Value, Values } from "../values.ts";
import { notConfigured, requestFailed } from "./replies.ts";

/** Cloudflare's API v4, as an engine's configuration names it. */
export interface Api {
  /**
   * One call; resolves to the answer's `result`.
   *
   * @throws ApiFailure when Cloudflare refuses; what a busy server refuses is tried twice more
   */
  call(method: string, path: string, body?: Values): Promise<Value>;
}

/** A refusal in Cloudflare's own words. */
export class ApiFailure extends Error {
  override readonly name = "ApiFailure";
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

const RETRIES = 2;
const FIRST_PAUSE_MS = 500;

/** Opens the API at `baseUrl`, else where the environment says, as the plugin does. */
export function openApi(
  config: Values,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Api {
  const baseUrl = config.baseUrl ?? env.CLOUDFLARE_BASE_URL;
  const token = config.apiToken ?? env.CLOUDFLARE_API_TOKEN;
  if (typeof baseUrl !== "string") throw new Error(notConfigured("CLOUDFLARE_BASE_URL").message);
  if (typeof token !== "string") throw new Error(notConfigured("CLOUDFLARE_API_TOKEN").message);
  const caFile = env.SSL_CERT_FILE ?? env.NODE_EXTRA_CA_CERTS;
  const ca = caFile === undefined ? undefined : readFileSync(caFile);

  return {
    async call(method, path, body) {
      const url = `${baseUrl.replace(/\/$/, "")}${path}`;
      const headers = {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      };
      const sent = body === undefined ? undefined : JSON.stringify(body);
      const request = { method, url, headers, body: sent, ca, signal };
      let answer = await send(request);
      for (let retry = 0; retry < RETRIES && isWorthRetrying(answer.status); retry++) {
        await sleep(answer.pauseMs ?? FIRST_PAUSE_MS * 2 ** retry, undefined, { signal });
        answer = await send(request);
      }
      const { status, said } = answer;
      if (status === 0 || status >= 400) {
        const shown = status === 0 ? said : `${status} ${STATUS_CODES[status] ?? ""} ${said}`;
        throw new ApiFailure(requestFailed({ method, url, answer: shown }).message, status);
      }
      return (JSON.parse(said) as { result: Value }).result;
    },
  };
}

/** @see cloudflare-go 7, its request configuration: what it tries again */
const isWorthRetrying = (status: number): boolean =>
  [0, 408, 409, 429].includes(status) || status >= 500;
