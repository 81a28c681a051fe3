import { nameStack } from "../../../mail/commands.ts";
import { textOfBounce } from "../../../mail/replies/bounce.ts";
import { diagnose } from "../../../mail/replies/diagnose.ts";
import { frontOf, loadConfig } from "../../stack/config.ts";
import { type Input, MOST_OCTETS, readEnd, readStream } from "./input.ts";
import { describe, toJson } from "./print.ts";

export const MEGABYTES = MOST_OCTETS / 1024 / 1024;

/** What is explained, and for which senders. */
export interface Replies {
  readonly reply: string | undefined;
  readonly file: string | undefined;
  readonly stack: string | undefined;
  readonly sender: string | undefined;
  readonly json: boolean;
}

/**
 * Explains a reply, or those of a bounce or a log.
 *
 * @param say takes a line for people
 * @returns whether at least one is explained; undefined where there is none in what was given
 * @throws Error when something can't be read
 */
export async function explainReplies(
  { reply, file, stack, sender, json }: Replies,
  say: (line: string) => void,
): Promise<boolean | undefined> {
  const { text, isCut } = await read(reply, file);
  if (text.trim() === "") return undefined;
  if (isCut) say(`only ${MEGABYTES} MB were read, as --help tells`);
  const found = await textOfBounce(text);
  const diagnoses = diagnose(found, stack === undefined ? [] : await sendersOf(stack, sender));
  const told = json ? toJson(diagnoses, isCut) : describe(diagnoses, stack);
  console.log(stack === undefined ? told : nameStack(told, stack));
  return diagnoses.diagnoses.some(({ row }) => row !== undefined);
}

async function read(reply: string | undefined, file: string | undefined): Promise<Input> {
  if (file !== undefined) return readEnd(file);
  if (reply === "-") return readStream(process.stdin);
  return { text: reply ?? "", isCut: false };
}

async function sendersOf(stack: string, name: string | undefined) {
  const { config } = await loadConfig(stack);
  return name === undefined ? config.senders : [frontOf(name, config, stack)];
}
