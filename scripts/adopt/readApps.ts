import pMap from "p-map";
import type { FoundSubmission, Left } from "../../mail/adopt/found.ts";
import { describeApp } from "../../mail/adopt/submissions.ts";
import { EXCHANGE_ONLINE_APP_ID, SMTP_APP_ROLE } from "../../mail/senders/access.ts";
import { canonicalMailbox } from "../../mail/senders/mailbox.ts";
import { rightOf } from "../../providers/exchange/adoptedApplication.ts";
import { type ExchangeObject, findAll, findOne, text } from "../../providers/exchange/find.ts";
import { grants } from "../../providers/exchange/mailboxRight.ts";
import { findAdoptable } from "../../providers/exchange/mailboxTaken.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import { ExchangeError } from "../../tenant/exchangeError.ts";
import type { Graph } from "../../tenant/graph.ts";
import { type OpenMailbox, type Pair, type Principal, rolesOf } from "./readRoles.ts";

/** Mailboxes asked for at a time. */
const AT_ONCE = { concurrency: 8 };

/** What was found of apps that submit mail, and of mailboxes that anybody may sign in to. */
export interface FoundApps {
  readonly submissions: readonly FoundSubmission[];
  readonly others: readonly Left[];
}

interface Reader {
  readonly invoke: Invoke;
  readonly graph: Pick<Graph, "holdersOf">;
  /** `project/stack` */
  readonly owner: string;
  readonly onProgress: (line: string) => void;
}

/** Reads which apps may submit mail as which mailboxes, by a role or by full access. */
export async function readApps(reader: Reader): Promise<FoundApps> {
  const { invoke } = reader;
  const others: Left[] = [];
  const principals = await readPrincipals(invoke).catch((error: unknown) => {
    if (!(error instanceof ExchangeError && error.status === 403)) throw error;
    return unread("apps in Exchange", error);
  });
  if ("what" in principals) return { submissions: [], others: [principals] };
  const mailboxes = await openMailboxes(invoke);
  if (principals.length === 0) return { submissions: [], others: byPassword(mailboxes, []) };
  const classic = await classicApps(reader, principals, others);
  const byRole = await rolesOf(invoke, principals, mailboxes, others);
  const byAccess = await fullAccess(reader, classic, mailboxes);
  const pairs = new Map(
    [...byRole, ...byAccess].map((pair) => [`${pair.app.appId} ${pair.mailbox.address}`, pair]),
  );
  const found = [...pairs.values()].toSorted(
    (one, other) =>
      one.app.displayName.localeCompare(other.app.displayName, "en") ||
      one.mailbox.address.localeCompare(other.mailbox.address, "en"),
  );
  const submissions = await pMap(found, (pair) => submissionOf(reader, pair), AT_ONCE);
  const idle = classic.filter((app) => !found.some((pair) => pair.app === app));
  return {
    submissions,
    others: [...others, ...idle.map(idleApp), ...byPassword(mailboxes, submissions)],
  };
}

async function readPrincipals(invoke: Invoke): Promise<Principal[]> {
  const objects = await findAll(invoke, "Get-ServicePrincipal", {});
  return objects.map(({ AppId, ObjectId, DisplayName }) => ({
    appId: text(AppId).toLowerCase(),
    objectId: text(ObjectId).toLowerCase(),
    displayName: text(DisplayName),
  }));
}

/** The mailboxes whose own switch lets SMTP AUTH in, or that of the organisation where they have none. */
async function openMailboxes(invoke: Invoke): Promise<OpenMailbox[]> {
  const [transport] = (await invoke("Get-TransportConfig", {})).value;
  const isOnForAll = transport?.SmtpClientAuthenticationDisabled === false;
  const all = await findAll(invoke, "Get-CASMailbox", { ResultSize: "Unlimited" });
  return all.flatMap((one) => {
    const own = one.SmtpClientAuthenticationDisabled;
    const isOn = typeof own === "boolean" ? !own : isOnForAll;
    const address = canonicalMailbox(text(one.PrimarySmtpAddress));
    return isOn && address !== ""
      ? [{ address, names: namesOf(one, address), byItself: own === false }]
      : [];
  });
}

const namesOf = (
  { EmailAddresses, Guid, ExternalDirectoryObjectId }: ExchangeObject,
  address: string,
): string[] => {
  const proxies = (Array.isArray(EmailAddresses) ? EmailAddresses : []).map((one) =>
    String(one).toLowerCase(),
  );
  const plain = proxies.map((one) => one.replace(/^smtp:/, ""));
  const ids = [Guid, ExternalDirectoryObjectId].map((id) => text(id).toLowerCase());
  return [...new Set([address, ...proxies, ...plain, ...ids])].filter((name) => name !== "");
};

/** Those of the apps that hold the app role SMTP.SendAsApp, which full access alone does not replace. */
async function classicApps(
  { graph }: Reader,
  principals: readonly Principal[],
  others: Left[],
): Promise<readonly Principal[]> {
  try {
    const holders = await graph.holdersOf(EXCHANGE_ONLINE_APP_ID, SMTP_APP_ROLE);
    return principals.filter(({ objectId }) => holders.includes(objectId));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    others.push(unread(`apps that hold ${SMTP_APP_ROLE} in Entra`, error));
    return [];
  }
}

const unread = (what: string, error: Error): Left => ({
  what,
  reason: `could not be read (${error.message})`,
  todo: "give the identity that right and run this again; what is not in the stack file stays as it is",
});

/** The mailboxes that apps reach by full access. */
async function fullAccess(
  { invoke, onProgress }: Reader,
  apps: readonly Principal[],
  mailboxes: readonly OpenMailbox[],
): Promise<Pair[]> {
  if (apps.length === 0 || mailboxes.length === 0) return [];
  onProgress(`reading who has full access to ${mailboxes.length} mailboxes`);
  const pairs = await pMap(
    mailboxes,
    async (mailbox) => {
      const identity = { Identity: mailbox.address, ResultSize: "Unlimited" };
      const entries = await findAll(invoke, "Get-MailboxPermission", identity);
      const isOpen = entries.some(
        (entry) => grants(entry, "FullAccess") && !/\\SELF$/i.test(text(entry.User)),
      );
      const found: Pair[] = [];
      for (const app of isOpen ? apps : []) {
        const right = await rightOf(invoke, { ...app, mailbox: mailbox.address });
        if (right !== undefined) found.push({ app, mailbox, by: right });
      }
      return found;
    },
    AT_ONCE,
  );
  return pairs.flat();
}

async function submissionOf(
  { invoke, owner }: Reader,
  { app, mailbox, by }: Pair,
): Promise<FoundSubmission> {
  const { appId, displayName } = app;
  const { address } = mailbox;
  const found = await findAdoptable(invoke, { owner: `${owner}/`, address });
  const rights = await findAll(invoke, "Get-RecipientPermission", {
    ...{ Trustee: address, ResultSize: "Unlimited" },
  });
  const sendAs: string[] = [];
  for (const right of rights.filter((entry) => grants(entry, "SendAs"))) {
    const names = ["Name", "Identity", "Guid", "PrimarySmtpAddress"];
    const recipient = await findOne(invoke, "Get-Recipient", text(right.Identity), names);
    const other = canonicalMailbox(text(recipient?.PrimarySmtpAddress));
    if (other !== "" && other !== address) sendAs.push(other);
  }
  const problem = "rule" in found ? found : undefined;
  return { appId, displayName, mailbox: address, by, sendAs: sendAs.toSorted(), problem };
}

const idleApp = (app: Principal): Left => ({
  what: describeApp(app),
  reason: `holds ${SMTP_APP_ROLE} in Entra, but no mailbox was found that lets it in and has SMTP AUTH on`,
  todo: "leave it; or give it full access to its mailbox, switch SMTP AUTH on there, and run this again",
});

/** Mailboxes that somebody may sign in to with a password. */
const byPassword = (
  mailboxes: readonly OpenMailbox[],
  submissions: readonly FoundSubmission[],
): Left[] =>
  mailboxes
    .filter(
      ({ byItself, address }) => byItself && !submissions.some((one) => one.mailbox === address),
    )
    .map(({ address }) => ({
      what: `mailbox ${address}`,
      reason:
        "has SMTP AUTH on, and no app was found that sends from it: what signs in to it uses a password, which the stack does not know",
      todo: "leave it; or write a sender that replaces it (docs/how-to/send-with-oauth.md)",
    }));
