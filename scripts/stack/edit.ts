import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { isMap, isScalar, isSeq, type Pair, parseDocument, type YAMLMap, type YAMLSeq } from "yaml";
import { projectRoot } from "../setup/root.ts";
import { listText, type StackEntry } from "./entry.ts";
import { otherFile, stackFilePath } from "./file.ts";

/**
 * Sets one key of a sender in a stack file, and leaves every other character as it is. The file is put in place in one step,
 * so that a run that is cut off leaves the old one or the new one.
 *
 * @param stack the stack's name, without organisation and project
 * @param value the value as YAML in one line, such as `2` or `[2]`
 * @returns the path of the file as messages name it; nothing is written where the key has that value already
 * @throws Error when there is no such file or sender, when it can't be read or written, or the file writes its senders in a way that this does not edit
 */
export async function setSenderKey(
  stack: string,
  sender: string,
  key: string,
  value: string,
  root = projectRoot,
): Promise<string> {
  return editStackFile(stack, root, (text, file) =>
    withSenderKey(text, { file, sender, key, value }),
  );
}

/**
 * Adds senders below those of a stack file, and leaves every other character as it is; in one step, as `setSenderKey`.
 *
 * @param stack the stack's name, without organisation and project
 * @returns the path of the file as messages name it
 * @throws Error as `setSenderKey`
 */
export async function addSenders(
  stack: string,
  entries: readonly StackEntry[],
  root = projectRoot,
): Promise<string> {
  return editStackFile(stack, root, (text, file) => withSenders(text, file, entries));
}

/** Edits a stack file. Nothing is written where that changes nothing. */
async function editStackFile(
  stack: string,
  root: string,
  edit: (text: string, file: string) => string,
): Promise<string> {
  const shown = otherFile() ?? (await stackFilePath(stack, root));
  const path = isAbsolute(shown) ? shown : join(root, shown);
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    const why =
      cause.code === "ENOENT"
        ? `there is no stack file ${shown}; name a stack that has one`
        : `${shown} can't be read (${cause.code}); make it readable`;
    throw new Error(why, { cause });
  });
  const edited = edit(text, shown);
  if (edited !== text) {
    await replaceFile(path, edited).catch((cause: NodeJS.ErrnoException) => {
      const why = `${shown} can't be written (${cause.code}); make the file and its folder writable`;
      throw new Error(why, { cause });
    });
  }
  return shown;
}

/** Writes a file in one step, with the permissions that the one before had. */
async function replaceFile(path: string, text: string): Promise<void> {
  const beside = `${path}.${process.pid}.tmp`;
  const { mode } = await stat(path).catch(() => ({ mode: 0o644 }));
  try {
    await writeFile(beside, text, { flag: "wx", mode });
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

/** What `withSenderKey` sets; `file` is for messages. */
interface SenderKey {
  readonly file: string;
  readonly sender: string;
  readonly key: string;
  readonly value: string;
}

/**
 * The text of a stack file with one key of a sender set.
 *
 * @throws Error when the sender is not there, or not written as YAML has maps
 */
export function withSenderKey(text: string, { file, sender, key, value }: SenderKey): string {
  const entry = findSender(text, file, sender);
  const there = entry.items.find((pair) => nameIn(pair) === key);
  if (there !== undefined) {
    const [start, end] = rangeOf(there.value, `${file}: ${key} of sender "${sender}"`);
    return `${text.slice(0, start)}${value}${text.slice(end)}`;
  }
  const name = entry.items.find((pair) => nameIn(pair) === "name");
  const [, end] = rangeOf(name?.value, `${file}: name of sender "${sender}"`);
  const [start] = rangeOf(name?.key, `${file}: name of sender "${sender}"`);
  if (entry.flow) return `${text.slice(0, end)}, ${key}: ${value}${text.slice(end)}`;
  const indent = " ".repeat(start - text.lastIndexOf("\n", start - 1) - 1);
  const lineEnd = text.indexOf("\n", end);
  const at = lineEnd < 0 ? text.length : lineEnd;
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const [before, after] = [text.slice(0, at).replace(/\r$/, ""), text.slice(at).replace(/^\n/, "")];
  return `${before}${newline}${indent}${key}: ${value}${newline}${after}`;
}

/**
 * The text of a stack file with more senders, below those that are there.
 *
 * @throws Error when its senders are not written as a list with a line for each
 */
export function withSenders(text: string, file: string, entries: readonly StackEntry[]): string {
  if (entries.length === 0) return text;
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const lines = listText(entries);
  const block = (indent: string): string =>
    lines.replace(/^(?=.)/gm, indent).replaceAll("\n", newline);
  const senders = findSenders(text, file);
  const last = senders.items.at(-1);
  const [start, end] = rangeOf(last ?? senders, `${file}: the senders`);
  if (last === undefined) {
    const line = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
    const indent = `${/^\s*/.exec(line)?.[0]}  `;
    return `${text.slice(0, start).trimEnd()}${newline}${block(indent)}${text.slice(end).replace(/^[^\S\n]*\r?\n/, "")}`;
  }
  const before = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
  const [, indent] = /^(\s*)-\s+$/.exec(before) ?? [];
  if (indent === undefined || senders.flow) {
    throw new Error(
      `${file}: the senders stand in one line; write each of them in lines of its own`,
    );
  }
  const at = endOfEntry(text, end, indent);
  const above = text.slice(0, at);
  return `${above}${above.endsWith("\n") ? "" : newline}${block(indent)}${text.slice(at)}`;
}

/** Where an entry ends: with the rest of its last line, and comments below it that are indented as its keys are. */
function endOfEntry(text: string, end: number, indent: string): number {
  const lineEnd = (from: number): number => {
    const at = text.indexOf("\n", from);
    return at < 0 ? text.length : at + 1;
  };
  const comment = new RegExp(`^${indent}[^\\S\\n]+#`);
  let at = text[end - 1] === "\n" ? end : lineEnd(end);
  while (comment.test(text.slice(at, lineEnd(at)))) at = lineEnd(at);
  return at;
}

function findSenders(text: string, file: string): YAMLSeq.Parsed {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) {
    throw new Error(`${file}: can't be read as YAML (${error.message.split("\n")[0]}); correct it`);
  }
  const config = document.get("config");
  const lists = isMap(config)
    ? config.items.filter((pair) => /^(?:m365-smtp-relay:)?senders$/.test(nameIn(pair)))
    : [];
  const [list] = lists;
  if (!isSeq(list?.value)) {
    throw new Error(
      `${file}: the senders are not a list there; write m365-smtp-relay:senders as a list in this file, [] while it has none`,
    );
  }
  return list.value as YAMLSeq.Parsed;
}

function findSender(text: string, file: string, sender: string): YAMLMap.Parsed {
  const list = findSenders(text, file);
  const entries = list.items.filter((item) => isMap(item)) as YAMLMap.Parsed[];
  const entry = entries.find((map) => String(map.get("name")) === sender);
  if (entry !== undefined) return entry;
  const names = entries.map((map) => String(map.get("name"))).join(", ");
  throw new Error(
    `${file}: there is no sender "${sender}" in it; use one of ${names}, written with its keys in this file`,
  );
}

const nameIn = ({ key }: Pair): string => (isScalar(key) ? String(key.value) : "");

function rangeOf(node: unknown, what: string): [start: number, end: number] {
  const range = (node as { range?: [number, number, number] } | null | undefined)?.range;
  if (range === undefined || range === null) throw new Error(`${what} can't be edited`);
  return [range[0], range[1]];
}
