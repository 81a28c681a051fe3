import { markOf } from "../mail/ownership.ts";
import { SMTP_MANAGEMENT_ROLE } from "../mail/senders/access.ts";
import { type Found, type FoundKind, quoted, REMOVE, removeRight } from "../mail/teardown/found.ts";
import { namesBeginWith } from "../mail/teardown/leftover.ts";
import type { Connection } from "./connection.ts";
import { exchange, type Invoke } from "./exchange.ts";
import { isNotFound } from "./exchangeError.ts";
import { graphClient } from "./graphClient.ts";
import { TEARDOWN_PERMISSIONS } from "../mail/rights/teardown.ts";

/** Where rights of the stack's senders may be left over. */
export interface Rights {
  /** Addresses of mailboxes that outlive the stack. */
  readonly mailboxes: readonly string[];
  /** Addresses of the mailboxes that the stack creates. */
  readonly trustees: readonly string[];
}

/**
 * Lists what may be a stack's in Entra and Exchange: all that bears a mark of this project, and what is called as the stack
 * calls things. It only reads.
 *
 * @param stack the stack's name
 * @see https://learn.microsoft.com/graph/api/directory-deleteditems-list
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/get-mailbox (Filter, SoftDeletedMailbox)
 */
export async function findInTenant(
  connection: Connection,
  stack: string,
  rights: Rights,
): Promise<Found[]> {
  const invoke = exchange(connection);
  const [inEntra, inExchange] = await Promise.all([
    findInEntra(connection, stack),
    findInExchange(invoke, stack),
  ]);
  const principals = inEntra.filter(
    ({ kind, names }) =>
      /servicePrincipal$/i.test(kind) &&
      names.some((name) => name.startsWith(namesBeginWith(stack))),
  );
  const trustees = new Set([...rights.trustees, ...principals.map(({ id }) => id)]);
  const held = await findRights(invoke, rights.mailboxes, trustees);
  return [...inEntra, ...inExchange, ...held];
}

interface DirectoryObject {
  readonly id: string;
  readonly appId?: string;
  readonly displayName: string | null;
  readonly mailNickname?: string | null;
  readonly notes?: string | null;
  readonly deletedDateTime?: string | null;
}

async function findInEntra(connection: Connection, stack: string): Promise<Found[]> {
  const { list } = graphClient(connection);
  const apps = "$select=id,appId,displayName,notes,deletedDateTime&$top=999";
  const users = `$filter=startswith(displayName,${quoted(namesBeginWith(stack))})&$select=id,displayName,mailNickname`;
  const { readApps: mayReadApps, readUsers: mayReadUsers } = TEARDOWN_PERMISSIONS;
  const bin = "/directory/deletedItems/microsoft.graph";
  const lists: [FoundKind, string, string][] = [
    ["application", `/applications?${apps}`, mayReadApps],
    ["servicePrincipal", `/servicePrincipals?${apps}`, mayReadApps],
    ["user", `/users?${users}`, mayReadUsers],
    ["deletedApplication", `${bin}.application?${apps}`, mayReadApps],
    ["deletedServicePrincipal", `${bin}.servicePrincipal?${apps}`, mayReadApps],
    ["deletedUser", `${bin}.user?${users},deletedDateTime`, mayReadUsers],
  ];
  const found = await Promise.all(
    lists.map(async ([kind, path, permission]) =>
      (await list<DirectoryObject>(path, permission)).map((object) => ({ kind, object })),
    ),
  );
  const appIds = new Map(
    found
      .flat()
      .flatMap(({ kind, object }) => (kind === "application" ? [[object.appId, object.id]] : [])),
  );
  return found.flat().map(({ kind, object }) => {
    const { id, appId, displayName, mailNickname, notes, deletedDateTime } = object;
    const app = kind === "servicePrincipal" ? appIds.get(appId) : undefined;
    return {
      ...{ kind, id, where: "Entra", name: displayName ?? "", mark: notes ?? "" },
      names: [displayName, mailNickname].filter((name) => typeof name === "string"),
      command: REMOVE[kind as keyof typeof REMOVE](id),
      ...(deletedDateTime && { deletedAt: deletedDateTime }),
      ...(app !== undefined && { goesWith: `application ${app}` }),
    };
  });
}

type ExchangeObject = Readonly<Record<string, unknown>>;

/** A kind of object in Exchange, how all of them are listed, and where they have mark and name. */
interface Listing {
  readonly kind: keyof typeof REMOVE;
  readonly cmdlet: string;
  readonly parameters?: ExchangeObject;
  /** Properties that may hold the mark. */
  readonly marks?: readonly string[];
  /** @default Name */
  readonly names?: readonly string[];
}

/** Every mailbox with a mark of this project, or with a name of the stack's. */
const mailboxFilter = (stack: string): string => {
  const marked = "Managed by Pulumi: *";
  const named = `${namesBeginWith(stack)}*`;
  return `CustomAttribute15 -like '${marked}' -or DisplayName -like '${marked}' -or DisplayName -like '${named}' -or Name -like '${named}'`;
};

const ALL = { ResultSize: "Unlimited" };

const listings = (stack: string): readonly Listing[] => [
  { kind: "connector", cmdlet: "Get-InboundConnector", parameters: ALL, marks: ["Comment"] },
  ...(["mailbox", "deletedMailbox"] as const).map((kind) => ({
    kind,
    cmdlet: "Get-Mailbox",
    parameters: {
      ...ALL,
      Filter: mailboxFilter(stack),
      ...(kind === "deletedMailbox" && { SoftDeletedMailbox: true }),
    },
    marks: ["CustomAttribute15", "DisplayName"],
    names: ["DisplayName", "Name", "Alias"],
  })),
  { kind: "exchangeServicePrincipal", cmdlet: "Get-ServicePrincipal", names: ["DisplayName"] },
  { kind: "managementScope", cmdlet: "Get-ManagementScope" },
  {
    kind: "roleAssignment",
    cmdlet: "Get-ManagementRoleAssignment",
    parameters: { Role: SMTP_MANAGEMENT_ROLE },
  },
  { kind: "authenticationPolicy", cmdlet: "Get-AuthenticationPolicy" },
  {
    kind: "outboundPolicy",
    cmdlet: "Get-HostedOutboundSpamFilterPolicy",
    marks: ["AdminDisplayName"],
  },
  { kind: "outboundRule", cmdlet: "Get-HostedOutboundSpamFilterRule" },
];

async function findInExchange(invoke: Invoke, stack: string): Promise<Found[]> {
  const lists = await Promise.all(
    listings(stack).map(async (listing) => {
      const objects = await listAll(invoke, listing.cmdlet, listing.parameters ?? {});
      return objects.map((object) => observe(object, listing));
    }),
  );
  return lists.flat();
}

function observe(
  object: ExchangeObject,
  { kind: listed, marks = [], names = ["Name"] }: Listing,
): Found {
  const shown = names.map((name) => text(object[name])).filter((name) => name !== "");
  const mark = marks.map((name) => text(object[name])).find((one) => markOf(one)) ?? "";
  // A rule has no GUID among its identities.
  const id = listed === "outboundRule" ? text(object.Name) : text(object.Guid);
  const isAdopted = listed === "connector" && markOf(mark)?.adopted === true;
  const kind = isAdopted ? "adoptedConnector" : listed;
  const deletedAt = text(object.WhenSoftDeleted);
  const account = text(object.ExternalDirectoryObjectId);
  return {
    ...{ kind, id, where: "Exchange", mark, names: shown },
    name: text(object.PrimarySmtpAddress) || shown[0] || id,
    command: REMOVE[kind](id),
    ...(deletedAt !== "" && { deletedAt }),
    ...(account !== "" && { account }),
    ...(isAdopted && { note: "how it was before the stack is known to the stack's state alone" }),
  };
}

/** Rights that are left on mailboxes which outlive the stack. */
async function findRights(
  invoke: Invoke,
  mailboxes: readonly string[],
  trustees: ReadonlySet<string>,
): Promise<Found[]> {
  const nouns = [
    ["sendAs", "RecipientPermission", "Trustee"],
    ["fullAccess", "MailboxPermission", "User"],
  ] as const;
  const found = mailboxes.flatMap((mailbox) =>
    nouns.map(async ([kind, noun, parameter]): Promise<Found[]> => {
      const entries = await listAll(invoke, `Get-${noun}`, { ...ALL, Identity: mailbox });
      const holders = entries.map((entry) => text(entry[parameter]));
      return holders
        .filter((holder) => trustees.has(holder.toLowerCase()))
        .map((holder) => ({
          ...{ kind, id: `${mailbox} ${holder}`, where: "Exchange", mark: "", names: [] },
          name: mailbox,
          because: `${holder} holds it, which is a sender of this stack`,
          command: removeRight(`Remove-${noun}`, mailbox, holder),
        }));
    }),
  );
  return (await Promise.all(found)).flat();
}

/** None where Exchange does not know what it is asked about, such as a role that the tenant does not have. */
async function listAll(
  invoke: Invoke,
  cmdlet: string,
  parameters: ExchangeObject,
): Promise<readonly ExchangeObject[]> {
  try {
    return (await invoke(cmdlet, parameters)).value;
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/**
 * Deletes for good what Entra keeps of something that was deleted.
 *
 * @param kind decides which permission it takes
 * @throws Error with Graph's own words and the permission that is missing
 * @see https://learn.microsoft.com/graph/api/directory-deleteditems-delete
 */
export async function purgeFromEntra(
  connection: Connection,
  { kind, id }: Pick<Found, "kind" | "id">,
): Promise<void> {
  const { purgeApps, purgeUsers } = TEARDOWN_PERMISSIONS;
  const permission = kind === "deletedUser" ? purgeUsers : purgeApps;
  await graphClient(connection).ask("DELETE", `/directory/deletedItems/${id}`, permission);
}

/**
 * Deletes a soft-deleted mailbox for good. Its account has to be deleted for good before.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/remove-mailbox (PermanentlyDelete)
 */
export async function purgeMailbox(connection: Connection, id: string): Promise<void> {
  const parameters = { Identity: id, PermanentlyDelete: true, Confirm: false };
  try {
    await exchange(connection)("Remove-Mailbox", parameters);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
