import type { z } from "zod";
import type { Parsed, senderSchema } from "./schema.ts";

/** What a stack file says, checked and in canonical form. */
export interface Config {
  readonly tenantId: string;
  readonly environment: Parsed["azuread:environment"];
  readonly disposable: boolean;
  readonly domains: readonly { readonly name: string }[];
  readonly senders: readonly ConfiguredSender[];
}
export type ConfiguredSender = Omit<
  z.output<typeof senderSchema>,
  "certificateName" | "adoptConnector"
> & {
  readonly certificateName?: string;
  readonly adoptConnector?: string;
};
