import { ImapFlow } from "imapflow";
import { fieldOf, fieldsOf } from "../../mail/message/fields.ts";
import { type FoundMessage, type Mailbox, ofCopies } from "./mailbox.ts";

export interface ImapAccess {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

interface Folder {
  readonly path: string;
  readonly folder: FoundMessage["folder"];
}

/** The variable of the mailbox's password. Never an argument: other users of the machine can read those. */
export const PASSWORD = "M365_SMTP_RELAY_IMAP_PASSWORD";

const TIMEOUT_MS = 30_000;

/** The longest silence of a server that has to answer. */
const SILENCE_MS = 60_000;

/** Of one message that came more than once, so many copies are looked at. */
const MOST_COPIES = 10;

/** The longest header that is fetched: no server accepts one as long. */
const LARGEST = 1024 * 1024;

/**
 * Signs in to a mailbox by IMAP over TLS, and only reads there. A connection that breaks later is made again at the next look.
 *
 * @throws Error when that fails; no password is in its message
 */
export async function openImap(access: ImapAccess): Promise<Mailbox> {
  const name = `${access.host} as ${access.user}`;
  let session = await openSession(access, name);
  return {
    name,
    async find(ids) {
      if (!session.isOpen()) session = await openSession(access, name);
      return session.find(ids);
    },
    close: () => session.close(),
  };
}

/** One connection. */
interface Session extends Pick<Mailbox, "find" | "close"> {
  isOpen(): boolean;
}

async function openSession(
  { host, port, user, password }: ImapAccess,
  name: string,
): Promise<Session> {
  const client = new ImapFlow({
    ...{ host, port, secure: true, logger: false },
    auth: { user, pass: password },
    ...{ connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: SILENCE_MS },
    ...{ maxLineLength: LARGEST, maxLiteralSize: LARGEST, maxResponseSize: 2 * LARGEST },
  });
  // What broke the connection is told by the next command, whose own error says only that there is none.
  let broken: unknown;
  client.on("error", (error) => {
    broken ??= error;
  });
  const refused = (error: unknown): never => {
    const cause = broken ?? error;
    throw new Error(`the mailbox at ${name} can't be read: ${wordsOf(cause)}`, { cause });
  };
  await client.connect().catch((error) => {
    const cause = broken ?? error;
    const words = wordsOf(cause, `check --imap, --imap-user and the password in ${PASSWORD}`);
    throw new Error(`the mailbox at ${name} can't be read: ${words}`, { cause });
  });
  const folders = foldersOf(await client.list().catch(refused));
  // Only while a folder is open does the client keep a connection alive, as long as messages are sent.
  await client.mailboxOpen("INBOX", { readOnly: true }).catch(refused);

  async function findIn({ path, folder }: Folder, ids: readonly string[]) {
    const lock = await client.getMailboxLock(path, { readOnly: true });
    try {
      const found: [id: string, message: FoundMessage][] = [];
      for (const id of ids) {
        const uids = await client.search({ header: { "Message-ID": id } }, { uid: true });
        const headers: string[] = [];
        for (const uid of (uids || []).slice(0, MOST_COPIES)) {
          const message = await client.fetchOne(`${uid}`, { headers: true }, { uid: true });
          const header = message ? message.headers?.toString("utf8") : undefined;
          // A search finds parts of an id too, and is the server's word alone.
          if (header !== undefined && fieldOf(fieldsOf(header), "Message-ID") === id) {
            headers.push(header);
          }
        }
        const [header] = headers;
        if (header === undefined) continue;
        const where = `${host}, ${path}${ofCopies(headers.length)}`;
        found.push([id, { where, folder, header }]);
      }
      return found;
    } finally {
      lock.release();
    }
  }

  return {
    isOpen: () => client.usable,
    async find(ids) {
      const all = new Map<string, FoundMessage>();
      for (const folder of folders) {
        const missing = ids.filter((id) => !all.has(id));
        if (missing.length === 0) break;
        const found = await findIn(folder, missing).catch((error) =>
          // One of the other folders may be closed to this user.
          folder.folder === undefined && client.usable ? [] : refused(error),
        );
        for (const [id, message] of found) {
          all.set(id, message);
        }
      }
      return all;
    },
    close: () => client.logout().catch(() => {}),
  };
}

/** So many folders are looked into: a mailbox can have thousands. */
const MOST_FOLDERS = 50;

/**
 * The inbox and the folder for spam; then where Gmail keeps a copy of all that is in neither, or else the other folders, as a
 * rule of the mailbox may have moved the message. Its own mail is none that arrived.
 */
function foldersOf(listed: readonly Listed[]): Folder[] {
  const of = (use: string) => listed.filter(({ specialUse }) => specialUse === use);
  const all = of("\\All");
  const others = listed.filter(
    ({ path, specialUse = "", flags }) =>
      path.toUpperCase() !== "INBOX" &&
      !["\\Inbox", "\\Junk", "\\Sent", "\\Drafts"].includes(specialUse) &&
      !flags?.has("\\Noselect") &&
      !flags?.has("\\NonExistent"),
  );
  return [
    { path: "INBOX", folder: "inbox" } as const,
    ...of("\\Junk").map(({ path }): Folder => ({ path, folder: "junk" })),
    ...(all.length > 0 ? all : others).map(({ path }): Folder => ({ path, folder: undefined })),
  ].slice(0, MOST_FOLDERS);
}

interface Listed {
  readonly path: string;
  readonly specialUse?: string | undefined;
  readonly flags?: ReadonlySet<string>;
}

/**
 * The server's own words, if it said any, and what to do.
 *
 * @param otherwise what to do where the error alone does not say it
 */
function wordsOf(error: unknown, otherwise?: string): string {
  const { responseText, message, code, authenticationFailed } = error as NodeJS.ErrnoException & {
    readonly responseText?: unknown;
    readonly authenticationFailed?: boolean;
  };
  if (code === "ERR_SSL_WRONG_VERSION_NUMBER") {
    return "the server does not begin with TLS at this port; give --imap the port of IMAP over TLS, which is 993 mostly";
  }
  if (/SELF_SIGNED|UNABLE_TO_(?:GET_ISSUER|VERIFY)/.test(code ?? "")) {
    return `${message}: this machine does not trust the server's certificate; if it is your own server, put the certificate of its CA into a file and name that in NODE_EXTRA_CA_CERTS`;
  }
  const words = typeof responseText === "string" && responseText !== "" ? responseText : message;
  if (authenticationFailed === true) {
    return `${words}; check --imap-user and the password in ${PASSWORD}: many providers take only a password made for an app`;
  }
  return otherwise === undefined ? words : `${words.replace(/\.$/, "")}; ${otherwise}`;
}
