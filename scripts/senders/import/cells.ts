import type { SchemaNode } from "../../../config/jsonSchema.ts";
import { BOOLEANS } from "../../../config/messages.ts";
import type { Column } from "./columns.ts";

/**
 * What a cell says, with the type that its key has; a text that can't have it stays text, for the schema to refuse.
 *
 * @param decimalComma whether numbers may have a decimal comma
 */
export function readCell(text: string, { key, node }: Column, decimalComma: boolean): unknown {
  if (key === "name") return text.toLowerCase().replace(/[\s_]+/g, "-");
  return typed(node, text, decimalComma);
}

function typed(node: SchemaNode, text: string, decimalComma: boolean): unknown {
  if (node.enum !== undefined) {
    return node.enum.find((one) => one.toLowerCase() === text.toLowerCase()) ?? text;
  }
  switch (node.type) {
    case "array":
      return text
        .split(/[\s;,]+/)
        .filter((entry) => entry !== "")
        .map((entry) =>
          node.items === undefined ? entry : typed(node.items, entry, decimalComma),
        );
    case "boolean":
      return BOOLEANS[text.toLowerCase()] ?? text;
    case "integer":
    case "number":
      return numberOf(text, decimalComma);
    case "string":
      return text.startsWith("-----BEGIN") ? `${text}\n` : text.replace(/\s*\n\s*/g, " ");
    default:
      return numberOf(text, false);
  }
}

/**
 * `1200`, `0.1`, `0,1` where commas are decimal, `10%`. No thousands separator: `1,200` and `1.200` have two meanings, and a
 * spreadsheet in German writes 1,200 messages as the latter.
 */
function numberOf(text: string, decimalComma: boolean): unknown {
  const point = decimalComma ? text.replace(/^(0(?=,\d)|\d+(?=,\d{1,2}%?$)),/, "$1.") : text;
  if (/^[1-9]\d{0,2}(\.\d{3})+$/.test(text)) return text;
  if (/^\d+(\.\d+)?$/.test(point)) return Number(point);
  const [, percent] = /^(\d+(?:\.\d+)?)\s?%$/.exec(point) ?? [];
  return percent === undefined ? text : Number(percent) / 100;
}
