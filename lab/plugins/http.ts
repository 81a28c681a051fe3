import { request as overHttp } from "node:http";
import { request as overHttps } from "node:https";
import { text } from "node:stream/consumers";

/** One request that a plugin makes. */
export interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** PEM of the roots that are trusted; Node's own where none is given. */
  readonly ca?: Buffer | undefined;
  readonly signal: AbortSignal;
}

export interface Answer {
  /** 0 when there was no answer. */
  readonly status: number;
  /** The body, or why there is none. */
  readonly said: string;
  /** How long the server asks to wait. */
  readonly pauseMs?: number;
}

/** Sends one request; rejects only when it is cancelled. */
export function send({ method, url, headers, body, ca, signal }: Request): Promise<Answer> {
  const open = url.startsWith("https:") ? overHttps : overHttp;
  return new Promise((resolve, reject) => {
    const failed = (error: Error) =>
      signal.aborted ? reject(error) : resolve({ status: 0, said: error.message });
    const request = open(url, { method, headers, signal, ...(ca && { ca }) }, (response) => {
      const seconds = Number(response.headers["retry-after"]);
      text(response).then(
        (said) =>
          resolve({
            status: response.statusCode ?? 0,
            said: said.trim(),
            ...(seconds > 0 && { pauseMs: seconds * 1000 }),
          }),
        failed,
      );
    });
    request.on("error", failed);
    request.end(body);
  });
}
