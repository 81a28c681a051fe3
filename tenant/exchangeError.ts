import { EXCHANGE_RIGHTS } from "./rights.ts";

/** What went wrong with a cmdlet, in Exchange's words, with what a caller decides by. */
export class ExchangeError extends Error {
  override readonly name = "ExchangeError";
  readonly cmdlet: string;
  /** HTTP status; 0 when no answer came, so that nobody knows whether the cmdlet ran. */
  readonly status: number;
  /** Short name of Exchange's exception, e.g. `ManagementObjectNotFoundException`; empty when none was given. */
  readonly type: string;
  /** Milliseconds that Exchange asked to wait before the next try. */
  readonly retryAfter: number | undefined;
  /** Whether an earlier try of the same call may have run. */
  readonly mayHaveRun: boolean;

  constructor(
    fact: Pick<ExchangeError, "cmdlet" | "status" | "type" | "message"> & {
      retryAfter?: number;
      mayHaveRun?: boolean;
      cause?: unknown;
    },
  ) {
    super(fact.message, "cause" in fact ? { cause: fact.cause } : undefined);
    this.cmdlet = fact.cmdlet;
    this.status = fact.status;
    this.type = fact.type;
    this.retryAfter = fact.retryAfter;
    this.mayHaveRun = fact.mayHaveRun ?? false;
  }
}

const TRANSIENT = new Set([
  "CmdletProxyNotAvailableFailure",
  "ServerBusyException",
  "TransientException",
  "BackendCommunicationException",
]);

/** Whether Exchange says that there is no such object. */
export const isNotFound = (error: unknown): boolean =>
  error instanceof ExchangeError && error.type === "ManagementObjectNotFoundException";

/** Whether Exchange says that there is an object of that name already. */
export const isAlreadyThere = (error: unknown): boolean =>
  error instanceof ExchangeError && /AlreadyExistsException$/.test(error.type);

/** Whether nobody knows if the cmdlet ran, now or in an earlier try: no answer, or one from between us and Exchange. */
export const isOutcomeUnknown = (error: unknown): boolean =>
  error instanceof ExchangeError &&
  (error.mayHaveRun ||
    error.status === 0 ||
    (error.status >= 500 && error.status !== 503 && !isTransient(error)));

/** Whether Exchange said that it did not run the cmdlet and that the same call may go through later. */
export const isTransient = (error: unknown): boolean =>
  error instanceof ExchangeError &&
  (error.status === 429 || error.status === 503 || TRANSIENT.has(error.type));

/**
 * Whether Exchange understood the request and refuses it, whatever the exception: not for want of a right or of the
 * object, and not because it is busy.
 */
export const isRefusal = (error: unknown): error is ExchangeError =>
  error instanceof ExchangeError &&
  error.status !== 401 &&
  error.status !== 403 &&
  !(isNotFound(error) || isTransient(error) || isOutcomeUnknown(error));

/**
 * Reads the answer to a cmdlet that failed. Its text comes in several shapes: `[code]|Exception.Type|words`, a JSON
 * string inside the string, only a generic message, or a run of NUL bytes with the reason in a header.
 *
 * @param body the answer's text as it came
 * @param headers of the answer: `x-ms-diagnostics` (e.g. `2000003;reason="…"`) and `Retry-After` (seconds) are read
 */
export function readError(
  cmdlet: string,
  status: number,
  body: string,
  headers: Headers,
): ExchangeError {
  const { type, message } = detail(body);
  const reason = /reason="([^"]*)"/.exec(headers.get("x-ms-diagnostics") ?? "")?.[1];
  const words = [message || reason || `HTTP ${status}`, hint(cmdlet, status)].filter(Boolean);
  const seconds = Number(headers.get("Retry-After"));
  return new ExchangeError({
    cmdlet,
    status,
    type,
    message: `${cmdlet}: ${words.join("; ")}`,
    ...(seconds > 0 ? { retryAfter: seconds * 1000 } : {}),
  });
}

function hint(cmdlet: string, status: number): string {
  if (status === 401) {
    return `Exchange did not accept the token: run it again if it had expired, else grant the app ${EXCHANGE_RIGHTS.appRole} (Office 365 Exchange Online) with admin consent`;
  }
  if (status === 403) {
    return `the app's directory role or role group does not allow ${cmdlet}: assign its service principal ${EXCHANGE_RIGHTS.directoryRole} (a new role takes up to an hour to spread)`;
  }
  return "";
}

const field = (value: unknown, name: string): unknown =>
  Object.entries(Object(value) as object).find(([key]) => key.toLowerCase() === name)?.[1];

const text = (value: unknown): string => (typeof value === "string" ? value.trim() : "");

/** Exception and words out of whichever text of the body tells both; empty where it tells nothing. */
function detail(body: string): { type: string; message: string } {
  const error = field(parse(body), "error");
  const details = field(error, "details");
  const inner = field(field(error, "innererror"), "internalexception");
  const texts = [
    ...(Array.isArray(details) ? details : []).map((one: unknown) => text(field(one, "message"))),
    text(field(inner, "message")),
    text(field(error, "message")),
  ].filter((words) => words !== "");
  const readable = texts.map(typed).find(({ type }) => type !== "");
  const type = readable?.type || shortName(text(field(inner, "type")));
  return { type, message: readable?.message ?? texts[0] ?? "" };
}

/** `[code]|Exception.Type|words`, or the same as JSON in a string. */
function typed(words: string): { type: string; message: string } {
  const nested = parse(words);
  const name = text(field(nested, "typename"));
  if (name !== "") return { type: shortName(name), message: text(field(nested, "message")) };
  const [, type, message] = /^[^|]*\|([^|]+)\|([\s\S]*)$/.exec(words) ?? [];
  if (type === undefined || message === undefined) return { type: "", message: words };
  return { type: shortName(type), message: message.trim() };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

const shortName = (type: string): string => type.slice(type.lastIndexOf(".") + 1);
