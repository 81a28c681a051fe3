import type { Reply } from "./reply.ts";

/** What a sender has to be, for a cause to be possible. */
export type Kind =
  | "connector"
  | "sourceIp"
  | "certificate"
  | "restricted"
  | "fenced"
  | "oauth"
  | "password"
  | "highVolume"
  | "directSend";

/** What of a sender's declaration makes a cause concrete. */
export type Shown =
  | "egress"
  | "certificateName"
  | "domains"
  | "mailbox"
  | "addresses"
  | "limit"
  | "fence";

/** Why a reply may have been given. */
export interface Cause {
  /** What is the case, as a sentence without its full stop. */
  readonly what: string;
  /** What to do, as an imperative: a command, a key of the stack file, or a page. */
  readonly fix: string;
  /** The one kind of sender that can have this cause; left out where each can. */
  readonly only?: Kind;
  /** What of the stack file to look at. */
  readonly shows?: Shown;
  /** Set where it lies in how a client is set up: a client that does what the outputs say can't have it. */
  readonly ofClient?: true;
}

/** A reply that is known. */
export interface Row {
  /** A name that stays the same. */
  readonly name: string;
  /** Enhanced status codes that mean nothing else, or ranges of them (`4.7.500-699`). */
  readonly codes?: readonly string[];
  /** Words that mean nothing else, whatever the code. */
  readonly words?: RegExp;
  /** Whose mail can get it: a cause without `only` is one of theirs. */
  readonly senders: "connector" | "signIn" | "highVolume" | "directSend" | "all" | "none";
  readonly meaning: string;
  /** The most likely one first; none where nothing has to be mended. */
  readonly causes: readonly Cause[];
  /** Page that says so. */
  readonly source: string;
}

/** Words say more than a code, which servers reuse; and a code more than a range. */
const [WORDS, CODE, RANGE] = [1000, 500, 400];

/** How much of a reply a row accounts for: 0 for nothing. More words are more specific. */
export function fitOf({ codes = [], words }: Row, { enhanced, text }: Reply): number {
  const [said] = words?.exec(text) ?? [];
  const byWords = said === undefined ? 0 : WORDS + said.length;
  const byCode = codes.includes(enhanced)
    ? CODE
    : codes.some((range) => isInRange(enhanced, range))
      ? RANGE
      : 0;
  return byWords + byCode;
}

function isInRange(enhanced: string, range: string): boolean {
  const [, prefix, from, to] = /^(\d\.\d\.)(\d+)-(\d+)$/.exec(range) ?? [];
  if (prefix === undefined || !enhanced.startsWith(prefix)) return false;
  const detail = Number(enhanced.slice(prefix.length));
  return Number(from) <= detail && detail <= Number(to);
}
