import { readFileSync } from "node:fs";
import { request as overHttp } from "node:http";
import { request as overHttps } from "node:https";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

export type Environment = Readonly<Record<string, string | undefined>>;

interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

export interface Answer {
  /** 0 when there was no answer. */
  readonly status: number;
  /** The body, or why there is none. */
  readonly text: string;
}

/** An answer that the plugin did not expect. */
export class RequestFailure extends Error {
  override readonly name = "RequestFailure";
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

/** When a request is sent again. */
export interface Retries {
  readonly most: number;
  /** Doubles each time; a server's Retry-After goes before. */
  readonly firstPauseMs: number;
  isWorthIt(status: number): boolean;
}

/** Sends requests; rejects only when the signal aborts. */
export type Send = (request: Request, retries?: Retries) => Promise<Answer>;

/** A client that trusts the roots in `SSL_CERT_FILE` or `NODE_EXTRA_CA_CERTS`, else Node's own. */
export function makeSend(env: Environment, signal: AbortSignal): Send {
  const caFile = env.SSL_CERT_FILE ?? env.NODE_EXTRA_CA_CERTS;
  const tls = caFile === undefined ? {} : { ca: readFileSync(caFile) };

  const sendOnce = ({
    method,
    url,
    headers,
    body,
  }: Request): Promise<Answer & { pause?: number }> =>
    new Promise((resolve, reject) => {
      const fail = (error: Error) =>
        signal.aborted ? reject(error) : resolve({ status: 0, text: error.message });
      const open = url.startsWith("https:") ? overHttps : overHttp;
      const request = open(url, { method, headers, signal, ...tls }, (response) => {
        const { statusCode: status = 0, headers: received } = response;
        const pause = Number(received["retry-after"]) * 1000;
        const answer = { status, ...(pause > 0 && { pause }) };
        text(response).then((body) => resolve({ ...answer, text: body.trim() }), fail);
      });
      request.on("error", fail);
      request.end(body);
    });

  return async (request, retries) => {
    let answer = await sendOnce(request);
    for (let retry = 0; retry < (retries?.most ?? 0); retry++) {
      if (!retries?.isWorthIt(answer.status)) break;
      await sleep(answer.pause ?? retries.firstPauseMs * 2 ** retry, undefined, { signal });
      answer = await sendOnce(request);
    }
    return answer;
  };
}
