import { readPrices } from "../../mail/senders/prices.ts";
import type { Refusal } from "./follow.ts";
import { valueFixes } from "./valueFixes.ts";

const GOOD = { currency: "EUR", EXCHANGESTANDARD: 3.7 };
const KEYS =
  /use currency, a SKU's part number in capitals \(a licence a month\), highVolumeEmail and azureCommunicationServices \(1,000 recipients\)/;

/** Each refusal of a file with prices. */
export const priceFixes = (): Refusal<unknown>[] =>
  valueFixes<unknown>(
    "a file with prices",
    (content) => {
      const read = readPrices(content);
      return "amounts" in read ? [] : read;
    },
    [
      [
        /^has no keys with prices/,
        "cheap",
        [
          /write one a line, such as "EXCHANGESTANDARD: 3\.70"; keys are currency, .* \(1,000 recipients\)/,
          GOOD,
        ],
      ],
      [
        /^is not the code of a currency/,
        { ...GOOD, currency: "€" },
        [/write its three capital letters, such as EUR/, GOOD],
      ],
      [
        /^is no key of a file with prices/,
        { ...GOOD, highVolumeMail: 1 },
        [KEYS, { ...GOOD, highVolumeEmail: 1 }],
      ],
      [
        /^is not a price/,
        { ...GOOD, EXCHANGESTANDARD: "3,70" },
        [/write a number from 0 on with a point, without currency, such as 3\.70/, GOOD],
      ],
    ],
  );
