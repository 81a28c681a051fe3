import { type CsvError, parse } from "csv-parse/sync";
import { number } from "../../../mail/numberText.ts";
import type { Problem } from "../../../mail/problem.ts";

/** A line of a table that has something in it. */
export interface Row {
  /** Where it begins in the file, counted from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

export interface Table {
  /** The first one has the names of the columns. */
  readonly rows: readonly Row[];
  /** Whether numbers have a decimal comma: where columns are separated by semicolons or tabs, as Excel writes it there. */
  readonly decimalComma: boolean;
}

/** Where something stands in a file, for messages. */
export const placeOf = (file: string, line: number, column?: string): string =>
  `${file}, line ${line}${column === undefined ? "" : `, column ${column}`}`;

/** Characters of a row at the most: a certificate has 2,000. */
const LONGEST_ROW = 50_000;
/** Rows at the most. */
const MOST_ROWS = 10_000;

const SAVE_AS =
  "in Excel choose Save As, CSV UTF-8 (Comma delimited), in LibreOffice the character set UTF-8";

/**
 * The rows of a file with comma-, semicolon- or tab-separated values (RFC 4180), as spreadsheets write it: with a byte order mark or
 * without, with line breaks of any system, also within quotes. Cells are text: no formula of a spreadsheet is run.
 *
 * @param file its name, for messages
 */
export function readTable(file: string, bytes: Uint8Array): Table | Problem {
  const text = decoded(file, bytes);
  if (typeof text !== "string") return text;
  const all = text.replace(/\r\n?/g, "\n");
  // What other programs write for Excel above the table: its separator.
  const [, said] = /^"?sep=([;\t,])"?[;\t,]*\n/i.exec(all) ?? [];
  const lines = said === undefined ? all : all.replace(/^.*/, "");
  const first = /\S.*/.exec(lines)?.[0] ?? "";
  const delimiter = said ?? [";", "\t", ","].find((one) => first.includes(one)) ?? ",";
  const rows = parsed(file, lines, delimiter);
  if ("rule" in rows) return rows;
  const filled = rows.filter(({ cells }) => cells.some((cell) => cell !== ""));
  if (filled.length > MOST_ROWS + 1) {
    return {
      key: file,
      value: undefined,
      rule: `has more than ${number(MOST_ROWS)} rows`,
      fix: "split it into several files",
    };
  }
  if (filled.length < 2) {
    return {
      key: file,
      value: undefined,
      rule: filled.length === 0 ? "is empty" : "has no row below the names of its columns",
      fix: "fill in what npm run senders -- --import-template prints",
    };
  }
  return { rows: filled, decimalComma: delimiter !== "," };
}

function decoded(file: string, bytes: Uint8Array): string | Problem {
  const not = (rule: string): Problem => ({ key: file, value: undefined, rule, fix: SAVE_AS });
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return not("is a workbook or another archive");
  // Excel's "Unicode Text" is UTF-16 with a byte order mark.
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? "utf-16le"
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? "utf-16be"
        : "utf-8";
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    const nul = text.indexOf("\0");
    if (nul < 0) return text;
    const key = placeOf(file, linesOf(text.slice(0, nul)));
    return { ...not("has a NUL character, which no text has"), key };
  } catch {
    const [before = ""] = new TextDecoder(encoding).decode(bytes).split("\ufffd");
    return { ...not("has an octet that is no text in UTF-8"), key: placeOf(file, linesOf(before)) };
  }
}

const linesOf = (text: string): number => text.split(/\r\n?|\n/).length;

function parsed(file: string, text: string, delimiter: string): Row[] | Problem {
  try {
    // The types know nothing of what info makes of a record.
    const records = parse(text, {
      delimiter,
      info: true,
      relax_column_count: true,
      max_record_size: LONGEST_ROW,
      to: MOST_ROWS * 2,
    }) as unknown as { info: { lines: number }; record: string[] }[];
    return records.map(({ info, record }) => ({
      // It tells the line that a record ends in.
      line: info.lines - record.join("").split("\n").length + 1,
      cells: record.map((cell) => cell.trim()),
    }));
  } catch (error) {
    const { code, lines } = error as CsvError & { readonly lines: number };
    const [rule, fix] = UNREADABLE[code] ?? ["can't be read as CSV", SAVE_AS];
    return { key: placeOf(file, lines), value: undefined, rule, fix };
  }
}

const QUOTES = 'put quotes around the whole cell, and write each quote within it twice ("")';

/** What the reader refuses, by its code. */
const UNREADABLE: Readonly<Record<string, readonly [rule: string, fix: string]>> = {
  CSV_QUOTE_NOT_CLOSED: ["begins a cell with a quote that is never closed", QUOTES],
  CSV_INVALID_CLOSING_QUOTE: ["has text after the closing quote of a cell", QUOTES],
  INVALID_OPENING_QUOTE: ["has a quote within a cell that has none around it", QUOTES],
  CSV_MAX_RECORD_SIZE: [
    `has more than ${number(LONGEST_ROW)} characters`,
    "keep one sender a row, with the columns of npm run senders -- --import-template",
  ],
};
