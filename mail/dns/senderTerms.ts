import { submits } from "../senders/chooseSubmission.ts";
import { domainOf } from "../senders/fromAddress.ts";
import type { Sender } from "../senders/sender.ts";
import { type CloudName, ourTerms } from "./spf.ts";

/**
 * The terms that a domain's SPF record has to hold for those of a relay's senders that send from it. Mail of one that
 * signs in comes from Exchange alone.
 *
 * @param relay the cloud that the tenant is in, and every sender
 */
export function senderTerms(
  domain: string,
  { environment, senders }: { environment: CloudName; senders: readonly Sender[] },
): string[] {
  const sending = senders.filter(({ from }) => from.some((one) => domainOf(one) === domain));
  return ourTerms(
    environment,
    sending.filter((sender) => !submits(sender)).flatMap(({ egress }) => egress),
  );
}
