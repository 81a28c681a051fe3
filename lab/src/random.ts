import { createHash } from "node:crypto";

/** A stream of numbers that depends on nothing but the text it was made from. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** A whole number in [from, to], both included. */
  integer(from: number, to: number): number;
  /** One of the given values, which must not be empty. */
  pick<T>(values: readonly T[]): T;
  /** Lower-case hexadecimal digits, `length` of them. */
  hex(length: number): string;
  /** A version 4 GUID in Microsoft's usual lower-case form. */
  guid(): string;
}

/** Makes the stream of `text` (mulberry32 over the first 32 bits of the text's SHA-256). */
export function makeRandom(text: string): Random {
  let state = createHash("sha256").update(text).digest().readUInt32LE(0);

  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  function integer(from: number, to: number): number {
    return from + Math.floor(next() * (to - from + 1));
  }
  function pick<T>(values: readonly T[]): T {
    const value = values[integer(0, values.length - 1)];
    if (value === undefined) throw new Error("pick: there is nothing to pick from");
    return value;
  }
  function hex(length: number): string {
    return Array.from({ length }, () => integer(0, 15).toString(16)).join("");
  }
  function guid(): string {
    return `${hex(8)}-${hex(4)}-4${hex(3)}-${pick(["8", "9", "a", "b"])}${hex(3)}-${hex(12)}`;
  }
  return { next, integer, pick, hex, guid };
}
