import { STATUS_CODES } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { buildReply } from "../../src/reply.ts";
import { type Answer, type Environment, makeSend, RequestFailure, type Retries } from "../http.ts";
import { isObject, type Values } from "../values.ts";
import { signIn } from "./signIn.ts";

/** Graph, as one engine's configuration reaches it. */
export interface Graph {
  /** Object id of the service principal that is signed in. */
  readonly callerId: string;
  /** How requests refer to a user, app or service principal. */
  referenceTo(objectId: string): string;
  /**
   * Sends one request, `path` from the version on; resolves to the answer's body, empty where it has none.
   *
   * @throws RequestFailure
   */
  call(method: string, path: string, body?: object): Promise<Values>;
  /** Reads an object; undefined when Graph does not know it. */
  find(path: string): Promise<Values | undefined>;
  /** Reads all pages of a list. */
  list(path: string): Promise<Values[]>;
  /** Runs one piece of work at a time for each key. */
  lock<Result>(key: string, work: () => Promise<Result>): Promise<Result>;
}

/** The plugin tries for minutes, at first after a second. */
const RETRIES: Retries = {
  most: 5,
  firstPauseMs: 10,
  isWorthIt: (status) => [408, 424, 429].includes(status) || (status >= 500 && status !== 501),
};

/**
 * Signs in and opens Graph.
 *
 * @see go-azure-sdk, sdk/client (Execute, ExecutePaged)
 */
export async function openGraph(
  config: Values,
  env: Environment,
  signal: AbortSignal,
): Promise<Graph> {
  const send = makeSend(env, signal);
  const { graphUrl, token, objectId } = await signIn(config, env, send);
  const headers = {
    accept: "application/json; charset=utf-8; IEEE754Compatible=false",
    authorization: `Bearer ${token}`,
    "content-type": "application/json; charset=utf-8",
    "odata-maxversion": "4.0",
    "odata-version": "4.0",
  };
  const locks = new Map<string, Promise<unknown>>();
  const graph: Graph = {
    callerId: objectId,
    referenceTo: (id) => `${graphUrl}/v1.0/directoryObjects/${id}`,
    async call(method, path, body) {
      const request = { method, url: `${graphUrl}${path}`, headers };
      const answer = await send({ ...request, body: body && JSON.stringify(body) }, RETRIES);
      const { status, text } = answer;
      if (status < 200 || status > 299) {
        throw new RequestFailure(problemOf(`${method} ${path}`, answer), status);
      }
      return text === "" ? {} : (JSON.parse(text) as Values);
    },
    async find(path) {
      try {
        return await graph.call("GET", path);
      } catch (error) {
        if (error instanceof RequestFailure && error.status === 404) return undefined;
        throw error;
      }
    },
    async list(path) {
      const all: Values[] = [];
      let next = path;
      while (next !== "") {
        const page = await graph.call("GET", next);
        all.push(...(page.value as Values[]));
        next = String(page["@odata.nextLink"] ?? "").replace(graphUrl, "");
      }
      return all;
    },
    lock(key, work) {
      const result = (locks.get(key) ?? Promise.resolve()).then(work);
      const settled = result.catch(() => {});
      locks.set(key, settled);
      return result;
    },
  };
  return graph;
}

const TIMES_IN_A_ROW = 5;
const MOST_TIMES = 60;
const PAUSE_MS = 5;

/**
 * Waits until Graph says five times in a row that something exists, or is gone. The plugin pauses for one or five
 * seconds in between.
 *
 * @see terraform-provider-azuread 3.9, helpers/consistency
 */
export async function waitUntil(
  state: "exists" | "gone",
  exists: () => Promise<boolean>,
): Promise<void> {
  let inARow = 0;
  for (let time = 0; time < MOST_TIMES; time++) {
    if (time > 0) await sleep(PAUSE_MS);
    inARow = (await exists()) === (state === "exists") ? inARow + 1 : 0;
    if (inARow === TIMES_IN_A_ROW) return;
  }
  const awaited = state === "exists" ? "Done" : "Deleted";
  throw new Error(buildReply("azuread-plugin.timed-out", { state: awaited }).text);
}

function problemOf(request: string, { status, text }: Answer): string {
  if (status === 0) return `${request}: ${text}`;
  const values = {
    request,
    status: `${status} (${status} ${STATUS_CODES[status] ?? ""})`,
    answer: errorOf(text),
  };
  return buildReply("azuread-plugin.unexpected-status", values).text;
}

/** `Code: Message` of Graph's error, else the whole answer. */
function errorOf(text: string): string {
  try {
    const { error } = JSON.parse(text) as Values;
    return isObject(error) ? `${error.code}: ${error.message}` : text;
  } catch {
    return text;
  }
}
