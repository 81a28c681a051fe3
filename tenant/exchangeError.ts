import { EXCHANGE_RIGHTS } from "../mail/rights/graph.ts";

/** Whether a cmdlet changes nothing. */
export const onlyReads = (cmdlet: string): boolean => /^(Get|Test|Search)-/.test(cmdlet);

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

/**
 * Exceptions of a service that is busy or not in order: clients of others try again after them.
 *
 * @see https://github.com/GreyCorbel/ExoHelper (Invoke-ExoCommand.ps1)
 */
const TRANSIENT = new Set([
  "CmdletProxyNotAvailableFailure",
  "ServerBusyException",
  "TransientException",
  "BackendCommunicationException",
  "UnableToWriteToAadException",
]);

/** The same in words, which may come without an exception. */
const TRANSIENT_WORDS =
  /maximum number of concurrent requests per tenant|issue may be transient|temporarily unable/i;

/**
 * What Exchange says "may be transient" of is often not: Entra refused a value, or the object is another system's. Such
 * refusals name the property or the reason (public records of UnableToWriteToAadException).
 */
const LASTING_WORDS =
  /Reason: \w|specified propert(y|ies)|already exists|Insufficient privileges|on-premises mastered/i;

const isLasting = ({ message }: ExchangeError): boolean => LASTING_WORDS.test(message);

const NOT_FOUND = "ManagementObjectNotFoundException";
/**
 * The same in words, for an answer that names no exception: of any object (graph2otel's live records of 2026-07), of who
 * holds a right, and of an accepted domain (both assumed).
 */
const NOT_FOUND_WORDS =
  /because object '[^']*' couldn't be found on '|^\S+: (User or group "[^"]*" wasn't found|The accepted domain '[^']*' couldn't be found)\./;

/** Whether Exchange says that there is no such object. */
export const isNotFound = (error: unknown): boolean =>
  error instanceof ExchangeError &&
  (error.type === NOT_FOUND || (error.type === "" && NOT_FOUND_WORDS.test(error.message)));

/**
 * The exceptions by which cmdlets refuse a name, an address or an identity that something has already, beside those that
 * end in `AlreadyExistsException`.
 */
const TAKEN = new Set([
  "ProxyAddressExistsException",
  "WLCDManagedMemberExistsException",
  "WLCDUnmanagedMemberExistsException",
  "WLCDMemberNameInUseException",
  "PropertyValueExistsException",
  "NameNotAvailableException",
  "ManagementObjectAmbiguousException",
]);

/** Whether Exchange says that there is an object of that name or address already. */
export const isAlreadyThere = (error: unknown): boolean =>
  error instanceof ExchangeError &&
  (/AlreadyExistsException$/.test(error.type) ||
    TAKEN.has(error.type) ||
    (error.type === "UnableToWriteToAadException" && /already exists/i.test(error.message)));

/** Whether no answer of Exchange's came: none at all, or one from between us and Exchange. */
export const isAnswerLost = (error: unknown): boolean =>
  error instanceof ExchangeError &&
  (error.status === 0 ||
    error.status === 408 ||
    (error.status >= 500 && error.status !== 503 && !isTransient(error)));

/** Whether nobody knows if the cmdlet ran, now or in an earlier try, or how much of it. */
export const isOutcomeUnknown = (error: unknown): boolean =>
  error instanceof ExchangeError && (error.mayHaveRun || isAnswerLost(error));

/** Whether Exchange said that it did not run the cmdlet and that the same call may go through later. */
export const isTransient = (error: unknown): boolean =>
  error instanceof ExchangeError &&
  (error.status === 429 ||
    error.status === 503 ||
    ((TRANSIENT.has(error.type) || TRANSIENT_WORDS.test(error.message)) && !isLasting(error)));

/** A message with when to run it again at its end, said once. */
export const toRunAgain = (message: string, again = "run it again"): string =>
  `${message.replace(/; run it again$/, "")}; ${again}`;

/** Whether the same call may go through later: Exchange is busy, or no answer came. */
export const isPassing = (error: unknown): boolean =>
  isTransient(error) ||
  (isAnswerLost(error) && error instanceof ExchangeError && !isLasting(error));

/** Whether an HTTP status is one of a redirection. */
export const isRedirection = (status: number): boolean => status >= 300 && status < 400;

/**
 * Whether Exchange understood the request and refuses it, whatever the exception: not for want of a right or of the
 * object, and not because it is busy.
 */
export const isRefusal = (error: unknown): error is ExchangeError =>
  error instanceof ExchangeError &&
  !isRedirection(error.status) &&
  error.status !== 401 &&
  error.status !== 403 &&
  !(isNotFound(error) || isTransient(error) || isOutcomeUnknown(error));

/**
 * Reads the answer to a cmdlet that failed. Its text comes in several shapes: `[code]|Exception.Type|words`, a JSON
 * string inside the string, only a generic message, words without JSON, or a run of NUL bytes with the reason in a
 * header.
 *
 * @param body the answer's text as it came
 * @param headers of the answer: `X-ExceptionType`, `x-ms-diagnostics` (e.g. `2000003;reason="…"`) and `Retry-After`
 *   are read
 */
export function readError(
  cmdlet: string,
  status: number,
  body: string,
  headers: Headers,
): ExchangeError {
  const { type, message } = detail(body, shortName(text(headers.get("X-ExceptionType"))));
  const reason = /reason="([^"]*)"/.exec(headers.get("x-ms-diagnostics") ?? "")?.[1];
  const words = [message || reason || `HTTP ${status}`, hint(cmdlet, status)].filter(Boolean);
  const wait = waitIn(headers);
  return new ExchangeError({
    cmdlet,
    status,
    type,
    message: `${cmdlet}: ${words.join("; ")}`,
    ...(wait === undefined ? {} : { retryAfter: wait }),
  });
}

/**
 * Milliseconds that an answer asks to wait: `Retry-After` holds seconds, or a date, which goes by the clock of the answer.
 *
 * @see RFC 9110 section 10.2.3
 */
function waitIn(headers: Headers): number | undefined {
  const given = (headers.get("Retry-After") ?? "").trim();
  const now = Date.parse(headers.get("Date") ?? "") || Date.now();
  const wait = given.endsWith("GMT") ? Date.parse(given) - now : Number(given) * 1000;
  return wait > 0 ? wait : undefined;
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

/**
 * Exception and words out of whichever text of the body has both; empty where it has nothing.
 *
 * @param typeOfHeader the exception where no text names one
 */
function detail(body: string, typeOfHeader: string): { type: string; message: string } {
  const outer = parse(body);
  const json = typeof outer === "string" ? (parse(outer) ?? outer) : outer;
  if (json === undefined || typeof json === "string") {
    const { type, message } = readWords(inPlainText(json ?? body));
    return { type: type || typeOfHeader, message };
  }
  return readErrorObject(json, typeOfHeader);
}

/**
 * Exception and words of an error as an object: OData's, in its versions, or a list of texts.
 *
 * @param json the error, or an object that holds it as `error`
 * @param typeOfHeader the exception where no text names one
 */
export function readErrorObject(
  json: unknown,
  typeOfHeader = "",
): { type: string; message: string } {
  const body: unknown = Array.isArray(json) ? json[0] : json;
  const error = field(body, "error") ?? field(body, "odata.error") ?? field(body, "@odata.error");
  const inner = field(field(error ?? body, "innererror"), "internalexception");
  const texts = [
    ...listIn(error, "details").map((one) => text(field(one, "message"))),
    text(field(inner, "message")),
    text(field(error, "message")),
    text(field(field(error, "message"), "value")),
    text(error),
    ...["@adminapi.errors", "errors"].flatMap((name) =>
      listIn(body, name).map((one) => text(one) || text(field(one, "message"))),
    ),
    text(field(body, "message")),
    text(field(field(body, "message"), "value")),
    ...["error_description", "detail", "title"].map((name) => text(field(body, name))),
  ].filter((words) => words !== "");
  const readable = texts.map(readWords).find(({ type }) => type !== "");
  const named = ["typename", "exceptiontype", "classname"].map((name) => text(field(body, name)));
  const code = [error, body]
    .map((one) => text(field(one, "code")))
    .find((one) => /Exception$/.test(one));
  const type =
    readable?.type ||
    typeOfHeader ||
    shortName(text(field(inner, "type")) || named.find((one) => one !== "") || code || "");
  return { type, message: readable?.message ?? texts[0] ?? "" };
}

function listIn(value: unknown, name: string): readonly unknown[] {
  const list = field(value, name);
  return Array.isArray(list) ? list : [];
}

/** Longest text of a body without JSON that a message repeats, in characters. */
const LONGEST_TEXT = 500;

/** The words of a body without JSON; a page of HTML, which comes from between us and Exchange, has none. */
function inPlainText(body: string): string {
  const words = body.replaceAll("\0", "").trim();
  return words.startsWith("<") ? "" : words.slice(0, LONGEST_TEXT);
}

/**
 * Exception and words out of one text: `[code]|Exception.Type|words`, or JSON with the exception's name in `TypeName`,
 * `ExceptionType` or `ClassName`, whose `Message` may be such a text itself.
 */
export function readWords(words: string): { type: string; message: string } {
  const nested = parse(words);
  const name = ["typename", "exceptiontype", "classname"].map((key) => text(field(nested, key)));
  const said = text(field(nested, "message"));
  const typeName = name.find((one) => one !== "") ?? "";
  if (typeName !== "" || said !== "") {
    const inner = readWords(said);
    return { type: inner.type || shortName(typeName), message: inner.message };
  }
  const [, type, message] = /^[^|\s]*\|([^|\s]+)\|([\s\S]*)$/.exec(words) ?? [];
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
