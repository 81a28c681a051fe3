import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { readSenders } from "../../../config/read.ts";
import { NAMESPACE } from "../../../config/schema.ts";
import type { Environment } from "../../../mail/clouds.ts";
import type { Problem } from "../../../mail/problem.ts";
import { repeated } from "../../../mail/senders/repeated.ts";
import { readCell } from "./cells.ts";
import { type Column, readColumns } from "./columns.ts";
import { type Entry, foldRows } from "./fold.ts";
import { placeOf, type Row, readTable } from "./table.ts";

/** What a table has, and everything that is wrong with it by itself. */
export interface ReadTable {
  readonly entries: readonly Entry[];
  /** Rows that it has. */
  readonly rows: number;
  readonly problems: readonly Problem[];
}

/** Octets of a file at the most. */
const LARGEST = 10_000_000;

/**
 * Reads the senders of a file.
 *
 * @throws Error when the file can't be read
 */
export async function readFileOfSenders(
  path: string,
  environment: Environment,
): Promise<ReadTable> {
  const unreadable = (cause: NodeJS.ErrnoException): never => {
    const fix = cause.code === "ENOENT" ? "name a file that is there" : "make it readable";
    throw new Error(`${path} can't be read (${cause.code}); ${fix}`, { cause });
  };
  const found = await stat(path).catch(unreadable);
  if (!found.isFile()) throw new Error(`${path} is not a file; name a CSV file`);
  if (found.size > LARGEST) {
    throw new Error(`${path} has more than ${LARGEST / 1e6} MB; import a file with senders alone`);
  }
  const bytes = await readFile(path).catch(unreadable);
  return readSenderTable(basename(path), bytes, environment);
}

/** The senders of a table, those put together that Exchange can't tell apart. */
export function readSenderTable(
  file: string,
  bytes: Uint8Array,
  environment: Environment,
): ReadTable {
  const table = readTable(file, bytes);
  if ("rule" in table) return { entries: [], rows: 0, problems: [table] };
  const { columns, missing, problems } = readColumns(file, table.rows);
  const rows = table.rows.slice(1);
  const width = table.rows[0]?.cells.length ?? 0;
  const written = rows.map((row) => writtenOf(row, columns, table.decimalComma));
  const read = readSenders(written, environment);
  const ofRows = read.problems.flatMap((problem) => {
    const place = entryKey(problem.key);
    if (place === undefined || missing.includes(place.column)) return [];
    const key = placeOf(file, rows[place.index]?.line ?? 0, place.column);
    return [{ ...problem, key, ...ofThousands(problem.value) }];
  });
  const good = rows.flatMap((row, index): Entry[] => {
    const [sender, one] = [read.senders[index], written[index]];
    if (sender === undefined || one === undefined) return [];
    return [{ written: one, sender, rows: [{ line: row.line, sender }] }];
  });
  const folded = foldRows(good, (line, key) => placeOf(file, line, key));
  return {
    entries: folded.entries,
    rows: rows.length,
    problems: [
      ...problems,
      ...rows.flatMap((row) => tooWide(file, row, width)),
      ...ofRows,
      ...repeated(good.map(({ sender }) => sender.name)).map((index) => ({
        key: placeOf(file, good[index]?.rows[0]?.line ?? 0, "name"),
        value: good[index]?.sender.name,
        rule: "is already the name of another sender",
        fix: "give each sender its own name",
      })),
      ...folded.problems,
    ],
  };
}

/** The keys that a row gives; an empty cell gives none. */
function writtenOf(
  { cells }: Row,
  columns: readonly Column[],
  decimalComma: boolean,
): Record<string, unknown> {
  const written: Record<string, unknown> = {};
  for (const column of columns) {
    const text = cells[column.index] ?? "";
    if (text === "") continue;
    const [outer = "", inner] = column.key.split(".");
    const value = readCell(text, column, decimalComma);
    written[outer] = inner === undefined ? value : { ...Object(written[outer]), [inner]: value };
  }
  return written;
}

/** Says of a number that has two meanings how to write it: `1.200` and `1,200`. */
function ofThousands(value: unknown): Partial<Problem> {
  if (typeof value !== "string" || !/^[1-9]\d{0,2}([.,])\d{3}(\1\d{3})*$/.test(value)) return {};
  const rule = "has a thousands separator, or three decimals";
  return { rule, fix: `write it without a separator, ${value.replace(/[.,]/g, "")}` };
}

/** Says that a row has cells below no name. */
function tooWide(file: string, { line, cells }: Row, width: number): Problem[] {
  if (cells.slice(width).every((cell) => cell === "")) return [];
  return [
    {
      key: placeOf(file, line),
      value: undefined,
      rule: `has more cells than there are columns (${width})`,
      fix: "put quotes around a cell that has the separator in it",
    },
  ];
}

/** What a problem's key says of an entry: `m365-smtp-relay:senders[4].from[1]` -> 4, from, 1. */
export function entryKey(key: string) {
  const found = new RegExp(`^${NAMESPACE}:senders\\[(\\d+)\\]\\.([^[]+)(?:\\[(\\d+)\\])?`).exec(
    key,
  );
  if (found === null) return undefined;
  const [, index, column = "", position] = found;
  return {
    index: Number(index),
    column,
    position: position === undefined ? undefined : Number(position),
  };
}
