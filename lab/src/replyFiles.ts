import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/**
 * Where the words of a reply come from. `assumed` says what no source confirms: all of it where it stands alone,
 * the rest where it stands beside a source.
 */
export type Source =
  | { page: string; assumed?: string }
  | { record: string; assumed?: string }
  | { provider: string; assumed?: string }
  | { assumed: string };

/** One reply. `as` and `text` are missing where code computes the reply. */
export interface Entry {
  source: Source;
  /** What the service's envelope needs beside the text, such as a status. */
  as?: object | undefined;
  /** `{word}` is a hole, `{{word}}` stands for {word} itself. */
  text?: string | undefined;
  /** Words for the values of a hole, by hole and value; they may have holes themselves. */
  choices?: Record<string, Record<string, string>> | undefined;
}

/** The text of a file, as YAML has it; lab/replies/entra.yaml explains it. */
interface ReplyFile {
  sources?: Record<string, Source>;
  forms?: Record<string, object>;
  replies: Record<string, WrittenEntry>;
}

interface WrittenEntry extends Pick<Entry, "text" | "choices"> {
  from?: string | Source;
  assumed?: string;
  as?: string | object;
}

export const HOLE = /\{\{(\w+)\}\}|\{(\w+)\}/g;

const folder = join(import.meta.dirname, "../replies");

/**
 * Reads every file of lab/replies.
 *
 * @throws Error when a name stands there twice, or an entry has no source or one that is not defined
 */
export function readReplies(): Map<string, Entry> {
  const files = readdirSync(folder).filter((file) => file.endsWith(".yaml"));
  const entries = files.toSorted().flatMap((file) => readFile(join(folder, file)));
  const names = entries.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`lab/replies: "${twice}" stands there twice`);
  return new Map(entries);
}

function readFile(path: string): [string, Entry][] {
  const { sources = {}, forms = {}, replies } = parse(readFileSync(path, "utf8")) as ReplyFile;
  const named = <T>(value: string | T | undefined, known: Record<string, T>): T | undefined => {
    if (typeof value !== "string") return value;
    if (known[value] === undefined) throw new Error(`${path}: "${value}" is not defined`);
    return known[value];
  };
  return Object.entries(replies).map(([name, { from, assumed, as, text, choices }]) => {
    const source = { ...named(from, sources), ...(assumed !== undefined && { assumed }) };
    if (Object.keys(source).length === 0) throw new Error(`${path}: "${name}" has no source`);
    const form = text === undefined ? undefined : (named(as, forms) ?? {});
    return [name, { source: source as Source, as: form, text, choices }];
  });
}

/** The declaration of the replies' names, attributes and holes, lab/replies/replies.d.ts. */
export function declareReplies(): string {
  const lines = [...readReplies()].map(([name, entry]) => `  "${name}": ${typeOf(entry)};`);
  return `// Written by \`npm run generate\` from the YAML files of this folder.
// biome-ignore-all format: generated
type Value = string | number;
export interface Replies {
${lines.join("\n")}
}
`;
}

function typeOf({ as, text = "", choices = {} }: Entry): string {
  const texts = [text, ...Object.values(choices).flatMap((words) => Object.values(words))];
  const holes = texts.flatMap((words) =>
    [...words.matchAll(HOLE)].flatMap(([, , hole]) => hole ?? []),
  );
  const types = [...new Set(holes)].map((hole) => {
    const values = Object.keys(choices[hole] ?? {}).map((value) => JSON.stringify(value));
    return `${hole}: ${values.join(" | ") || "Value"}`;
  });
  const parts = [
    ...(as === undefined ? [] : [`as: ${typeOfAttributes(as)}`]),
    ...(types.length === 0 ? [] : [`holes: { ${types.join("; ")} }`]),
  ];
  return parts.length === 0 ? "object" : `{ ${parts.join("; ")} }`;
}

/** JSON is the TypeScript type of its own value. */
function typeOfAttributes(as: object): string {
  return Object.keys(as).length === 0 ? "object" : JSON.stringify(as);
}
