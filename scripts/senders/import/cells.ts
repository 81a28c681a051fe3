import type { SchemaNode } from "../../../config/jsonSchema.ts";
import { BOOLEANS } from "../../../config/messages.ts";
import type { Column } from "./columns.ts";

/**
 * What a cell says, with the type that its key has; a text that can't have it stays text, for the schema to refuse.
 *
 * @param decimalComma whether numbers may have a decimal comma
 */
export function readCell(text: string, { key, node }: Column, decimalComma: boolean): unknown {
  if (key === "name" || key === "via") return nameOf(text);
  return typed(node, text, decimalComma);
}

/** Letters that are written with two, where there are no others. */
const IN_TWO: Readonly<Record<string, string>> = {
  ä: "ae",
  ö: "oe",
  ü: "ue",
  ß: "ss",
  æ: "ae",
  ø: "oe",
  å: "aa",
};

/** `drucker-sued-2-og` of `Drucker Süd (2. OG)`. Of what is no name, such as a formula or its error, nothing is made. */
function nameOf(text: string): string {
  if (/^[=#]/.test(text)) return text;
  const plain = text
    .toLowerCase()
    .normalize("NFC")
    .replace(/[äöüßæøå]/g, (letter) => IN_TWO[letter] ?? letter)
    .normalize("NFD")
    .replace(/\p{M}/gu, "");
  const name = plain.replace(/[\s_./()&+,:;'"-]+/g, "-").replace(/^-|-$/g, "");
  return /^[a-z0-9-]+$/.test(name) ? name : text;
}

/** What spreadsheets write for true and false in the language of their user, and what people write. */
const IN_OTHER_WORDS: Readonly<Record<string, boolean>> = {
  ...Object.fromEntries(
    "wahr ja vrai oui verdadero sí si vero sì waar verdadeiro sim prawda tak sant sann sand"
      .split(" ")
      .map((word) => [word, true]),
  ),
  ...Object.fromEntries(
    "falsch nein faux non falso no onwaar nee não fałsz nie falskt nej usann nei falsk"
      .split(" ")
      .map((word) => [word, false]),
  ),
};

/** What is the same in two words but for letter case, spaces and hyphens: `Static IP` and `staticIp`. */
const bare = (text: string): string => text.toLowerCase().replace(/[\s_-]/g, "");

function typed(node: SchemaNode, text: string, decimalComma: boolean): unknown {
  if (node.enum !== undefined) {
    return node.enum.find((one) => bare(one) === bare(text)) ?? text;
  }
  switch (node.type) {
    case "array":
      return entriesOf(text, node.items?.enum).map((entry) =>
        node.items === undefined ? entry : typed(node.items, entry, decimalComma),
      );
    case "boolean":
      return BOOLEANS[text.toLowerCase()] ?? IN_OTHER_WORDS[text.toLowerCase()] ?? text;
    case "integer":
    case "number":
      return numberOf(text, decimalComma);
    case "string":
      return text.startsWith("-----BEGIN") ? `${text}\n` : text.replace(/\s*\n\s*/g, " ");
    default:
      return numberOf(text, false);
  }
}

/** The entries of a list. A word of which others are known may be written in two, such as `static IP`. */
function entriesOf(text: string, words: readonly string[] | undefined): string[] {
  const parts = text.split(/[\n;,]+/).filter((part) => part.trim() !== "");
  const isWord = (part: string) => words?.some((word) => bare(word) === bare(part)) === true;
  return parts.flatMap((part) =>
    isWord(part) ? [part] : part.split(/\s+/).filter((entry) => entry !== ""),
  );
}

/** Thousands with a space or an apostrophe between them, as French and Swiss spreadsheets write them, which has one meaning. */
const THOUSANDS = /^\d{1,3}(?:[\s'’]\d{3})+(?:[.,]\d+)?$/;

/**
 * `1200`, `1 200`, `0.1`, `0,1` where commas are decimal, `10%`. No comma or point between thousands: `1,200` and `1.200` have two
 * meanings, and a spreadsheet in German writes 1,200 messages as the latter.
 */
function numberOf(written: string, decimalComma: boolean): unknown {
  const text = THOUSANDS.test(written) ? written.replace(/[\s'’]/g, "") : written;
  const point = decimalComma ? text.replace(/^(0(?=,\d)|\d+(?=,\d{1,2}%?$)),/, "$1.") : text;
  if (/^[1-9]\d{0,2}(\.\d{3})+$/.test(text)) return text;
  if (/^\d+(\.\d+)?$/.test(point)) return Number(point);
  const [, percent] = /^(\d+(?:\.\d+)?)\s?%$/.exec(point) ?? [];
  return percent === undefined ? text : Number(percent) / 100;
}
