import { readFileSync } from "node:fs";
import { STATUS_CODES } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { type Answer, send } from "../http.ts";
import { isObject, type Values } from "../values.ts";
import type { Environment, Settings } from "./config.ts";
import { unexpectedStatus } from "./replies.ts";
import { type SignedIn, signIn } from "./signIn.ts";

/** Graph, as one engine's configuration reaches it. */
export interface Graph {
  readonly tenantId: string;
  readonly clientId: string;
  /** Object id of the service principal that is signed in. */
  readonly objectId: string;
  /** How requests refer to a user, app or service principal. */
  referenceTo(objectId: string): string;
  /**
   * One call, `path` from the version on; resolves to the answer's body, empty where it has none. What a busy server
   * refuses is tried again, as is what `retry` says of the status and the error.
   *
   * @throws GraphFailure
   */
  call(method: string, path: string, options?: CallOptions): Promise<Values>;
  /** All pages of a list. */
  list(path: string, filter?: string): Promise<Values[]>;
  /** Does one thing at a time with an app: its credentials are one property. */
  lock<Result>(objectId: string, work: () => Promise<Result>): Promise<Result>;
}

export interface CallOptions {
  readonly body?: object;
  readonly query?: Readonly<Record<string, string>>;
  readonly retry?: (status: number, error: string) => boolean;
}

/** An answer that was not expected; the message is the plugin's. */
export class GraphFailure extends Error {
  override readonly name = "GraphFailure";
  /** 0 when there was no answer. */
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

// The plugin tries for minutes, at first after a second.
const RETRIES = 5;
const FIRST_PAUSE_MS = 10;

/**
 * Signs in and opens Graph.
 *
 * @see go-azure-sdk, sdk/client (Execute, ExecutePaged)
 */
export async function openGraph(
  settings: Settings,
  env: Environment,
  signal: AbortSignal,
): Promise<Graph> {
  const caFile = env.SSL_CERT_FILE ?? env.NODE_EXTRA_CA_CERTS;
  const ca = caFile === undefined ? undefined : readFileSync(caFile);
  const { graph, token, objectId }: SignedIn = await signIn(settings, { ca, signal });
  const locks = new Map<string, Promise<unknown>>();

  async function ask(method: string, url: string, { body, retry }: CallOptions): Promise<Values> {
    const headers = {
      accept: "application/json; charset=utf-8; IEEE754Compatible=false",
      authorization: `Bearer ${token}`,
      "odata-maxversion": "4.0",
      "odata-version": "4.0",
      // The plugin says so where there is no body, too.
      "content-type": "application/json; charset=utf-8",
    };
    const sent = body && JSON.stringify(body);
    const request = { method, url, headers, body: sent, ca, signal };
    const isForAnotherTime = ({ status, said }: Answer) =>
      isBusy(status) || retry?.(status, errorOf(said) ?? "") === true;
    let answer = await send(request);
    for (let time = 0; time < RETRIES && isForAnotherTime(answer); time++) {
      await sleep(answer.pauseMs ?? FIRST_PAUSE_MS * 2 ** time, undefined, { signal });
      answer = await send(request);
    }
    const { status, said } = answer;
    if (status < 200 || status > 299) throw new GraphFailure(problemOf(answer), status);
    return said === "" ? {} : (JSON.parse(said) as Values);
  }

  return {
    tenantId: settings.tenantId,
    clientId: settings.clientId,
    objectId,
    referenceTo: (id) => `${graph}/v1.0/directoryObjects/${id}`,
    call: (method, path, options = {}) =>
      ask(method, `${graph}${path}${written(options.query)}`, options),
    async list(path, filter) {
      const found: Values[] = [];
      let url: unknown = `${graph}${path}${written(filter === undefined ? {} : { $filter: filter })}`;
      while (typeof url === "string" && url !== "") {
        const page = await ask("GET", url, {});
        found.push(...(page.value as Values[]));
        url = page["@odata.nextLink"];
      }
      return found;
    },
    lock(id, work) {
      const before = locks.get(id) ?? Promise.resolve();
      const result = before.then(work);
      locks.set(
        id,
        result.catch(() => {}),
      );
      return result;
    },
  };
}

/** What the server may answer otherwise in a moment. */
const isBusy = (status: number): boolean =>
  [408, 424, 429].includes(status) || (status >= 500 && status !== 501);

const written = (query: Readonly<Record<string, string>> = {}): string =>
  Object.keys(query).length === 0 ? "" : `?${new URLSearchParams(query)}`;

function problemOf({ status, said }: Answer): string {
  if (status === 0) return said;
  const words = `${status} (${status} ${STATUS_CODES[status] ?? ""})`;
  const error = errorOf(said);
  return unexpectedStatus(words, error === undefined ? { response: said } : { error }).message;
}

/** `Code: Message` of an error in Graph's envelope. */
function errorOf(said: string): string | undefined {
  try {
    const { error } = JSON.parse(said) as Values;
    if (!isObject(error)) return undefined;
    return textOf(error) || undefined;
  } catch {
    return undefined;
  }
}

function textOf({ code, message, innerError }: Values): string {
  const inner = isObject(innerError) ? textOf(innerError) : "";
  return [code, message, inner]
    .filter((text) => typeof text === "string" && text !== "")
    .join(": ");
}
