import { type Field, isNamed } from "./fields.ts";
import { tokensOf } from "./tokens.ts";

/** Who wrote a message. */
export interface Author {
  /** In lower case. */
  readonly address: string;
  readonly domain: string;
}

/** The author by the From field; undefined where there is none, or several of them, as no receiver judges such mail. */
export function authorOf(fields: readonly Field[]): Author | undefined {
  const [from, second] = fields.filter((field) => isNamed(field, "From"));
  if (from === undefined || second !== undefined) return undefined;
  const words = tokensOf(from.value.slice(0, LONGEST)).filter(({ kind }) => kind === "word");
  const withSign = words
    .map(({ text }) => text.replace(/,$/, ""))
    .filter((text) => text.includes("@"));
  const inBrackets = withSign.flatMap((text) => /<([^<>]+)>?$/.exec(text)?.[1] ?? []);
  const [address = "", other] = inBrackets.length > 0 ? inBrackets : withSign;
  const domain = address.slice(address.lastIndexOf("@") + 1).replace(/[.>]+$/, "");
  if (other !== undefined || !/^[^\s@<>]+$/.test(domain)) return undefined;
  return { address: address.toLowerCase(), domain: domain.toLowerCase() };
}

/** A From field is one line of a mail program. */
const LONGEST = 5000;
