import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, signIn } from "./connection.ts";
import { ExchangeError, isOutcomeUnknown, isTransient, readError } from "./exchangeError.ts";

/** The system mailbox that app-only calls are routed to. */
const ANCHOR_MAILBOX = "SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}";
const TRIES = 4;
/** How long after the first try another one may begin, in milliseconds, so that an `up` does not hang. */
const LAST_TRY = 10 * 60_000;
const LONGEST_CALL = 120_000;

/** What one cmdlet gave. */
export interface CmdletResult {
  /** Objects that the cmdlet wrote, of Set- and Remove- none. */
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
 * contract is not documented, so everything that depends on it stands in this file and `exchangeError.ts`.
 *
 * Busy answers are tried again after `Retry-After`, or after 1, 2 and 4 s. A cmdlet that makes something is not
 * tried again when no answer came: the caller has to look whether it ran.
 *
 * @throws ExchangeError from the returned function
 */
export function exchange(connection: Connection, onPause: OnPause = () => {}): Invoke {
  return async (cmdlet, parameters) => {
    const began = Date.now();
    let mayHaveRun = false;
    for (let tried = 1; ; tried++) {
      try {
        return await call(connection, cmdlet, parameters);
      } catch (error) {
        const unknown = isOutcomeUnknown(error);
        const again = isTransient(error) || (unknown && !cmdlet.startsWith("New-"));
        const asked = error instanceof ExchangeError ? error.retryAfter : undefined;
        const wait = asked ?? 1000 * 2 ** (tried - 1);
        const late = Date.now() + wait - began > LAST_TRY;
        if (!again || late || tried === TRIES) throw mayHaveRun ? unsure(cmdlet, error) : error;
        mayHaveRun ||= unknown;
        onPause(pauseReason(error), wait);
        await sleep(wait);
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

/** The last of several tries failed, but an earlier one may have run all the same; a read that ran changed nothing. */
function unsure(cmdlet: string, error: unknown): unknown {
  if (cmdlet.startsWith("Get-") || !(error instanceof Error)) return error;
  const { status, type } = error instanceof ExchangeError ? error : { status: 0, type: "" };
  const message = `${error.message}; an earlier try may have run`;
  return new ExchangeError({ cmdlet, status, type, message, mayHaveRun: true, cause: error });
}

async function call(
  connection: Connection,
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
    "X-AnchorMailbox": `APP:${ANCHOR_MAILBOX}@${tenantId}`,
    "X-CmdletName": cmdlet,
    "X-ResponseFormat": "json",
    "client-request-id": randomUUID(),
  };
  const body = JSON.stringify({ CmdletInput: { CmdletName: cmdlet, Parameters: parameters } });
  const value: Record<string, unknown>[] = [];
  const warnings: string[] = [];
  const seen = new Set<string>();
  let url: string | undefined = `${cloud.exchangeAdmin}/adminapi/beta/${tenantId}/InvokeCommand`;
  while (url !== undefined) {
    seen.add(url);
    const page: Page = await post(cmdlet, url, headers, body);
    value.push(...(page.value ?? []));
    warnings.push(...(page["@adminapi.warnings"] ?? []));
    url = page["@odata.nextLink"];
    if (url !== undefined) refuseStray(cmdlet, url, cloud.exchangeAdmin, seen);
  }
  return { value, warnings };
}

/** The token goes to Exchange alone, and a page comes once. */
function refuseStray(cmdlet: string, url: string, origin: string, seen: ReadonlySet<string>): void {
  if (URL.canParse(url) && new URL(url).origin === origin && !seen.has(url)) return;
  const message = `${cmdlet}: Exchange named a next page that is not one of its own: ${url}`;
  throw new ExchangeError({ cmdlet, status: 200, type: "", message });
}

interface Page {
  readonly value?: readonly Record<string, unknown>[];
  readonly "@adminapi.warnings"?: readonly string[];
  readonly "@odata.nextLink"?: string;
}

function pageOf(text: string): Page {
  if (text.trim() === "") return {};
  const page: unknown = JSON.parse(text);
  if (typeof page === "object" && page !== null) return page;
  throw new Error("the body is no object");
}

async function post(
  cmdlet: string,
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<Page> {
  try {
    const signal = AbortSignal.timeout(LONGEST_CALL);
    const redirect = "error";
    const response = await fetch(url, { method: "POST", headers, body, signal, redirect });
    // The body of a refusal may be labelled gzip and be none.
    const text = await response.text().catch((error: unknown) => {
      if (response.ok) throw error;
      return "";
    });
    if (response.ok) return pageOf(text);
    throw readError(cmdlet, response.status, text, response.headers);
  } catch (cause) {
    if (cause instanceof ExchangeError) throw cause;
    const why = cause instanceof Error ? (cause.cause ?? cause) : cause;
    const words = why instanceof Error ? why.message : String(why);
    const message = `${cmdlet}: no answer from Exchange (${words})`;
    throw new ExchangeError({ cmdlet, status: 0, type: "", message, cause });
  }
}
