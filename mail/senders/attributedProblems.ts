import type { Problem } from "../problem.ts";
import { searchByAddress } from "./address.ts";
import { chooseSubmission } from "./choose.ts";
import type { Sender } from "./sender.ts";

/**
 * Says that a sender uses direct send from an address of a connector. Exchange attributes mail to a connector by the address that it
 * comes from, so it takes the sender for the connector's: a fence refuses it, and its numbers count there.
 *
 * @param senders at their places; undefined for one that could not be read
 * @param at key of the sender at a place
 * @see https://learn.microsoft.com/exchange/mail-flow-best-practices/use-connectors-to-configure-mail-flow/inbound-connector-faq
 */
export function attributedProblems(
  senders: readonly (Sender | undefined)[],
  at: (index: number) => string,
): Problem[] {
  const own = senders.flatMap((sender) => (sender?.via === undefined ? (sender ?? []) : []));
  const { relaying, directSending } = chooseSubmission(own);
  const connectors = relaying.flatMap(({ sender, match }) =>
    match.by === "certificate" ? [] : match.addresses.map((address) => ({ sender, address })),
  );
  const search = searchByAddress(connectors, ({ address }) => [address]);
  const places = new Map(senders.map((sender, index) => [sender?.name, index]));
  return directSending.flatMap(({ sender, egress }) => {
    const [found] = egress.flatMap((value) =>
      search([value]).map((front) => ({ value, front: front.sender })),
    );
    if (found === undefined) return [];
    const { value, front } = found;
    return [
      {
        key: `${at(places.get(sender) ?? 0)}.egress`,
        value,
        rule: `is matched by the connector of "${front}", which Exchange takes this sender for`,
        fix: `set via to "${front}" and remove egress, or give it an address of its own`,
      },
    ];
  });
}
