import { ImapFlow } from "imapflow";
import type { FOLDERS } from "../../mail/message/reading.ts";

/** Where a recipient's mail is looked for. */
export interface Mailbox {
  /** For people: `imap.example.com as me@example.com`. */
  readonly name: string;
  /** The messages with these ids that are there, by id. */
  find(ids: readonly string[]): Promise<Map<string, FoundMessage>>;
  close(): Promise<void>;
}

export interface FoundMessage {
  /** `imap.example.com, Junk`. */
  readonly where: string;
  readonly folder: (typeof FOLDERS)[number] | undefined;
  /** The whole header. */
  readonly header: string;
}

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

const TIMEOUT_MS = 30_000;

/**
 * Signs in to a mailbox by IMAP over TLS, and only reads there.
 *
 * @throws Error when that fails; no password is in its message
 */
export async function openImap({ host, port, user, password }: ImapAccess): Promise<Mailbox> {
  const client = new ImapFlow({
    ...{ host, port, secure: true, logger: false },
    auth: { user, pass: password },
    ...{ connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS },
  });
  const name = `${host} as ${user}`;
  // What breaks between two commands is told by the next one.
  client.on("error", () => {});
  const refused = (cause: unknown): never => {
    throw new Error(`the mailbox at ${name} can't be read: ${wordsOf(cause)}`, { cause });
  };
  await client.connect().catch(refused);
  const folders = foldersOf(await client.list().catch(refused));

  async function findIn({ path, folder }: Folder, ids: readonly string[]) {
    const lock = await client.getMailboxLock(path, { readOnly: true });
    try {
      const found: [id: string, message: FoundMessage][] = [];
      for (const id of ids) {
        const uids = await client.search({ header: { "Message-ID": id } }, { uid: true });
        const uid = uids ? uids.at(-1) : undefined;
        if (uid === undefined) continue;
        const message = await client.fetchOne(`${uid}`, { headers: true }, { uid: true });
        if (!message || message.headers === undefined) continue;
        const header = message.headers.toString("utf8");
        found.push([id, { where: `${host}, ${path}`, folder, header }]);
      }
      return found;
    } finally {
      lock.release();
    }
  }

  return {
    name,
    async find(ids) {
      const all = new Map<string, FoundMessage>();
      for (const folder of folders) {
        const missing = ids.filter((id) => !all.has(id));
        if (missing.length === 0) break;
        for (const [id, message] of await findIn(folder, missing).catch(refused)) {
          all.set(id, message);
        }
      }
      return all;
    },
    close: () => client.logout().catch(() => {}),
  };
}

/** The inbox, the folder for spam, and where Gmail keeps a copy of all that is in neither. */
function foldersOf(
  listed: readonly { readonly path: string; readonly specialUse?: string | undefined }[],
): Folder[] {
  const of = (use: string) => listed.filter(({ specialUse }) => specialUse === use);
  return [
    { path: "INBOX", folder: "inbox" },
    ...of("\\Junk").map(({ path }): Folder => ({ path, folder: "junk" })),
    ...of("\\All").map(({ path }): Folder => ({ path, folder: undefined })),
  ];
}

/** The server's own words, if it said any. */
function wordsOf(error: unknown): string {
  const { responseText, message } = error as Error & { readonly responseText?: unknown };
  return typeof responseText === "string" && responseText !== "" ? responseText : message;
}
