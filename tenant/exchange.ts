import { randomUUID } from "node:crypto";
import { type Connection, signIn } from "./connection.ts";
import { type Page, readPage } from "./exchangeAnswer.ts";
import {
  ExchangeError,
  isAnswerLost,
  isNotFound,
  isOutcomeUnknown,
  isPassing,
  isRedirection,
  isTransient,
  onlyReads,
  readError,
  toRunAgain,
} from "./exchangeError.ts";
import { describeStranger, isExchange } from "./exchangeHost.ts";

/** The system mailbox that app-only calls are routed to. */
const ANCHOR_MAILBOX = "SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}";
/** Pauses before another try where Exchange names none, in milliseconds. No record has it name one. */
const PAUSES = [2_000, 8_000, 30_000] as const;
/** How long Exchange is waited for, in milliseconds. */
export interface Patience {
  /** How long after the first try another one may begin, so that an `up` does not hang. */
  readonly lastTry: number;
  /** Longest wait for one answer: Node's `fetch` gives up after five minutes by itself. */
  readonly longestCall: number;
}
const PATIENCE: Patience = { lastTry: 10 * 60_000, longestCall: 4 * 60_000 };
/** Pages of one list: far more than any tenant has. */
const MOST_PAGES = 1000;
/** Redirections that one request follows. */
const HOPS = 3;
/** Whether a warning says that objects were left out: of a page that another one follows, or of the list. */
const saysMore = (warning: string): boolean =>
  /There are more results available than are currently displayed/i.test(warning);

/** What one cmdlet gave. */
export interface CmdletResult {
  /** Objects that the cmdlet wrote, each with a property or more; of Set- and Remove- none. */
  readonly value: readonly Readonly<Record<string, unknown>>[];
  readonly warnings: readonly string[];
}

/** Runs one Exchange cmdlet in a tenant. */
export type Invoke = (
  cmdlet: string,
  parameters: Readonly<Record<string, unknown>>,
) => Promise<CmdletResult>;

/**
 * Called before each pause after which a call is tried again.
 *
 * @param reason a sentence without its full stop
 * @param ms length of the pause in milliseconds
 */
export type OnPause = (reason: string, ms: number) => void;

/**
 * Speaks to a tenant's Exchange admin API. `InvokeCommand` is what Microsoft's own PowerShell module calls; its
 * contract is not documented, so everything that depends on it stands in this file and those named `exchange…` beside it.
 *
 * Busy answers are tried again after `Retry-After`, or after 2, 8 and 30 s. A cmdlet that makes something is not
 * tried again when no answer came: the caller has to look whether it ran. A tenant that has an endpoint of its own is
 * found there by a redirection, which is remembered. A list comes whole or not at all.
 *
 * @throws ExchangeError from the returned function
 */
export function exchange(
  connection: Connection,
  onPause: OnPause = () => {},
  { lastTry, longestCall } = PATIENCE,
): Invoke {
  const endpoint: Endpoint = { origin: connection.cloud.exchangeAdmin, longestCall };
  return async (cmdlet, parameters) => {
    const began = Date.now();
    let mayHaveRun = false;
    for (let tried = 1; ; tried++) {
      try {
        return await call(connection, endpoint, cmdlet, parameters);
      } catch (error) {
        const again = isTransient(error) || (isAnswerLost(error) && !cmdlet.startsWith("New-"));
        const pause = PAUSES[tried - 1];
        if (!again || pause === undefined) throw lastOf(cmdlet, error, mayHaveRun);
        const asked = error instanceof ExchangeError ? error.retryAfter : undefined;
        const wait = asked ?? pause;
        const late = Date.now() + wait - began > lastTry;
        if (late) throw lastOf(cmdlet, error, mayHaveRun);
        mayHaveRun ||= isOutcomeUnknown(error);
        onPause(pauseReason(error), wait);
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
  };
}

/** Does not name the cmdlet: all cmdlets of a run meet the same limit. */
function pauseReason(error: unknown): string {
  const { status, type } = error instanceof ExchangeError ? error : { status: 0, type: "" };
  const why = type || (status === 0 ? "no connection" : `HTTP ${status}`);
  return isTransient(error)
    ? `Exchange accepts no more requests for now (${why})`
    : `Exchange gave no answer (${why})`;
}

/**
 * The error that a call ends with: with what its tries leave open, and what to do.
 *
 * @param mayHaveRun whether a try before the last one may have run all the same; a read that ran changed nothing
 */
function lastOf(cmdlet: string, error: unknown, mayHaveRun: boolean): unknown {
  if (!(error instanceof Error)) return error;
  const isUnsure = mayHaveRun && !onlyReads(cmdlet);
  if (!isUnsure && !isPassing(error)) return error;
  const known = error instanceof ExchangeError ? error : undefined;
  const words = isUnsure ? `${error.message}; an earlier try may have run` : error.message;
  return new ExchangeError({
    ...{ cmdlet, status: known?.status ?? 0, type: known?.type ?? "", cause: error },
    message: isPassing(error) ? toRunAgain(words) : words,
    mayHaveRun: isUnsure || known?.mayHaveRun === true,
    ...(known?.retryAfter === undefined ? {} : { retryAfter: known.retryAfter }),
  });
}

/** The mailbox by which a call is routed: of an app a system mailbox, of a person the own one. */
const anchorOf = ({ tenantId, person }: Connection): string =>
  person === undefined ? `APP:${ANCHOR_MAILBOX}@${tenantId}` : `UPN:${person.userPrincipalName}`;

/** Where a tenant's admin API answers, without a slash at the end. */
interface Endpoint {
  origin: string;
  readonly longestCall: number;
}

async function call(
  connection: Connection,
  endpoint: Endpoint,
  cmdlet: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<CmdletResult> {
  const { cloud, tenantId } = connection;
  const { token } = await signIn(connection, cloud.exchangeResource);
  const headers = {
    Authorization: `Bearer ${token}`,
    "Content-Type": "application/json; charset=utf-8",
    Accept: "application/json",
    "Accept-Language": "en-US",
    Prefer: "odata.maxpagesize=1000",
    "X-AnchorMailbox": anchorOf(connection),
    "X-CmdletName": cmdlet,
    "X-ResponseFormat": "json",
    "client-request-id": randomUUID(),
  };
  const body = JSON.stringify({ CmdletInput: { CmdletName: cmdlet, Parameters: parameters } });
  const request: Request = { connection, endpoint, cmdlet, headers, body };
  const value: Readonly<Record<string, unknown>>[] = [];
  const warnings: string[] = [];
  const seen = new Set<string>();
  let url: string | undefined = `${endpoint.origin}/adminapi/beta/${tenantId}/InvokeCommand`;
  while (url !== undefined) {
    seen.add(url);
    const page: Page = await post(request, url).catch((error: unknown) => {
      throw value.length === 0 && seen.size === 1 ? error : incomplete(error, value.length);
    });
    value.push(...page.value);
    warnings.push(...page.warnings.filter((words) => !saysMore(words)));
    url = page.nextLink;
    if (url !== undefined && seen.size >= MOST_PAGES) {
      const message = `${cmdlet}: Exchange gave ${MOST_PAGES} pages and named one more; run it again`;
      throw new ExchangeError({ cmdlet, status: 200, type: "", message });
    }
    if (url !== undefined) refuseStray(request, url, seen);
    else if (page.warnings.some(saysMore)) {
      const message = `${cmdlet}: Exchange listed ${value.length} objects and left others out`;
      throw new ExchangeError({ cmdlet, status: 200, type: "", message });
    }
  }
  return { value, warnings };
}

/** A page that can't be had is not the end of the list, and says nothing about an object of the first page. */
function incomplete(error: unknown, listed: number): unknown {
  if (!(error instanceof ExchangeError)) return error;
  const { cmdlet, status, retryAfter, mayHaveRun } = error;
  const message = toRunAgain(
    `${error.message}; Exchange listed ${listed} objects and then did not give the next page, so the list is not complete`,
  );
  return new ExchangeError({
    ...{ cmdlet, status, mayHaveRun, message, cause: error },
    type: isNotFound(error) ? "" : error.type,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}

/** The token goes to Exchange alone, and a page comes once. */
function refuseStray(
  { cmdlet, connection: { cloud } }: Request,
  url: string,
  seen: ReadonlySet<string>,
): void {
  const known = isExchange(url, cloud);
  if (known && !seen.has(url)) return;
  const why = known ? `${url}, which it gave already` : describeStranger(url, cloud);
  const message = `${cmdlet}: Exchange named as its next page ${why}`;
  throw new ExchangeError({ cmdlet, status: 200, type: "", message });
}

/** What is the same in every request of a call. */
interface Request {
  readonly connection: Connection;
  readonly endpoint: Endpoint;
  readonly cmdlet: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

async function post(request: Request, url: string): Promise<Page> {
  const { cmdlet, headers, body, endpoint } = request;
  try {
    const signal = AbortSignal.timeout(endpoint.longestCall);
    let at = url;
    for (let hops = 0; ; hops++) {
      const init = { method: "POST", headers, body, signal, redirect: "manual" } as const;
      const response = await fetch(at, init);
      const { status } = response;
      // The body of a refusal may be labelled gzip and be none.
      const text = await response.text().catch((error: unknown) => {
        if (response.ok) throw error;
        return "";
      });
      if (response.ok) return readPage(cmdlet, text);
      if (!isRedirection(status)) throw readError(cmdlet, status, text, response.headers);
      at = followed(request, at, response, hops);
    }
  } catch (cause) {
    if (cause instanceof ExchangeError) throw cause;
    const why = cause instanceof Error ? (cause.cause ?? cause) : cause;
    const words = why instanceof Error ? why.message : String(why);
    const message = `${cmdlet}: no answer from Exchange (${words})`;
    throw new ExchangeError({ cmdlet, status: 0, type: "", message, cause });
  }
}

/** Redirections after which the same request is sent to another place (RFC 9110, section 15.4). */
const REPEATING = new Set([301, 302, 307, 308]);

/**
 * Where a redirection leads; later requests begin there.
 *
 * @throws ExchangeError when that is not Exchange, or it leads on for too long: the cmdlet has not run then
 */
function followed(
  { connection: { cloud }, endpoint, cmdlet }: Request,
  url: string,
  { status, headers }: Response,
  hops: number,
): string {
  const refused = (message: string) =>
    new ExchangeError({ cmdlet, status, type: "", message: `${cmdlet}: ${message}` });
  const location = headers.get("Location") ?? "";
  const target = URL.canParse(location, url) ? new URL(location, url).href : location;
  if (!REPEATING.has(status)) {
    throw refused(`Exchange redirected with HTTP ${status}, after which a request is not repeated`);
  }
  if (location === "") throw refused(`Exchange redirected with HTTP ${status} without a Location`);
  if (!isExchange(target, cloud)) {
    throw refused(`Exchange redirected to ${describeStranger(target, cloud)}`);
  }
  if (hops >= HOPS) {
    throw refused(`Exchange redirected more than ${HOPS} times, the last time to ${target}`);
  }
  endpoint.origin = new URL(target).origin;
  return target;
}
