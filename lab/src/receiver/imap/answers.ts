import type { Receiver } from "../../world/outside.ts";
import { writersOf } from "./fetch.ts";
import {
  type Folder,
  findFolder,
  foldersLike,
  type Item,
  itemsIn,
  nextUid,
  uidValidity,
} from "./folder.ts";
import { testOf } from "./search.ts";
import { IMAP_STYLES } from "./style.ts";
import { type Argument, type Command, numbersIn, quote } from "./syntax.ts";
import type { Situation } from "./words.ts";

/** The lines of data that answer a command, or why there are none. */
export type Found = { lines: string[] } | { situation: Situation; more?: { folder: string } };

const BAD: Found = { situation: "bad-arguments" };

/** LIST and LSUB: a reference and a pattern, and `RETURN (SPECIAL-USE)`, which changes nothing (RFC 6154 section 2). */
export function list({ name, args }: Command, folders: readonly Folder[]): Found {
  const [reference, pattern, ...more] = args;
  if (typeof reference !== "string" || typeof pattern !== "string") return BAD;
  if (more.length > 0 && !isPlainReturn(more)) return BAD;
  if (pattern === "") return { lines: [`${name} (\\Noselect) "/" ""`] };
  return {
    lines: foldersLike(folders, reference + pattern).map((folder) => {
      return `${name} (${folder.attributes.join(" ")}) "/" ${quote(folder.name)}`;
    }),
  };
}

function isPlainReturn([word, options, ...more]: readonly Argument[]): boolean {
  return (
    String(word).toUpperCase() === "RETURN" &&
    Array.isArray(options) &&
    options.every((option) => String(option).toUpperCase() === "SPECIAL-USE") &&
    more.length === 0
  );
}

/** STATUS: numbers of a folder that need not be selected. */
export function status(
  { args: [name, wanted] }: Command,
  receiver: Receiver,
  mailbox: string,
): Found {
  if (typeof name !== "string" || !Array.isArray(wanted)) return BAD;
  const folder = findFolder(IMAP_STYLES[receiver.style].folders, name);
  if (!folder) return { situation: "unknown-folder", more: { folder: name } };
  const count = itemsIn(receiver, mailbox, folder).length;
  const values = new Map([
    ["MESSAGES", count],
    ["RECENT", 0],
    ["UIDNEXT", nextUid(receiver)],
    ["UIDVALIDITY", uidValidity(receiver)],
    ["UNSEEN", count],
  ]);
  const names = wanted.map((item) => String(item).toUpperCase());
  if (!names.every((item) => values.has(item))) return BAD;
  const told = names.map((item) => `${item} ${values.get(item)}`).join(" ");
  return { lines: [`STATUS ${quote(folder.name)} (${told})`] };
}

/** SEARCH and UID SEARCH. */
export function search({ name, args }: Command, items: readonly Item[]): Found {
  const [charset, which] = args;
  const hasCharset = typeof charset === "string" && charset.toUpperCase() === "CHARSET";
  if (hasCharset && !/^(?:us-ascii|utf-8)$/i.test(String(which))) return BAD;
  const test = testOf(
    hasCharset ? args.slice(2) : args,
    items.map(({ uid }) => uid),
  );
  if (!test) return BAD;
  const numbers = items.flatMap((item, index) =>
    test(item, index + 1) ? [numberOf(name, item, index)] : [],
  );
  return { lines: [["SEARCH", ...numbers].join(" ")] };
}

/** FETCH and UID FETCH. */
export function fetch({ name, args }: Command, items: readonly Item[]): Found {
  const [set, wanted = "", ...more] = args;
  if (typeof set !== "string" || more.length > 0) return BAD;
  const writers = writersOf(wanted, name === "UID FETCH");
  const numbers = numbersIn(
    set,
    items.map((item, index) => numberOf(name, item, index)),
  );
  if (!writers || !numbers) return BAD;
  return {
    lines: items.flatMap((item, index) =>
      numbers.includes(numberOf(name, item, index))
        ? [`${index + 1} FETCH (${writers.map((write) => write(item)).join(" ")})`]
        : [],
    ),
  };
}

const numberOf = (name: string, { uid }: Item, index: number): number =>
  name.startsWith("UID ") ? uid : index + 1;
