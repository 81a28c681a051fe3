import { fieldName, parseMessage } from "../../smtp/message.ts";
import { readDay } from "./fetch.ts";
import type { Item } from "./folder.ts";
import { type Argument, numbersIn } from "./syntax.ts";

/** Whether a message is one of those searched for; `sequence` is its number. */
type Test = (item: Item, sequence: number) => boolean;

const DAY_MS = 86_400_000;

/** Keys without a value. Nothing is ever marked, so that every message is unread. */
const PLAIN: Readonly<Record<string, Test>> = {
  ALL: () => true,
  UNSEEN: () => true,
  SEEN: () => false,
  UNDELETED: () => true,
  DELETED: () => false,
};

/** Keys with a value. */
const VALUED: Readonly<Record<string, (value: string) => Test | undefined>> = {
  FROM: (value) => fieldHas("from", value),
  TO: (value) => fieldHas("to", value),
  SUBJECT: (value) => fieldHas("subject", value),
  SINCE: (value) => arrived(value, (at, day) => at >= day),
  BEFORE: (value) => arrived(value, (at, day) => at < day),
  ON: (value) => arrived(value, (at, day) => at >= day && at < day + DAY_MS),
};

/**
 * Reads the keys of a SEARCH (RFC 3501 section 6.4.4), all of which must be true.
 *
 * @param uids of the folder's messages
 * @returns undefined where there is a key that this server does not have
 */
export function testOf(keys: readonly Argument[], uids: readonly number[]): Test | undefined {
  if (keys.length === 0) return undefined;
  const tests: Test[] = [];
  let rest = keys;
  while (rest.length > 0) {
    const read = readKey(rest, uids);
    if (read === undefined) return undefined;
    tests.push(read.test);
    rest = read.rest;
  }
  return (item, sequence) => tests.every((test) => test(item, sequence));
}

interface Key {
  test: Test;
  /** What stands behind the key. */
  rest: readonly Argument[];
}

function readKey(keys: readonly Argument[], uids: readonly number[]): Key | undefined {
  const [key = "", value, second] = keys;
  const found = (test: Test | undefined, length: number): Key | undefined =>
    test && { test, rest: keys.slice(length) };
  if (Array.isArray(key)) return found(testOf(key, uids), 1);
  const name = key.toUpperCase();
  const plain = PLAIN[name];
  if (plain) return found(plain, 1);
  if (name === "NOT") {
    const inner = readKey(keys.slice(1), uids);
    return inner && { ...inner, test: (item, sequence) => !inner.test(item, sequence) };
  }
  if (name === "OR") {
    const one = readKey(keys.slice(1), uids);
    const other = one && readKey(one.rest, uids);
    return (
      one && other && { ...other, test: (...given) => one.test(...given) || other.test(...given) }
    );
  }
  if (typeof value !== "string") return found(sequenceTest(name, uids.length), 1);
  if (name === "UID") return found(uidTest(value, uids), 2);
  if (name === "HEADER" && typeof second === "string") return found(fieldHas(value, second), 3);
  return found(VALUED[name]?.(value), 2) ?? found(sequenceTest(name, uids.length), 1);
}

function sequenceTest(set: string, count: number): Test | undefined {
  const numbers = numbersIn(
    set,
    Array.from({ length: count }, (_, index) => index + 1),
  );
  return numbers && ((_item, sequence) => numbers.includes(sequence));
}

function uidTest(set: string, uids: readonly number[]): Test | undefined {
  const numbers = numbersIn(set, uids);
  return numbers && (({ uid }) => numbers.includes(uid));
}

/** Whether a field of this name has a text in it, in any case; the empty text is in each. Encoded words stay encoded. */
function fieldHas(name: string, text: string): Test {
  return ({ message }) =>
    parseMessage(message.raw).fields.some(
      (field) =>
        fieldName(field) === name.toLowerCase() &&
        field
          .slice(field.indexOf(":") + 1)
          .replaceAll(/\r\n(?=[ \t])/g, "")
          .toLowerCase()
          .includes(text.toLowerCase()),
    );
}

/** A test of the day that a message came, by this server's clock (RFC 3501 section 6.4.4, internal date). */
function arrived(value: string, holds: (at: number, day: number) => boolean): Test | undefined {
  const day = readDay(value);
  return day === undefined ? undefined : ({ message }) => holds(Date.parse(message.at), day);
}
