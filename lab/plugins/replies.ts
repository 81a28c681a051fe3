import { defineReply } from "../src/reply.ts";
import type { CheckFailure } from "./properties.ts";

export const missingProperty = defineReply(
  "plugin.missing-property",
  { assumed: "that it is refused is in the provider's schema, the words are ours" },
  (property: string): CheckFailure => ({
    property,
    reason: `Missing required property '${property}'`,
  }),
);

export const wrongType = defineReply(
  "plugin.wrong-type",
  { assumed: "that it is refused is in the provider's schema, the words are ours" },
  (property: string, expected: string): CheckFailure => ({
    property,
    reason: `expected ${expected}`,
  }),
);
