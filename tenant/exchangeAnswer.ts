// What a 200 of Exchange's admin API holds.
import { ExchangeError, onlyReads, readWords } from "./exchangeError.ts";

/** One page of what a cmdlet gave. */
export interface Page {
  /** Objects with a property or more. */
  readonly value: readonly Readonly<Record<string, unknown>>[];
  readonly warnings: readonly string[];
  /** Address of the next page. */
  readonly nextLink: string | undefined;
}

/**
 * Reads a page. "None" comes in several shapes: an empty list, `[null]`, `[{}]`, or an object with nothing but OData's
 * annotations (names with an `@`); an empty body too. None of them is an object.
 *
 * @param body the answer's text as it came
 * @throws ExchangeError for the errors that a 200 may hold (`@adminapi.errors`): Microsoft's own module writes each of
 *   them as an error, so the cmdlet failed, or did a part of its work
 * @throws Error when the body is not the JSON of a page
 */
export function readPage(cmdlet: string, body: string): Page {
  const page = (body.trim() === "" ? {} : JSON.parse(body)) as Record<string, unknown>;
  if (typeof page !== "object" || page === null) throw new Error("the body is no object");
  const errors = listOf(page["@adminapi.errors"]);
  if (errors.length > 0) throw errorOf(cmdlet, errors);
  const link = page["@odata.nextLink"];
  return {
    value: listOf(page.value).filter(isObject),
    warnings: listOf(page["@adminapi.warnings"]).map(String),
    nextLink: typeof link === "string" && link !== "" ? link : undefined,
  };
}

/** One value is a list of one, none is the empty list. */
const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value == null || value === "" ? [] : [value];

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" &&
  value !== null &&
  Object.keys(value).some((name) => !name.includes("@"));

/** The first error decides the type. A cmdlet that writes may have done a part of its work. */
function errorOf(cmdlet: string, errors: readonly unknown[]): ExchangeError {
  const read = errors.map((error) =>
    readWords(typeof error === "string" ? error : JSON.stringify(error)),
  );
  const words = read.map(({ message, type }) => message || type || "an error without words");
  const type = read[0]?.type ?? "";
  const mayHaveRun = !onlyReads(cmdlet);
  const message = `${cmdlet}: ${words.join("; ")}`;
  return new ExchangeError({ cmdlet, status: 200, type, message, mayHaveRun });
}
