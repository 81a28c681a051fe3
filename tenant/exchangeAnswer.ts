// What a 200 of Exchange's admin API holds.
import { ExchangeError, onlyReads, readErrorObject, readWords } from "./exchangeError.ts";

/** One page of what a cmdlet gave. */
export interface Page {
  /** Objects with a property or more. */
  readonly value: readonly Readonly<Record<string, unknown>>[];
  readonly warnings: readonly string[];
  /** Address of the next page. */
  readonly nextLink: string | undefined;
}

/** Members of a page, and of an object in it, that say that something went wrong, in any letter case. */
const ERRORS = /^(?:@?(?:adminapi|odata)\.)?errors?$/i;
const ANNOTATED_ERRORS = /^@(?:adminapi|odata)\.errors?$/i;
const VALUE = /^value$/i;
const WARNINGS = /^@?(?:adminapi\.)?warnings$/i;
const NEXT_LINK = /^@?(?:odata\.)?nextLink$/i;
const ANNOTATION = /@|^(?:odata|adminapi)\./i;

/**
 * Reads a page. "None" comes in several shapes: an empty list, `[null]`, `[{}]`, or an object with nothing but OData's
 * annotations (names with an `@`); an empty body too. None of them is an object.
 *
 * @param body the answer's text as it came: a page, or the list alone
 * @throws ExchangeError for the errors that a 200 may hold (`@adminapi.errors`, of the page or of an object in it, or
 *   OData's `error`): Microsoft's own module writes each of them as an error, so the cmdlet failed, or did a part of its
 *   work
 * @throws Error when the body is not the JSON of a page: what it says must not be taken for "none"
 * @see https://docs.oasis-open.org/odata/odata-json-format/v4.01 (section 21.1, error response; 21.3, in-stream error)
 */
export function readPage(cmdlet: string, body: string): Page {
  const json: unknown = body.trim() === "" ? {} : parsePage(body);
  const page = Array.isArray(json) ? { value: json } : json;
  if (typeof page !== "object" || page === null) throw new Error(NO_PAGE);
  const value = membersOf(page, VALUE).flatMap(listOf).flat();
  const errors = [
    ...membersOf(page, ERRORS),
    ...value.flatMap((one) => membersOf(one, ANNOTATED_ERRORS)),
  ]
    .flatMap(listOf)
    .filter((one) => !isNothing(one));
  if (errors.length > 0) throw errorOf(cmdlet, errors);
  const names = Object.keys(page);
  if (!names.every((name) => isKnown(name) || ANNOTATION.test(name))) throw new Error(NO_PAGE);
  const [link] = membersOf(page, NEXT_LINK);
  return {
    value: value.filter(isObject),
    warnings: membersOf(page, WARNINGS).flatMap(listOf).map(String),
    nextLink: typeof link === "string" && link !== "" ? link : undefined,
  };
}

const NO_PAGE = "what came is not an answer of Exchange's admin API";

const isKnown = (name: string): boolean =>
  [VALUE, ERRORS, WARNINGS, NEXT_LINK].some((pattern) => pattern.test(name));

function parsePage(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new Error(NO_PAGE);
  }
}

const membersOf = (object: unknown, pattern: RegExp): unknown[] =>
  Object.entries(Object(object) as object).flatMap(([name, member]) =>
    pattern.test(name) ? [member] : [],
  );

/** One value is a list of one, none is the empty list. */
const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value == null || value === "" ? [] : [value];

const isNothing = (value: unknown): boolean =>
  value === null || (typeof value === "object" && Object.keys(value).length === 0);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" &&
  value !== null &&
  Object.keys(value).some((name) => !name.includes("@"));

/** The first error decides the type. A cmdlet that writes may have done a part of its work. */
function errorOf(cmdlet: string, errors: readonly unknown[]): ExchangeError {
  const read = errors.map((error) =>
    typeof error === "string" ? readWords(error) : readErrorObject(error),
  );
  const words = read.map(({ message, type }) => message || type || "an error without words");
  const type = read[0]?.type ?? "";
  const mayHaveRun = !onlyReads(cmdlet);
  const message = `${cmdlet}: ${words.join("; ")}`;
  return new ExchangeError({ cmdlet, status: 200, type, message, mayHaveRun });
}
