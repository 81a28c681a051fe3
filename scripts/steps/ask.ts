import { createInterface } from "node:readline/promises";

/** There is nobody to ask: the script does not run at a terminal. */
export class NobodyToAsk extends Error {
  override readonly name = "NobodyToAsk";
}

/** Somebody has pressed Ctrl-C instead of answering. */
class Interrupted extends Error {
  override readonly name = "Interrupted";
}

const EXIT_CODES: Readonly<Record<string, number>> = {
  NobodyToAsk: 2,
  Interrupted: 130,
  Cancelled: 130,
};

/** How a script ends that an error ended, Cancelled of an engine's operation among them. */
export const exitCodeOf = ({ name }: Error): number => EXIT_CODES[name] ?? 1;

/**
 * Asks a person a question that is answered with yes or no; anything but yes is no.
 *
 * @param question without its question mark
 * @param instead the option that answers it where nobody can be asked, such as `--yes`
 * @throws NobodyToAsk; Interrupted
 */
export async function ask(question: string, instead: string): Promise<boolean> {
  const answer = await askFor(`${question}? (yes/no)`, instead);
  return /^y(es)?$/i.test(answer);
}

/**
 * Asks a person for a text, and gives it without spaces at its ends; empty when the input ends.
 *
 * @param instead the option that gives it where nobody can be asked, such as `--tenant`
 * @throws NobodyToAsk; Interrupted
 */
export async function askFor(question: string, instead: string): Promise<string> {
  const { stdin: input, stderr: output } = process;
  if (!input.isTTY) {
    throw new NobodyToAsk(`nobody can be asked "${question}" here; add ${instead}`);
  }
  const terminal = createInterface({ input, output });
  try {
    const ended = new Promise<undefined>((resolve, reject) => {
      terminal.once("close", () => resolve(undefined));
      terminal.once("SIGINT", () => {
        output.write("\n");
        const since = "nothing was changed since; run it again to go on";
        reject(new Interrupted(`interrupted at "${question}"; ${since}`));
      });
    });
    const answer = await Promise.race([terminal.question(`${question} `), ended]);
    if (answer === undefined) output.write("\n");
    return answer?.trim() ?? "";
  } finally {
    terminal.close();
  }
}
