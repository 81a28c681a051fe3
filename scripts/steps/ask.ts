import { createInterface } from "node:readline/promises";

/** There is nobody to ask: the script does not run at a terminal. */
export class NobodyToAsk extends Error {
  override readonly name = "NobodyToAsk";
}

/**
 * Asks a person a question that is answered with yes or no; anything but yes is no.
 *
 * @param question without its question mark
 * @param instead the option that answers it where nobody can be asked, such as `--yes`
 * @throws NobodyToAsk
 */
export async function ask(question: string, instead: string): Promise<boolean> {
  const answer = await askFor(`${question}? (yes/no)`, instead);
  return /^y(es)?$/i.test(answer);
}

/**
 * Asks a person for a text, and gives it without spaces at its ends; empty when the input ends.
 *
 * @param instead the option that gives it where nobody can be asked, such as `--tenant`
 * @throws NobodyToAsk
 */
export async function askFor(question: string, instead: string): Promise<string> {
  const { stdin: input, stderr: output } = process;
  if (!input.isTTY) {
    throw new NobodyToAsk(`nobody can be asked "${question}" here; add ${instead}`);
  }
  const terminal = createInterface({ input, output });
  try {
    const ended = new Promise<string>((resolve) => terminal.once("close", () => resolve("")));
    return (await Promise.race([terminal.question(`${question} `), ended])).trim();
  } finally {
    terminal.close();
  }
}
