import type { Mailbox } from "../world/recipients.ts";

/** One comparison of a filter. */
export interface Comparison<Property extends string = RecipientProperty> {
  property: Property;
  operator: "-eq" | "-like";
  value: string;
}

type RecipientProperty = (typeof PROPERTIES)[number];

/** Where a filter can't be read, and why. */
export interface FilterProblem {
  kind: "syntax" | "property" | "unsupported";
  /** The property; of the other two kinds, the filter from that position on. */
  at: string;
  /** Counted from 1. */
  position: number;
}

const PROPERTIES = ["PrimarySmtpAddress", "EmailAddresses", "Guid"] as const;
const TOKEN = /\s*(?:(\()|(\))|(-\w+)|'((?:[^']|'')*)'|"([^"]*)"|(\w+))/y;

interface Token {
  is: "(" | ")" | "operator" | "text" | "word";
  text: string;
  position: number;
}

/** Reads the filter of a management scope ("Filterable properties for the RecipientFilter parameter", Learn). */
export const parseFilter = (filter: string): Comparison[] | FilterProblem =>
  parseOpath(filter, PROPERTIES, ["-eq"]);

/**
 * Reads an OPATH filter: comparisons of some properties by some operators, put together by `-or` and parentheses. That is a
 * part of what Exchange understands.
 */
export function parseOpath<Property extends string>(
  filter: string,
  properties: readonly Property[],
  operators: readonly Comparison["operator"][],
): Comparison<Property>[] | FilterProblem {
  const read = tokenize(filter);
  if (!Array.isArray(read)) return read;
  const tokens: Token[] = read;
  let next = 0;
  const take = (is: Token["is"]): Token | undefined =>
    tokens[next]?.is === is ? tokens[next++] : undefined;
  const problem = (kind: FilterProblem["kind"], token: Token | undefined): FilterProblem => ({
    kind,
    at: kind === "property" ? (token?.text ?? "") : filter.slice((token?.position ?? 1) - 1),
    position: token?.position ?? filter.length,
  });

  function readAny(): Comparison<Property>[] | FilterProblem {
    const found: Comparison<Property>[] = [];
    for (;;) {
      const term = readTerm();
      if (!Array.isArray(term)) return term;
      found.push(...term);
      const operator = take("operator");
      if (!operator) return found;
      if (operator.text.toLowerCase() !== "-or") return problem("unsupported", operator);
    }
  }
  function readTerm(): Comparison<Property>[] | FilterProblem {
    if (take("(")) {
      const inner = readAny();
      if (!Array.isArray(inner)) return inner;
      return take(")") ? inner : problem("syntax", tokens[next]);
    }
    const word = take("word");
    if (!word) return problem("syntax", tokens[next]);
    const operator = take("operator");
    const value = take("text");
    if (!operator || !value) return problem("syntax", tokens[next]);
    const property = properties.find((name) => name.toLowerCase() === word.text.toLowerCase());
    if (!property) return problem("property", word);
    const known = operators.find((name) => name === operator.text.toLowerCase());
    if (!known) return problem("unsupported", operator);
    return [{ property, operator: known, value: value.text }];
  }

  const found = readAny();
  return Array.isArray(found) && next < tokens.length ? problem("syntax", tokens[next]) : found;
}

function tokenize(filter: string): Token[] | FilterProblem {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (filter.slice(TOKEN.lastIndex).trim() !== "") {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(filter);
    if (!match) {
      const at = filter.slice(from).trimStart();
      return { kind: "syntax", at, position: filter.length - at.length + 1 };
    }
    const [all, open, close, operator, single, double, word] = match;
    const position = from + all.length - all.trimStart().length + 1;
    if (open !== undefined) tokens.push({ is: "(", text: open, position });
    else if (close !== undefined) tokens.push({ is: ")", text: close, position });
    else if (operator !== undefined) tokens.push({ is: "operator", text: operator, position });
    else if (word !== undefined) tokens.push({ is: "word", text: word, position });
    else {
      const text = single?.replaceAll("''", "'") ?? double ?? "";
      tokens.push({ is: "text", text, position });
    }
  }
  return tokens;
}

/**
 * The filter as Exchange gives it back. That it rewrites filters is known (azapptoolkit); assumed is how: names in
 * its own letter case, single quotes, parentheses around each comparison and around all.
 */
export function writeFilter(comparisons: Comparison[]): string {
  const parts = comparisons.map(
    ({ property, value }) => `(${property} -eq '${value.replaceAll("'", "''")}')`,
  );
  return `(${parts.join(" -or ")})`;
}

/** Whether a filter that `writeFilter` wrote covers a mailbox; values compare in any letter case. */
export function isCovered(filter: string, mailbox: Mailbox): boolean {
  const comparisons = parseFilter(filter);
  if (!Array.isArray(comparisons)) return false;
  return comparisons.some(({ property, value }) =>
    valuesOf(mailbox, property).includes(value.toLowerCase()),
  );
}

function valuesOf(mailbox: Mailbox, property: Comparison["property"]): string[] {
  switch (property) {
    case "PrimarySmtpAddress":
      return [mailbox.address.toLowerCase()];
    case "Guid":
      return [mailbox.guid];
    case "EmailAddresses": {
      const proxies = mailbox.emailAddresses.map((proxy) => proxy.toLowerCase());
      return [...proxies, ...proxies.map((proxy) => proxy.replace(/^smtp:/, ""))];
    }
  }
}
