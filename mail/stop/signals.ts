import { ownerOf, senderOfOwner } from "../ownership.ts";
import { command } from "../powershell.ts";

// Two signals have to agree before a sender's object is touched without the state: its place in the tenant (name or
// address), which follows from the stack file, and its ownership mark. Each of these sentences says what an administrator
// can do where they don't.

const INSTEAD = "stop it by hand in Exchange Online PowerShell";

/** A connector as these rules know it. */
interface MarkedConnector {
  readonly name: string;
  readonly comment: string;
  /** Whether it bears no mark because it was adopted as it is, and matches what the stack file says of its sender. */
  readonly isAsAdopted?: boolean;
}

/** A stack file that no `up` has followed yet says nothing of how its sender sends. */
const absent = (what: string, sender: string): string =>
  `the tenant has no ${what} for sender "${sender}"; check the stack's name; if the sender has got another method, address or name in the stack file since the last up, it still sends as before: stop it with the stack file of that up, or run npm run pulumi -- up`;

const connectorByHand = (name: string): string =>
  `if it is the sender's, ${INSTEAD}: ${command("Set-InboundConnector", { Identity: name, Enabled: false })}`;

/**
 * Says why no connector can be taken for a sender's; undefined when the one of that name can.
 *
 * @param owner `project/stack/sender`
 * @param named the connector that has the name
 * @param marked those whose mark names the sender
 */
export function connectorSignalProblem(
  owner: string,
  name: string,
  named: MarkedConnector | undefined,
  marked: readonly MarkedConnector[],
): string | undefined {
  const sender = senderOfOwner(owner);
  const theirs = named && ownerOf(named.comment);
  if (theirs === owner || (theirs === undefined && named?.isAsAdopted)) return undefined;
  if (named !== undefined) {
    return theirs === undefined
      ? `connector "${name}" does not bear the ownership mark of sender "${sender}"; ${connectorByHand(name)}`
      : `connector "${name}" is managed by ${theirs}; stop it as a sender of that stack`;
  }
  const [other] = marked;
  return other === undefined
    ? absent(`connector "${name}"`, sender)
    : `the connector of sender "${sender}" is called "${other.name}" and not "${name}"; ${connectorByHand(other.name)}`;
}

/**
 * Says why a mailbox can't be taken for a sender's own one; undefined when it can.
 *
 * @param mark the text that holds its ownership mark; undefined where there is no such mailbox
 */
export function mailboxSignalProblem(
  owner: string,
  address: string,
  mark: string | undefined,
): string | undefined {
  return addressSignalProblem(owner, `mailbox ${address}`, mailboxByHand(address), mark);
}

/** The same of the account of a sender that uses High Volume Email. */
export const accountSignalProblem = (
  owner: string,
  address: string,
  mark: string | undefined,
): string | undefined =>
  addressSignalProblem(
    owner,
    `HVE account ${address}`,
    `if it is the sender's, stop it by hand in Microsoft Graph PowerShell: ${command("Update-MgUser", { UserId: address, AccountEnabled: false })}`,
    mark,
  );

function addressSignalProblem(
  owner: string,
  title: string,
  byHand: string,
  mark: string | undefined,
): string | undefined {
  const sender = senderOfOwner(owner);
  if (mark === undefined) {
    return absent(title, sender);
  }
  const theirs = ownerOf(mark);
  if (theirs === owner) return undefined;
  return theirs === undefined
    ? `${title} does not bear the ownership mark of sender "${sender}"; ${byHand}`
    : `${title} is managed by ${theirs}; stop it as a sender of that stack`;
}

/**
 * Says that an adopted mailbox, which bears no mark, can't be taken for a sender's, as Entra does not have its app.
 *
 * @param app as the sentence names it
 */
export const adoptedSignalProblem = (address: string, app: string): string =>
  `mailbox ${address} bears no ownership mark, as it is adopted, and Entra has no ${app}; ${mailboxByHand(address)}`;

const mailboxByHand = (address: string): string =>
  `if it is the sender's, ${INSTEAD}: ${command("Set-CASMailbox", { Identity: address, SmtpClientAuthenticationDisabled: true })}`;
