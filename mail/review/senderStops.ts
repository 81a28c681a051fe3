import { FENCE_STATUS } from "../exchange/fence.ts";
import { isListOfText, without } from "../properties.ts";
import { covers } from "../senders/address.ts";
import { covers as coversName } from "../senders/connectorMatch.ts";
import { isMade, nameOfWay } from "../senders/methods.ts";
import { type Change, FOR_GOOD, type Stop } from "./effects.ts";
import { senderIn } from "./names.ts";
import { changedIn, ofKinds } from "./preview.ts";
import { notLetPass, type SenderChange } from "./senderChanges.ts";
import {
  isConnector,
  isStillKnown,
  type SenderRights,
  signsIn,
  usesAccount,
} from "./senderRights.ts";

const REFUSED = "is refused with 550 5.7.64";

/** What the senders of a change can do no longer. */
export const senderStops = (change: Change): Stop[] => [
  ...change.senders.flatMap((one) => stopsOfSender(one, change)),
  ...putBack(change),
];

function stopsOfSender(one: SenderChange, change: Change): Stop[] {
  const { sender: who, renamedFrom, before, after } = one;
  // What one that sends through another loses is said of that one.
  if (before === undefined || before.via !== undefined || !isMade(before.method)) return [];
  if (after === undefined) return removed(who, before, change);
  if (renamedFrom !== undefined) return renamed(who, renamedFrom, before);
  const isTheSame = before.via === after.via && before.method === after.method;
  if (isTheSame && isStillKnown(before, after)) {
    return lostRights(who, before, after, change);
  }
  const howLong = isMade(after.method)
    ? `until it sends as the output senders.${who} says`
    : `until it sends with ${nameOfWay({ method: after.method })}, which this stack does not set up`;
  if (signsIn(before)) {
    return [{ who, what: `sign-in with ${before.knownBy} is refused`, howLong }];
  }
  const isCovered =
    after.via === undefined && coversName(after.certificateName, before.certificateName);
  return isCovered ? [] : lostMail(before, change).map((what) => ({ who, what, howLong }));
}

/** What becomes of mail from addresses, or with a certificate, that a sender has no longer. An address of another one is let in. */
function lostMail({ egress, knownBy, method }: SenderRights, { senders }: Change): string[] {
  const becomes = isConnector({ method }) ? REFUSED : "passes SPF no longer";
  if (egress.length === 0) return [`mail with a ${knownBy} ${becomes}`];
  const letIn = senders.flatMap(({ after }) => after?.egress ?? []);
  const lost = egress.filter((address) => !letIn.some((other) => covers(other, address)));
  if (lost.length === 0) return [];
  const kept = letIn.filter((other) => lost.some((address) => covers(address, other)));
  const but = kept.length === 0 ? "" : `, but for ${kept.join(", ")},`;
  return [`mail from ${lost.join(", ")}${but} ${becomes}`];
}

function renamed(who: string, former: string, before: SenderRights): Stop[] {
  if (isConnector(before)) {
    return [
      {
        who,
        what: `mail may be refused with 550 5.7.64 while the connector takes the place of that of ${former}`,
        howLong: "for some seconds",
      },
    ];
  }
  if (!signsIn(before)) return [];
  if (usesAccount(before)) {
    const howLong = `until the new one, of the output secrets.${who}, is in use`;
    return [{ who, what: `no sign-in with the password of ${former}`, howLong }];
  }
  return [
    {
      who,
      what: `no sign-in with the client id of ${former}; the mailbox stays with the mail in it`,
      howLong:
        "until the new client id is in use, and up to two hours more until Exchange knows it",
    },
  ];
}

function removed(who: string, before: SenderRights, change: Change): Stop[] {
  const going = ofKinds(changedIn(change.preview), "InboundConnector", ...MAILBOXES).find(
    (resource) => resource.operation === "delete" && senderIn(change.belongs(resource)) === who,
  );
  const stop = (what: string): Stop => ({ who, what, howLong: FOR_GOOD });
  if (isConnector(before)) {
    return going?.before?.inputs.adopt === true
      ? [
          stop(
            "the connector is restored as it was before the stack; what that lets in is not refused",
          ),
        ]
      : lostMail(before, change).map(stop);
  }
  if (!signsIn(before)) return lostMail(before, change).map(stop);
  const [address = ""] = before.maySendAs;
  if (usesAccount(before)) {
    return [stop(`no sign-in any more; the account ${address} is deleted with its password`)];
  }
  return [
    stop(`no sign-in any more; the mailbox ${address} ${FATES[going?.kind ?? ""] ?? "stays"}`),
  ];
}

/**
 * What becomes of the mailbox of a sender that goes.
 *
 * @see https://learn.microsoft.com/exchange/recipients-in-exchange-online/delete-or-restore-mailboxes (30 days; not where its
 * user's licence was removed first)
 */
const FATES: Readonly<Record<string, string>> = {
  SharedMailbox: "is deleted with the mail in it, and an administrator can restore it for 30 days",
  UserMailbox: "is deleted with the mail in it",
  AdoptedMailbox: "stays with the mail in it, with SMTP AUTH as it was before the stack",
};
const MAILBOXES = Object.keys(FATES);

/** What a sender that is known as before may do no longer. */
function lostRights(
  who: string,
  before: SenderRights,
  after: SenderRights,
  change: Change,
): Stop[] {
  const sendAs = without(before.maySendAs, after.maySendAs);
  const [now = ""] = after.maySendAs;
  const lost = [
    ...(before.egress.length > 0 ? lostMail(before, change) : []),
    ...(signsIn(before) && sendAs.length > 0
      ? [
          `mail from ${sendAs.join(", ")} is refused with ${usesAccount(before) ? "550 5.7.62" : "554 5.2.252"}`,
        ]
      : []),
    ...without(before.tokens, after.tokens).map((token) => `sign-in with ${token} is refused`),
    ...newlyFenced(before, after),
    ...(isConnector(after) &&
    after.fence.length === 0 &&
    sendAs.length > 0 &&
    !/tenant|organisations/.test(now)
      ? [
          `mail that is not from ${now.replace("any address of ", "")} is refused; Microsoft's pages disagree whether mail to other organisations is refused too, so try it in a test tenant`,
        ]
      : []),
  ];
  return lost.map((what) => ({ who, what, howLong: FOR_GOOD }));
}

/** What a fence refuses that passed before. */
function newlyFenced(before: SenderRights, after: SenderRights): string[] {
  const isNarrower = before.fence.length === 0 || notLetPass(before, after.fence).length > 0;
  if (!isConnector(before) || after.fence.length === 0 || !isNarrower) return [];
  return [
    `mail from its addresses that is not From ${after.fence.join(", ")} is refused with 550 ${FENCE_STATUS}, also that of other hosts behind them, half an hour or longer after the up`,
  ];
}

/** What somebody has let in by hand, and the change does not. */
function putBack({ preview, belongs, senders }: Change): Stop[] {
  return ofKinds(changedIn(preview), "InboundConnector").flatMap((resource) => {
    const who = senderIn(belongs(resource));
    const { before, after, operation } = resource;
    if (operation !== "update" || who === undefined) return [];
    if (senders.some(({ sender }) => sender === who)) return [];
    const [was, is] = [before?.inputs.senderIPAddresses, after?.inputs.senderIPAddresses];
    const lost = isListOfText(was) && isListOfText(is) ? without(was, is) : [];
    const what = `mail from ${lost.join(", ")}, which was let in by hand, ${REFUSED}`;
    return lost.length === 0 ? [] : [{ who, what, howLong: FOR_GOOD }];
  });
}
