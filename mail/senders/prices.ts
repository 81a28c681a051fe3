// What senders cost in a month, by prices that a user's own file gives. This project knows no price.

import { listed } from "../naming.ts";
import type { Problem } from "../problem.ts";
import { partNumberProblem } from "./license.ts";
import { licenseOf } from "./licenseNeeds.ts";
import { loadOf } from "./load.ts";
import { chooseMethod } from "./method.ts";
import type { Sender } from "./sender.ts";

/** Methods that are paid for by use. */
const BY_USE: readonly string[] = ["highVolumeEmail", "azureCommunicationServices"];

export interface Prices {
  /** ISO 4217. */
  readonly currency: string;
  /** Of a licence a month by the part number of its SKU, and of 1,000 recipients by method. */
  readonly amounts: ReadonlyMap<string, number>;
}

/** What a sender costs in a month at the most: each day as busy as its busiest. */
export interface Cost {
  readonly currency: string;
  /** Left out where it is not known. */
  readonly amount?: number;
  /** Why it is not known, as a clause. */
  readonly unknown?: string;
}

/** Days of the longest month. */
const DAYS = 31;

const MEANS =
  "currency, a SKU's part number in capitals (a licence a month), highVolumeEmail and azureCommunicationServices (1,000 recipients)";

/**
 * Prices of a file.
 *
 * @param content what its YAML says
 * @returns the prices, or every problem with them
 */
export function readPrices(content: unknown): Prices | readonly Problem[] {
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    const rule = "has no keys with prices";
    return [
      {
        key: "prices",
        value: undefined,
        rule,
        fix: `write one a line, such as "EXCHANGESTANDARD: 3.70"; keys are ${MEANS}`,
      },
    ];
  }
  const { currency, ...rest } = content as Record<string, unknown>;
  const problems = [
    currencyProblem(currency),
    ...Object.entries(rest).map(([key, value]) => keyProblem(key) ?? amountProblem(key, value)),
  ].filter((problem) => problem !== undefined);
  if (problems.length > 0) return problems;
  return {
    currency: String(currency),
    amounts: new Map(Object.entries(rest) as [string, number][]),
  };
}

function currencyProblem(value: unknown): Problem | undefined {
  if (typeof value === "string" && /^[A-Z]{3}$/.test(value)) return undefined;
  const rule = value === undefined ? "is missing" : "is not the code of a currency";
  return { key: "currency", value, rule, fix: "write its three capital letters, such as EUR" };
}

function keyProblem(key: string): Problem | undefined {
  if (BY_USE.includes(key)) return undefined;
  if (key === key.toUpperCase() && partNumberProblem("", key) === undefined) return undefined;
  return { key, value: undefined, rule: "is no key of a file with prices", fix: `use ${MEANS}` };
}

function amountProblem(key: string, value: unknown): Problem | undefined {
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return undefined;
  const fix = "write a number from 0 on with a point, without currency, such as 3.70";
  return { key, value, rule: "is not a price", fix };
}

/** What a sender costs in a month. */
export function costOf(sender: Sender, { currency, amounts }: Prices): Cost {
  const { method } = chooseMethod(sender);
  const { sku } = licenseOf(sender);
  const isByUse = BY_USE.includes(method);
  const key = isByUse ? method : sku;
  if (key === undefined) return { currency, amount: 0 };
  const price = amounts.get(key);
  if (price === undefined) return { currency, unknown: `the file has no price of ${key}` };
  if (!isByUse) return { currency, amount: price };
  const { recipientsPerDay } = loadOf(sender);
  return recipientsPerDay === undefined
    ? { currency, unknown: "how much it sends is not said (messagesPerDay)" }
    : { currency, amount: (price * recipientsPerDay * DAYS) / 1000 };
}

const AMOUNT = new Intl.NumberFormat("en-US", {
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
});

/** `3.70 EUR a month`. */
export const costText = ({ amount, currency, unknown }: Cost): string =>
  amount === undefined ? `not known: ${unknown}` : `${AMOUNT.format(amount)} ${currency} a month`;

/** What all senders cost together, as far as it is known. */
export function totalText(
  costs: readonly { readonly sender: string; readonly cost?: Cost }[],
): string | undefined {
  const known = costs.flatMap(({ cost }) => cost ?? []);
  const [first] = known;
  if (first === undefined) return undefined;
  const amount = known.reduce((sum, { amount = 0 }) => sum + amount, 0);
  const without = costs
    .filter(({ cost }) => cost?.unknown !== undefined)
    .map(({ sender }) => sender);
  if (amount === 0 && without.length > 0) {
    const others = without.length < known.length ? "; the others cost nothing" : "";
    return `not known for ${listed(without)}${others}`;
  }
  const but = without.length === 0 ? "" : `, without ${listed(without)}, whose costs are not known`;
  return `${costText({ currency: first.currency, amount })} at the most, at ${DAYS} busy days${but}`;
}
