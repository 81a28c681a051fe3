import type { Sourced } from "../../reply.ts";
import { badArguments, type Mark, noSuchAuth } from "../replies.ts";
import type { SmtpReply } from "../reply.ts";
import type { Saying } from "../server.ts";
import { phraseLikeExchange } from "../words.ts";
import * as replies from "./replies.ts";

type Phrase = (mark: Mark, saying: Saying) => Sourced<SmtpReply>;

/** What smtp-server says around AUTH, and what Exchange says in its place. The first match counts. */
const phrases: [RegExp, Phrase][] = [
  [/^235 /, () => replies.signedIn()],
  [/^334 /, (_mark, { text }) => replies.challenge(String(text))],
  [/^501 Authentication aborted$/, () => replies.authAborted()],
  [/^501 Error: /, () => badArguments()],
  [/^503 Error: No identity changes permitted$/, () => replies.secondAuth()],
  [/^504 /, noSuchAuth],
];

/** The text of client submission for a reply of one line. */
export function phraseSubmission(saying: Saying, mark: Mark): string {
  const line = `${saying.code} ${saying.text}`;
  const found = saying.verb === "AUTH" && phrases.find(([pattern]) => pattern.test(line));
  return found ? found[1](mark, saying).text : phraseLikeExchange(saying);
}
