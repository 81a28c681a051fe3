import { ownerOf, ownerOfSender, recordMark, senderOfOwner } from "../../mail/ownership.ts";
import { canonicalAddress } from "../../mail/senders/address.ts";
import {
  type ConnectorChoice,
  type ConnectorMatch,
  chooseSubmission,
} from "../../mail/senders/choose.ts";
import { canonicalDomain } from "../../mail/senders/domain.ts";
import { relayName, sameName } from "../../mail/senders/names.ts";
import type { Sender } from "../../mail/senders/sender.ts";
import { nothingToStop } from "../../mail/stop/nothing.ts";
import {
  accountSignalProblem,
  adoptedSignalProblem,
  connectorSignalProblem,
  mailboxSignalProblem,
} from "../../mail/stop/signals.ts";
import {
  type ExchangeObject,
  findMailUser,
  findOne,
  HAS_ADDRESS,
  text,
} from "../../providers/exchange/find.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import type { GraphClient } from "../../tenant/graphClient.ts";

/** Where a sender's parts are looked for. */
export interface Tenancy {
  /** `project/stack` */
  readonly owner: string;
  /** The stack's name, without organisation and project. */
  readonly stack: string;
  readonly invoke: Invoke;
  readonly graph: GraphClient;
}

/** The connector of a sender that relays. */
export interface ConnectorPart {
  readonly kind: "connector";
  readonly name: string;
  readonly guid: string;
  /** Whether it took mail when it was found. */
  readonly enabled: boolean;
}

/** The mailbox of a sender that signs in, and what it signs in with. */
export interface MailboxPart {
  readonly kind: "mailbox";
  readonly address: string;
  readonly guid: string;
  readonly isAdopted: boolean;
  /** Undefined where it has none of its own, or Entra can't be asked for it. */
  readonly account: Account | undefined;
  /** Why Entra can't be asked for its app; empty where it was. */
  readonly unread: string;
}

/** The account of a sender that uses High Volume Email: a mail user of Exchange, and a user of Entra. */
export interface HveAccountPart {
  readonly kind: "hveAccount";
  readonly address: string;
  readonly guid: string;
  readonly account: Account;
  readonly unread: "";
}

/** What a sender is stopped by. */
export type Part = ConnectorPart | MailboxPart | HveAccountPart;

/** What signs in to Entra: the app's service principal, or a user. */
export interface Account {
  readonly kind: "app" | "user";
  /** What sentences call it. */
  readonly title: string;
  /** Object id of the service principal, or of the user. */
  readonly id: string;
  /** Object id of the app registration; empty of a user. */
  readonly applicationId: string;
}

export const PERMISSIONS = {
  app: "Application.ReadWrite.All",
  user: "User.ReadWrite.All",
} as const;

/**
 * Finds a sender's parts by the stack file alone, and touches nothing whose two signals disagree.
 *
 * @throws Error with what an administrator can do
 */
export async function findParts(sender: Sender, tenancy: Tenancy): Promise<Part> {
  const { relaying, submitting, highVolume } = chooseSubmission([sender]);
  const name = relayName(tenancy.stack, sender.name);
  const owner = ownerOfSender(tenancy.owner, sender.name);
  const [relay] = relaying;
  if (relay !== undefined) return findConnector(owner, relay.adopt ?? name, relay, tenancy.invoke);
  const [account] = highVolume;
  if (account !== undefined) return findHveAccount(owner, account.address, tenancy.invoke);
  const [submitter] = submitting;
  if (submitter === undefined) throw new Error(nothingToStop(sender));
  const { mailbox, credential } = submitter;
  return findMailbox(owner, name, tenancy, {
    address: mailbox.address,
    isAdopted: mailbox.adopt === true,
    isUser: credential.by === "password",
    clientId: credential.by === "adoptedApp" ? credential.clientId : undefined,
  });
}

async function findConnector(
  owner: string,
  name: string,
  { adopt, match }: ConnectorChoice,
  invoke: Invoke,
): Promise<ConnectorPart> {
  const { value } = await invoke("Get-InboundConnector", { ResultSize: "Unlimited" });
  const all = value.map((object) => ({
    name: text(object.Name),
    comment: text(object.Comment),
    guid: text(object.Guid),
    enabled: object.Enabled === true,
    isAsAdopted: adopt !== undefined && isMatchedBy(object, match),
  }));
  const named = all.find((one) => sameName(one.name, name));
  const marked = all.filter(({ comment }) => ownerOf(comment) === owner);
  const problem = connectorSignalProblem(owner, name, named, marked);
  if (problem !== undefined || named === undefined) throw new Error(problem);
  const { guid, enabled } = named;
  return { kind: "connector", name: named.name, guid, enabled };
}

/** Whether a connector recognises just what the stack file says that a sender is recognised by. */
function isMatchedBy(object: ExchangeObject, match: ConnectorMatch): boolean {
  const { SenderIPAddresses: addresses, TlsSenderCertificateName: certificate } = object;
  if (match.by === "certificate")
    return canonicalDomain(text(certificate)) === match.certificateName;
  const known = Array.isArray(addresses) ? addresses.map(String).map(canonicalAddress) : [];
  const isSame = known.every((one) => match.addresses.includes(one));
  return isSame && known.length === match.addresses.length;
}

/** Where a sender that signs in is looked for. */
interface Wanted {
  readonly address: string;
  readonly isAdopted: boolean;
  readonly isUser: boolean;
  /** Client id of an app that is somebody else's, and that no step touches; undefined of a sender with its own. */
  readonly clientId: string | undefined;
}

async function findMailbox(
  owner: string,
  name: string,
  { invoke, graph }: Tenancy,
  { address, isAdopted, isUser, clientId }: Wanted,
): Promise<MailboxPart> {
  const hasOwnApp = !isUser && clientId === undefined;
  const [mailbox, app, isThere] = await Promise.all([
    findOne(invoke, "Get-Mailbox", address, HAS_ADDRESS),
    hasOwnApp ? findApp(owner, name, graph).catch((error: Error) => error) : undefined,
    clientId !== undefined && isAdopted && hasApp(clientId, graph),
  ]);
  const user = isUser ? userOf(address, text(mailbox?.ExternalDirectoryObjectId)) : undefined;
  const account = app instanceof Error ? undefined : (app ?? user);
  const unread = app instanceof Error ? app.message : "";
  const marks = [mailbox?.CustomAttribute15, mailbox?.DisplayName].map(text);
  const mark = marks.find((one) => ownerOf(one) !== undefined) ?? "";
  const problem =
    isAdopted && mailbox !== undefined
      ? account === undefined && !isThere
        ? unread || adoptedSignalProblem(address, appTitle(owner, name, clientId))
        : undefined
      : mailboxSignalProblem(owner, address, mailbox && mark);
  if (problem !== undefined) throw new Error(problem);
  return { kind: "mailbox", address, guid: text(mailbox?.Guid), isAdopted, account, unread };
}

/**
 * Finds the account of a sender that uses High Volume Email. It goes by its account in Entra: Exchange has no switch of its own for
 * it, and that of SMTP AUTH does not count there.
 *
 * @throws Error with what an administrator can do where its two signals disagree
 * @see https://learn.microsoft.com/exchange/mail-flow-best-practices/troubleshoot-high-volume-email-m365
 *   (SmtpClientAuthenticationDisabled)
 */
async function findHveAccount(
  owner: string,
  address: string,
  invoke: Invoke,
): Promise<HveAccountPart> {
  const found = await findMailUser(invoke, address);
  const marks = [found?.CustomAttribute15, found?.DisplayName].map(text);
  const mark = marks.find((one) => ownerOf(one) !== undefined) ?? "";
  const problem = accountSignalProblem(owner, address, found && mark);
  if (problem !== undefined) throw new Error(problem);
  const id = text(found?.ExternalDirectoryObjectId);
  return {
    ...{ kind: "hveAccount", address, guid: text(found?.Guid), unread: "" },
    account: { kind: "user", title: `HVE account ${address}`, id, applicationId: "" },
  };
}

const appTitle = (owner: string, name: string, clientId: string | undefined): string =>
  clientId === undefined
    ? `app "${name}" that is marked as sender "${senderOfOwner(owner)}"'s`
    : `app ${clientId}, which the sender signs in with`;

const userOf = (address: string, id: string): Account => ({
  ...{ kind: "user", title: `user ${address}` },
  ...{ id, applicationId: "" },
});

/** Those of some senders with a connector whose connector is open; one that can't be read counts as open. */
export async function withOpenConnectors(
  senders: readonly Sender[],
  tenancy: Tenancy,
): Promise<Sender[]> {
  const open = await Promise.all(
    senders.map((sender) =>
      findParts(sender, tenancy).then(
        (part) => part.kind === "connector" && part.enabled,
        () => true,
      ),
    ),
  );
  return senders.filter((_, index) => open[index]);
}

interface Noted {
  readonly id: string;
  readonly appId: string;
  readonly notes: string | null;
}

const find = (graph: GraphClient, set: string, filter: string): Promise<readonly Noted[]> =>
  graph.list<Noted>(
    `/${set}?$filter=${encodeURIComponent(filter)}&$select=id,appId,notes`,
    PERMISSIONS.app,
  );

/** Whether the tenant has an app, by its client id. */
const hasApp = async (clientId: string, graph: GraphClient): Promise<boolean> =>
  (await find(graph, "servicePrincipals", `appId eq '${clientId}'`)).length > 0;

/** The app that has the sender's name and mark, with its service principal; undefined where Entra has none. */
async function findApp(
  owner: string,
  name: string,
  graph: GraphClient,
): Promise<Account | undefined> {
  const isMarked = ({ notes }: Noted): boolean => notes === recordMark(owner);
  const application = (await find(graph, "applications", `displayName eq '${name}'`)).find(
    isMarked,
  );
  if (application === undefined) return undefined;
  const { appId, id: applicationId } = application;
  const principal = (await find(graph, "servicePrincipals", `appId eq '${appId}'`)).find(isMarked);
  return principal && { kind: "app", title: `app "${name}"`, id: principal.id, applicationId };
}
