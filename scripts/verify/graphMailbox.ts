import { type Connection, PERSON_TOKENS } from "../../tenant/connection.ts";
import { graphClient } from "../../tenant/graphClient.ts";
import { type FoundMessage, type Mailbox, ofCopies, Unreadable } from "./mailbox.ts";

/** A message as Graph lists it. What was sent from the mailbox has no headers. */
interface Listed {
  readonly parentFolderId: string;
  readonly receivedDateTime?: string;
  readonly internetMessageHeaders?: readonly Header[];
}

interface Header {
  readonly name: string;
  readonly value: string;
}

const NEED = "Mail.ReadBasic.All";

/** The folders that count, by their well-known names. */
const FOLDERS = [
  { path: "inbox", name: "Inbox", folder: "inbox" },
  { path: "junkemail", name: "Junk Email", folder: "junk" },
] as const;

type Place = (typeof FOLDERS)[number];

/** No message has it. */
const NOBODYS = "<nobody@example.invalid>";

/**
 * Opens a mailbox of Microsoft 365 with Graph, and only reads there. What will be asked for is asked once, so that a wrong
 * address or a missing right shows now.
 *
 * @param address the user principal name of its user
 * @throws Error with Graph's words and what to do
 * @see https://learn.microsoft.com/graph/api/user-list-messages
 * @see https://learn.microsoft.com/graph/api/resources/message: internetMessageHeaders come by $select alone
 */
export async function openGraphMailbox(address: string, connection: Connection): Promise<Mailbox> {
  const graph = graphClient(connection);
  const user = `/users/${encodeURIComponent(address)}`;
  const refused = (error: unknown): never => {
    const words = `--graph-mailbox "${address}" can't be read: ${reasonOf(error, connection)}`;
    throw isLasting(error)
      ? new Unreadable(words, { cause: error })
      : new Error(words, { cause: error });
  };
  const messagesWith = (id: string) => {
    const filter = encodeURIComponent(`internetMessageId eq '${id.replaceAll("'", "''")}'`);
    const path = `${user}/messages?$filter=${filter}&$select=parentFolderId,receivedDateTime,internetMessageHeaders`;
    return graph.list<Listed>(path, NEED).catch(refused);
  };
  await messagesWith(NOBODYS);
  const places = new Map<string, Place>();
  for (const place of FOLDERS) {
    const path = `${user}/mailFolders/${place.path}?$select=id`;
    const found = await graph.ask<{ readonly id: string }>("GET", path, NEED).catch(refused);
    if (found !== "not there") places.set(found.id, place);
  }

  return {
    name: `${address} by Graph`,
    async find(ids) {
      const all = new Map<string, FoundMessage>();
      for (const id of ids) {
        const message = arrivedOf(await messagesWith(id), places, address);
        if (message !== undefined) all.set(id, message);
      }
      return all;
    },
    close: async () => {},
  };
}

/**
 * The one that arrived, of messages with the same Message-ID.
 *
 * @param places the inbox and the junk folder, by id
 * @throws Error where Graph does not show its headers
 */
export function arrivedOf(
  listed: readonly Listed[],
  places: ReadonlyMap<string, Place>,
  address: string,
): FoundMessage | undefined {
  const copies = listed.filter(({ internetMessageHeaders: headers }) => headers?.length);
  const [arrived] = copies.toSorted((a, b) => timeOf(a) - timeOf(b));
  if (arrived === undefined) {
    if (!listed.some(({ parentFolderId }) => places.has(parentFolderId))) return undefined;
    throw new Unreadable(
      `--graph-mailbox "${address}" has the message, but Graph does not show its internetMessageHeaders; grant Mail.Read in place of Mail.ReadBasic`,
    );
  }
  const place = places.get(arrived.parentFolderId);
  return {
    where: `${address}, ${place?.name ?? "another folder"}${ofCopies(copies.length)}`,
    folder: place?.folder,
    header: headerOf(arrived.internetMessageHeaders ?? []),
  };
}

const timeOf = ({ receivedDateTime = "" }: Listed): number => Date.parse(receivedDateTime) || 0;

/** The header as text. No value begins a field of its own, whatever stands in it. */
const headerOf = (headers: readonly Header[]): string =>
  headers
    .map(({ name, value }) => `${name}: ${value.replace(/(?:\r\n|\r|\n)[ \t]*/g, "\r\n ")}\r\n`)
    .join("");

/** What Graph answers a request with that it does not serve. */
function answerOf(error: unknown): { readonly statusCode?: number; readonly message?: string } {
  return (error as Error & { readonly cause?: ReturnType<typeof answerOf> }).cause ?? {};
}

/** Whether Graph will say the same later; it will not where it is busy, or did not answer. */
const isLasting = (error: unknown): boolean =>
  [400, 401, 403, 404].includes(answerOf(error).statusCode ?? 0);

/** Graph's own words, and what to do. */
function reasonOf(error: unknown, { person, tenantId }: Connection): string {
  const { name, message } = error as Error;
  const { statusCode, message: said } = answerOf(error);
  const words = said || (name === "TimeoutError" ? "Graph gave no answer in time" : message);
  if (statusCode === 404) {
    return `${words} Give the user principal name of a user who has a mailbox in tenant ${tenantId}`;
  }
  if (statusCode !== 401 && statusCode !== 403) return words;
  return person === undefined
    ? `${words} Let the app read this one mailbox: docs/how-to/verify-a-relay.md has the commands, and Exchange can take two hours to follow`
    : `${words} Export as ${PERSON_TOKENS.graph} an access token of the mailbox's own user that has the delegated permission Mail.ReadBasic`;
}
