import { jsonSchema, type SchemaNode } from "../../../config/jsonSchema.ts";
import { isName, misreading, nearest } from "../../../config/nearest.ts";
import { NAMESPACE } from "../../../config/schema.ts";
import { formOf } from "../../../config/typed.ts";
import type { Problem } from "../../../mail/problem.ts";
import { placeOf, type Row } from "./table.ts";

/** A column of a table whose name is a key of a sender. */
export interface Column {
  /** Its place in a row. */
  readonly index: number;
  /** The key: `from`, or `federatedIdentity.issuer`. */
  readonly key: string;
  readonly node: SchemaNode;
}

/** The keys that a column can have: those of a sender; of a key that is an object, its own keys after a dot. */
function columnKeys(): ReadonlyMap<string, SchemaNode> {
  const { properties = {} } = jsonSchema().properties[`${NAMESPACE}:senders`]?.items ?? {};
  return new Map(
    Object.entries(properties).flatMap(([key, node]) => {
      const form = (node.anyOf && formOf(node.anyOf, "")) ?? node;
      return form.properties === undefined
        ? [[key, form] as const]
        : Object.entries(form.properties).map(([inner, one]) => [`${key}.${inner}`, one] as const);
    }),
  );
}

/** Names of a column that mean the same: letter case, spaces and hyphens aside. */
const bare = (name: string): string => name.toLowerCase().replace(/[\s_-]/g, "");

/** Whether a message may repeat the name of a column: words alone, as people write above a column. */
const isTitle = (name: string): boolean =>
  isName(name) || name.split(/[\s./()&]+/).every((word) => word === "" || isName(word));

const NAME_IT =
  "give it the name of a key: npm run senders -- --import-template prints the usual ones, docs/reference/contract.md has all";

/** The keys without which no row is a sender. */
const REQUIRED = ["name", "from", "authentication"];

/** What the columns of a table are. */
interface Columns {
  readonly columns: readonly Column[];
  /** Keys that each sender needs and that have no column. */
  readonly missing: readonly string[];
  readonly problems: readonly Problem[];
}

/**
 * What the columns of a table are, by the names in its first row. A misspelt one is taken for what it means,
 * so that all is judged at once. A column without a name or a value is left out.
 *
 * @param file the file's name, for messages
 */
export function readColumns(file: string, [head, ...body]: readonly Row[]): Columns {
  const keys = columnKeys();
  const byName = new Map([...keys.keys()].map((key) => [bare(key), key]));
  const columns: Column[] = [];
  const problems: Problem[] = [];
  const { line = 1, cells = [] } = head ?? {};
  for (const [index, name] of cells.entries()) {
    const problem = (value: string | undefined, rule: string, fix: string): void => {
      problems.push({ key: placeOf(file, line, letters(index)), value, rule, fix });
    };
    if (name === "") {
      const filled = body.find((row) => (row.cells[index] ?? "") !== "");
      if (filled === undefined) continue;
      problem(undefined, `has values (line ${filled.line}) and no name`, "name it, or delete it");
      continue;
    }
    const exact = byName.get(bare(name));
    const key = exact ?? nearest(name, [...keys.keys()]);
    const node = key === undefined ? undefined : keys.get(key);
    if (exact === undefined) {
      const fix = key === undefined ? `delete it, or ${NAME_IT}` : `rename it to ${key}`;
      problem(isTitle(name) ? name : undefined, `is not a key of a sender${misreading(name)}`, fix);
    }
    if (key === undefined || node === undefined) continue;
    if (columns.every((other) => other.key !== key)) columns.push({ index, key, node });
    else if (exact !== undefined) {
      problem(name, "is the name of another column too", "keep one of the two");
    }
  }
  const missing = REQUIRED.filter((key) => columns.every((column) => column.key !== key));
  for (const key of missing) {
    problems.push({
      key: placeOf(file, line),
      value: undefined,
      rule: `has no column ${key}`,
      fix: `add it, e.g. with ${JSON.stringify(exampleOf(keys.get(key)))}`,
    });
  }
  return { columns, missing, problems };
}

const exampleOf = (node: SchemaNode | undefined): string => [node?.examples?.[0]].flat().join(" ");

/** A column as spreadsheets name it: A, B, …, Z, AA. */
function letters(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : `${letters(Math.floor(index / 26) - 1)}${last}`;
}
