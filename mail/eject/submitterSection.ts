import { rightParameters, SEND_AS } from "../exchange/access.ts";
import { ownerOfSender } from "../ownership.ts";
import { command } from "../powershell.ts";
import type { ApplicationAccess } from "../senders/access.ts";
import type { SubmitterChoice } from "../senders/choose.ts";
import { relayName } from "../senders/names.ts";
import { submissionSummary } from "../senders/summary.ts";
import { accessLines, appLines, appScopes } from "./appLines.ts";
import { LICENSE_SCOPES } from "./licenseLines.ts";
import {
  adoptedMailboxLines,
  limitLines,
  sharedMailboxLines,
  userMailboxLines,
} from "./mailboxLines.ts";
import type { EjectedStack } from "./relay.ts";
import type { Section } from "./section.ts";

/** The section of a sender that signs in. */
export function submitterSection(
  choice: SubmitterChoice,
  access: ApplicationAccess,
  stack: EjectedStack,
): Section {
  const { sender, mailbox, credential, because } = choice;
  const owned = {
    owner: ownerOfSender(stack.owner, sender),
    objectName: relayName(stack.name, sender),
  };
  const { address, recipientsPerDay: need } = mailbox;
  const limit = need === undefined ? [] : limitLines(address, need, owned);
  const common = {
    why: `It ${submissionSummary(choice)}. It signs in this way because ${because}.`,
  };
  if (credential.by === "password") {
    return {
      ...common,
      title: `Sender ${sender}: a licensed user with a password`,
      lines: [...userMailboxLines(mailbox, owned), ...limit],
      scopes: LICENSE_SCOPES,
    };
  }
  const account = mailbox.adopt ? adoptedMailboxLines(mailbox) : sharedMailboxLines(mailbox, owned);
  if (credential.by === "adoptedApp") {
    return {
      ...common,
      title: `Sender ${sender}: the app ${credential.clientId}, which exists already`,
      lines: [...account, ...limit],
      scopes: [],
    };
  }
  return {
    ...common,
    title: `Sender ${sender}: ${mailbox.adopt ? "" : "a shared mailbox and "}an app`,
    lines: [
      ...account,
      ...limit,
      ...appLines(sender, `${stack.relay}-${sender}`, owned, credential),
      ...accessLines(access, owned.objectName, address),
    ],
    scopes: [...appScopes(access), ...(mailbox.license === undefined ? [] : LICENSE_SCOPES)],
  };
}

/** The section that lets senders send as further addresses; undefined where none does. */
export function sendAsSection(submitting: readonly SubmitterChoice[]): Section | undefined {
  const lines = submitting.flatMap(({ mailbox: { address, sendAs } }) =>
    sendAs.map(
      (other) =>
        `${command(`Add-${SEND_AS.noun}`, rightParameters(SEND_AS, other, address))} | Out-Null`,
    ),
  );
  if (lines.length === 0) return undefined;
  return {
    title: "Rights to send as another address",
    why: "They come last, as a sender may send as the mailbox of one that stands below it.",
    lines,
    scopes: [],
  };
}
