import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { sentence } from "../../mail/problem.ts";
import { type Prices, readPrices } from "../../mail/senders/prices.ts";

/**
 * Reads a file with prices.
 *
 * @throws Error with a sentence for each problem
 */
export async function readPriceFile(path: string): Promise<Prices> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new Error(`--prices ${path}: can't be read (${error.code}); name a file that exists`);
  });
  const prices = readPrices(parsed(path, text));
  if ("amounts" in prices) return prices;
  throw new Error(prices.map((problem) => `${path}: ${sentence(problem)}`).join("\n"));
}

function parsed(path: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    const [words = ""] = (error as Error).message.split("\n");
    throw new Error(
      `${path}: is not YAML: ${words.replace(/:$/, "")}; write one price a line, such as "EXCHANGESTANDARD: 3.70"`,
    );
  }
}
