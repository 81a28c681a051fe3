import { basename } from "node:path";
import { atName } from "../../../config/places.ts";
import { judgeConfig, readSenders } from "../../../config/read.ts";
import { NAMESPACE } from "../../../config/schema.ts";
import type { Environment } from "../../../mail/clouds.ts";
import { counted } from "../../../mail/numberText.ts";
import { type Problem, sentence, summarize } from "../../../mail/problem.ts";
import type { Sender } from "../../../mail/senders/sender.ts";
import { TENANT_ID_EXAMPLE } from "../../../mail/tenantId.ts";
import { configOf } from "../../stack/config.ts";
import { addSenders } from "../../stack/edit.ts";
import type { StackEntry } from "../../stack/entry.ts";
import { addressesOf, type Entry, isSame } from "./fold.ts";
import { entryKey, type ReadTable, readFileOfSenders } from "./read.ts";
import { placeOf } from "./table.ts";

const SENDERS = `${NAMESPACE}:senders`;

/** What is wrong with a file of senders, a sentence each. */
export class ImportError extends Error {
  constructor(file: string, problems: readonly Problem[]) {
    const found = new Set(problems.map(sentence)).size;
    const count = counted(found, "problem");
    const inOrder = problems.toSorted((one, other) => lineOf(one) - lineOf(other));
    const lines = summarize(inOrder).map((line) => `  ${line}`);
    super(`${count} in ${file}; nothing was written:\n${lines.join("\n")}`);
    this.name = "ImportError";
  }
}

/** The line that a problem is in; those of the file as a whole come first. */
const lineOf = ({ key }: Problem): number => Number(/, line (\d+)/.exec(key)?.[1] ?? 0);

export interface ImportOptions {
  /** `prod`, or `organization/project/prod` */
  readonly stack: string;
  /** The file with the senders. */
  readonly path: string;
  readonly dryRun: boolean;
  /** The project's folder. */
  readonly root?: string;
}

/** What became of it. */
export interface Import {
  /** Rows of the file. */
  readonly rows: number;
  readonly added: readonly Entry[];
  /** Entries that the stack file has already. */
  readonly unchanged: readonly Entry[];
  /** Where they were written; undefined where they were not. */
  readonly file: string | undefined;
}

/**
 * Adds the senders of a table to a stack file. Those that are there already, with the same values, are passed over; one with
 * other values is refused, as the stack file may say more than the table by then.
 *
 * @throws ImportError that lists everything that is wrong; Error when a file can't be read or written. Nothing is written then
 */
export async function importSenders({ stack, path, dryRun, root }: ImportOptions): Promise<Import> {
  const { stack: name, raw } = await configOf(stack, root);
  const table = await readFileOfSenders(path, environmentOf(raw));
  const file = basename(path);
  const { added, unchanged, problems } = sortEntries(table, file, raw, name);
  if (problems.length > 0) throw new ImportError(file, problems);
  const { rows } = table;
  if (dryRun || added.length === 0) return { rows, added, unchanged, file: undefined };
  return { rows, added, unchanged, file: await addSenders(name, added.map(stackEntry), root) };
}

const environmentOf = (raw: Readonly<Record<string, string>>): Environment =>
  (raw["azuread:environment"] as Environment | undefined) ?? "global";

/** An entry as a stack file has it, below the names of the rows that it is made of. */
export const stackEntry = ({ written, rows }: Entry): StackEntry => ({
  comment: rows.length === 1 ? "" : wrapped(rows.map(({ sender }) => sender.name)),
  value: written,
});

/** Names in lines of a readable length. */
const wrapped = (names: readonly string[]): string =>
  names
    .join(", ")
    .replace(/(.{1,100}(?:,|$)) ?/g, "$1\n")
    .trimEnd();

/**
 * Sorts what a table has into what is new and what a stack file has already.
 *
 * @param raw the stack's configuration, as `readConfig` takes it
 * @param stack the stack's name, without organisation and project
 */
export function sortEntries(
  { entries, problems }: ReadTable,
  file: string,
  raw: Readonly<Record<string, string>>,
  stack: string,
): Omit<Import, "rows" | "file"> & { readonly problems: readonly Problem[] } {
  const there = listIn(raw[SENDERS]);
  const known = readSenders(there, environmentOf(raw)).senders.filter((one) => one !== undefined);
  const sorted = entries.map((entry) => ({ entry, before: findIn(known, entry) }));
  const added = sorted.filter(({ before }) => before === undefined).map(({ entry }) => entry);
  const changes = sorted.map(({ entry, before }) => ({
    entry,
    problems: before === undefined ? [] : changesOf(entry, before, file),
  }));
  const unchanged = changes
    .filter(({ entry, problems: own }) => own.length === 0 && !added.includes(entry))
    .map(({ entry }) => entry);
  const { problems: judged, shown } = judgeConfig(
    {
      ...raw,
      // Nothing here depends on the tenant, so a stack file may still have the placeholder.
      "azuread:tenantId": TENANT_ID_EXAMPLE,
      [SENDERS]: JSON.stringify([...there, ...added.map(({ written }) => written)]),
    },
    stack,
  );
  const ofStack = judged.map(
    (problem) => inFile(problem, added, there.length, file) ?? atName(problem, shown),
  );
  return {
    added,
    unchanged,
    problems: [...problems, ...changes.flatMap((change) => change.problems), ...ofStack],
  };
}

function listIn(text: string | undefined): readonly unknown[] {
  try {
    const list: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}

/** The sender of a stack that an entry is: by its name; of one that stands for several rows, by its addresses first. */
function findIn(known: readonly Sender[], { sender, rows }: Entry): Sender | undefined {
  const addresses = rows.length > 1 ? addressesOf(sender) : undefined;
  return (
    known.find((one) => addresses !== undefined && addressesOf(one) === addresses) ??
    known.find(({ name }) => name === sender.name)
  );
}

/** Says what a sender of a stack has otherwise than a table. */
function changesOf({ written, sender, rows }: Entry, before: Sender, file: string): Problem[] {
  // Of several rows the import has made up the name and the description.
  const own = rows.length > 1 ? ["name", "description"] : [];
  return Object.keys(written)
    .filter((key) => !own.includes(key) && !isSame(sender, before, key))
    .map((key) => ({
      key: placeOf(file, rows[0]?.line ?? 0, key),
      value: written[key],
      rule: `${rows.length > 1 ? `is what ${rows.length} rows amount to, and ` : ""}is not what sender "${before.name}" of the stack has (${JSON.stringify(before[key as keyof Sender]) ?? "nothing"})`,
      fix: "change it in the stack file, or make the row equal: an import only adds senders",
    }));
}

/** A problem of an entry at its row; undefined for one of something else. */
function inFile(
  problem: Problem,
  added: readonly Entry[],
  before: number,
  file: string,
): Problem | undefined {
  const place = entryKey(problem.key);
  const entry = place && added[place.index - before];
  if (place === undefined || entry === undefined) return undefined;
  const address =
    place.column === "from" && place.position !== undefined
      ? entry.sender.from[place.position]
      : undefined;
  const row = entry.rows.find(
    ({ sender }) => address !== undefined && sender.from.includes(address),
  );
  return { ...problem, key: placeOf(file, (row ?? entry.rows[0])?.line ?? 0, place.column) };
}
