import { markOf } from "../mail/ownership.ts";
import { odataText } from "../mail/powershell.ts";
import { GRAPH_PERMISSIONS } from "../mail/rights/graph.ts";
import { SMTP_MANAGEMENT_ROLE } from "../mail/senders/access.ts";
import { type Found, type FoundKind, REMOVE, removeRight, TITLES } from "../mail/teardown/found.ts";
import { namesBeginWith } from "../mail/teardown/leftover.ts";
import type { Connection } from "./connection.ts";
import { exchange, type Invoke } from "./exchange.ts";
import { ExchangeError, isNotFound } from "./exchangeError.ts";
import { graphClient, isForbidden } from "./graphClient.ts";

/** What a sweep of a tenant looks for. */
export interface TenantSweep {
  /** The stack's name. */
  readonly stack: string;
  /** The kinds of object that the stack has by its configuration or its state: they have to be seen. */
  readonly needed: ReadonlySet<FoundKind>;
  /** Addresses of mailboxes that outlive the stack. */
  readonly mailboxes: readonly string[];
  /** Addresses of the mailboxes that the stack creates, which may hold rights on those. */
  readonly trustees: readonly string[];
}

/** What is found, and what the identity may not look at, a sentence each without a full stop. */
export interface FoundInTenant {
  readonly found: readonly Found[];
  readonly unseen: readonly string[];
}

/**
 * Lists what may be a stack's in Entra and Exchange: all that bears a mark of this project, and what is called as the stack
 * calls things. It only reads. What the stack has no kind of need not be seen.
 *
 * @throws Error with the service's own words and the right that is missing
 * @see https://learn.microsoft.com/graph/api/directory-deleteditems-list
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/get-mailbox (Filter, SoftDeletedMailbox)
 */
export async function findInTenant(
  connection: Connection,
  { stack, needed, mailboxes, trustees }: TenantSweep,
): Promise<FoundInTenant> {
  const invoke = exchange(connection);
  const unseen: string[] = [];
  const looks = [...looksInEntra(connection, stack), ...looksInExchange(invoke, stack)];
  const lists = await Promise.all(
    looks.map(async ({ kind, look }) => {
      try {
        return await look();
      } catch (error) {
        if (needed.has(kind) || !isForbiddenAnywhere(error)) throw error;
        unseen.push(
          `nobody has looked for any ${TITLES[kind]}, which this stack does not have: ${(error as Error).message}`,
        );
        return [];
      }
    }),
  );
  const found = withParents(lists.flat());
  const principals = found.filter(
    ({ kind, names }) =>
      /servicePrincipal$/i.test(kind) &&
      names.some((name) => name.startsWith(namesBeginWith(stack))),
  );
  const holders = new Set([...trustees, ...principals.map(({ id }) => id)]);
  return { found: [...found, ...(await findRights(invoke, mailboxes, holders))], unseen };
}

/** All objects of a kind. */
interface Look {
  readonly kind: FoundKind;
  look(): Promise<Found[]>;
}

const isForbiddenAnywhere = (error: unknown): boolean =>
  error instanceof ExchangeError ? error.status === 403 : isForbidden(error as Error);

/** A service principal goes with its app. */
function withParents(found: readonly Found[]): Found[] {
  const apps = new Map(
    found.flatMap(({ kind, id, appId }) =>
      kind === "application" && appId !== undefined ? [[appId, id]] : [],
    ),
  );
  return found.map((one) => {
    const app = one.kind === "servicePrincipal" ? apps.get(one.appId ?? "") : undefined;
    return app === undefined ? one : { ...one, goesWith: `application ${app}` };
  });
}

interface DirectoryObject {
  readonly id: string;
  readonly appId?: string;
  readonly displayName: string | null;
  readonly mailNickname?: string | null;
  readonly notes?: string | null;
  readonly deletedDateTime?: string | null;
}

function looksInEntra(connection: Connection, stack: string): Look[] {
  const { list } = graphClient(connection);
  const apps = "$select=id,appId,displayName,notes,deletedDateTime&$top=999";
  const users = `$filter=startswith(displayName,${odataText(namesBeginWith(stack))})&$select=id,displayName,mailNickname`;
  const { readApps, readUsers } = GRAPH_PERMISSIONS;
  const bin = "/directory/deletedItems/microsoft.graph";
  const lists: [keyof typeof REMOVE, string, string][] = [
    ["application", `/applications?${apps}`, readApps],
    ["servicePrincipal", `/servicePrincipals?${apps}`, readApps],
    ["user", `/users?${users}`, readUsers],
    ["deletedApplication", `${bin}.application?${apps}`, readApps],
    ["deletedServicePrincipal", `${bin}.servicePrincipal?${apps}`, readApps],
    ["deletedUser", `${bin}.user?${users},deletedDateTime`, readUsers],
  ];
  return lists.map(([kind, path, permission]) => ({
    kind,
    look: async () =>
      (await list<DirectoryObject>(path, permission)).map(
        ({ id, appId, displayName, mailNickname, notes, deletedDateTime }) => ({
          ...{ kind, id, where: "Entra", name: displayName ?? "", mark: notes ?? "" },
          names: [displayName, mailNickname].filter((name) => typeof name === "string"),
          command: REMOVE[kind](id),
          ...(appId !== undefined && { appId }),
          ...(deletedDateTime && { deletedAt: deletedDateTime }),
        }),
      ),
  }));
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
  { kind: "flowRule", cmdlet: "Get-TransportRule", parameters: ALL, marks: ["Comments"] },
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
  {
    kind: "hveAccount",
    cmdlet: "Get-MailUser",
    parameters: { ...ALL, HVEAccount: true },
    marks: ["CustomAttribute15", "DisplayName"],
    names: ["DisplayName", "Name", "Alias"],
  },
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

const looksInExchange = (invoke: Invoke, stack: string): Look[] =>
  listings(stack).map((listing) => ({
    kind: listing.kind,
    look: async () => {
      const objects = await listAll(invoke, listing.cmdlet, listing.parameters ?? {});
      return objects.map((object) => observe(object, listing));
    },
  }));

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
  const { apps, deletedUsers } = GRAPH_PERMISSIONS;
  const permission = kind === "deletedUser" ? deletedUsers : apps;
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
