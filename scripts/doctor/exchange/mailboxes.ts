import { judgeMailbox, type SeenMailbox } from "../../../mail/doctor/exchange/mailbox.ts";
import {
  judgeSendingLimit,
  type SendingLimit,
} from "../../../mail/doctor/exchange/sendingLimit.ts";
import { relayName } from "../../../mail/senders/names.ts";
import {
  type ExchangeObject,
  findAll,
  findOne,
  HAS_ADDRESS,
  text,
} from "../../../providers/exchange/find.ts";
import type { Invoke } from "../../../tenant/exchange.ts";
import { type Check, lookAtEach } from "../check.ts";
import { textsOf } from "./outbound.ts";
import { madeSubmitters, NOBODY_SIGNS_IN } from "./smtpAuth.ts";

/** Whether each mailbox is there, has room, and is as a sender's should be. */
export const mailboxes: Check = {
  name: "mailboxes",
  title: "the senders' mailboxes",
  afterUp: true,
  async look(context) {
    const submitters = madeSubmitters(context);
    if (submitters.length === 0) return NOBODY_SIGNS_IN;
    return lookAtEach(
      submitters,
      ({ mailbox }) => `mailbox ${mailbox.address}`,
      async ({ sender, mailbox: { address, adopt = false }, credential }) =>
        judgeMailbox(
          {
            ...{ sender, address, isAdopted: adopt, hasPassword: credential.by === "password" },
            seen: await readMailbox(address, context.invoke),
          },
          new Date(),
        ),
    );
  },
};

/** Whether each mailbox may send to as many recipients as its sender needs. */
export const sendingLimits: Check = {
  name: "sending-limits",
  title: "sending limits",
  afterUp: true,
  async look(context) {
    const { config, stack, invoke } = context;
    const submitters = madeSubmitters(context);
    if (submitters.length === 0) return NOBODY_SIGNS_IN;
    const rules = await findAll(invoke, "Get-HostedOutboundSpamFilterRule", {});
    const policies = await findAll(invoke, "Get-HostedOutboundSpamFilterPolicy", {});
    return submitters.map(({ sender, mailbox: { address } }) => {
      const need = config.senders.find(({ name }) => name === sender)?.recipientsPerDay;
      const ours = need === undefined ? undefined : relayName(stack, sender);
      return judgeSendingLimit(address, need, ours, limitOf(address, ours, rules, policies));
    });
  },
};

async function readMailbox(address: string, invoke: Invoke): Promise<SeenMailbox | undefined> {
  const mailbox = await findOne(invoke, "Get-Mailbox", address, HAS_ADDRESS);
  if (mailbox === undefined) return undefined;
  const [statistics] = await findAll(invoke, "Get-MailboxStatistics", { Identity: address });
  return {
    // A mailbox that nobody has opened and that got nothing yet has no statistics.
    size: statistics === undefined ? "0 B (0 bytes)" : text(statistics.TotalItemSize),
    sendQuota: text(mailbox.ProhibitSendQuota),
    createdAt: text(mailbox.WhenCreatedUTC),
    copiesSent: mailbox.MessageCopyForSMTPClientSubmissionEnabled === true,
    accountDisabled: mailbox.AccountDisabled === true,
    forwardsTo:
      text(mailbox.ForwardingSmtpAddress).replace(/^smtp:/i, "") || text(mailbox.ForwardingAddress),
    isHeld: mailbox.LitigationHoldEnabled === true,
  };
}

/** The policy of the first enabled rule that names a mailbox, or else the default one. What From shows is not documented. */
function limitOf(
  address: string,
  ours: string | undefined,
  rules: readonly ExchangeObject[],
  policies: readonly ExchangeObject[],
): SendingLimit | undefined {
  const [rule] = rules
    .filter(({ State }) => State !== "Disabled")
    .filter(
      ({ Name, From }) =>
        text(Name) === ours || textsOf(From).some((one) => one.toLowerCase() === address),
    )
    .toSorted((a, b) => Number(a.Priority) - Number(b.Priority));
  const name = text(rule?.HostedOutboundSpamFilterPolicy);
  const policy = policies.find((one) =>
    rule === undefined ? one.IsDefault === true : text(one.Name) === name,
  );
  if (policy === undefined) return undefined;
  return {
    name: text(policy.Name),
    perDay: Number(policy.RecipientLimitPerDay) || 0,
    externalPerHour: Number(policy.RecipientLimitExternalPerHour) || 0,
  };
}
