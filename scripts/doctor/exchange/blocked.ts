import {
  judgeBlockedConnector,
  judgeRestrictedSender,
} from "../../../mail/doctor/exchange/blocked.ts";
import { sameName } from "../../../mail/senders/names.ts";
import { findAll, text } from "../../../providers/exchange/find.ts";
import { type Check, lookAtEach } from "../check.ts";
import { declaredConnectors, readConnectors } from "./connectors.ts";
import { madeSubmitters } from "./smtpAuth.ts";

/** Whether Defender keeps a sender's connector or mailbox from sending. */
export const blocked: Check = {
  name: "blocked",
  title: "restricted entities",
  afterUp: true,
  async look(context) {
    const { invoke, senders } = context;
    const names = declaredConnectors(context)
      .filter(({ choice }) => senders.has(choice.sender))
      .map(({ wanted }) => wanted.name);
    const submitters = madeSubmitters(context);
    const objects = names.length === 0 ? [] : await readConnectors(context);
    const ours = objects
      .map(({ Name, Guid }) => ({ name: text(Name), guid: text(Guid) }))
      .filter(({ name }) => names.some((one) => sameName(one, name)));
    return [
      ...(await lookAtEach(
        ours,
        ({ name }) => `connector "${name}"`,
        async (one) => {
          const all = await findAll(invoke, "Get-BlockedConnector", {});
          const found = all.find(({ ConnectorId }) => same(text(ConnectorId), one.guid));
          return [judgeBlockedConnector(one, found && text(found.Reason))];
        },
      )),
      ...(await lookAtEach(
        submitters,
        ({ mailbox }) => `mailbox ${mailbox.address}`,
        async ({ mailbox: { address } }) => {
          const all = await findAll(invoke, "Get-BlockedSenderAddress", {});
          const found = all.find(({ SenderAddress }) => same(text(SenderAddress), address));
          return [judgeRestrictedSender(address, found && text(found.Reason))];
        },
      )),
    ];
  },
};

/** Exchange writes ids and addresses in any letter case. */
const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
