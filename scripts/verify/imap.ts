import { ImapFlow } from "imapflow";
import { fieldOf, fieldsOf } from "../../mail/message/fields.ts";
import type { FoundMessage, Mailbox } from "./mailbox.ts";

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

/** The longest silence of a server that has to answer. */
const SILENCE_MS = 60_000;

/** The longest header that is fetched: no server accepts one as long. */
const LARGEST = 1024 * 1024;

/**
 * Signs in to a mailbox by IMAP over TLS, and only reads there.
 *
 * @throws Error when that fails; no password is in its message
 */
export async function openImap({ host, port, user, password }: ImapAccess): Promise<Mailbox> {
  const client = new ImapFlow({
    ...{ host, port, secure: true, logger: false },
    auth: { user, pass: password },
    ...{ connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: SILENCE_MS },
    ...{ maxLineLength: LARGEST, maxLiteralSize: LARGEST, maxResponseSize: 2 * LARGEST },
  });
  const name = `${host} as ${user}`;
  // What broke the connection is told by the next command, whose own error says only that there is none.
  let broken: unknown;
  client.on("error", (error) => {
    broken ??= error;
  });
  const refused = (error: unknown): never => {
    const cause = broken ?? error;
    throw new Error(`the mailbox at ${name} can't be read: ${wordsOf(cause)}`, { cause });
  };
  await client.connect().catch(refused);
  const folders = foldersOf(await client.list().catch(refused));
  // Only while a folder is open does the client keep a connection alive, as long as messages are sent.
  await client.mailboxOpen("INBOX", { readOnly: true }).catch(refused);

  async function findIn({ path, folder }: Folder, ids: readonly string[]) {
    const lock = await client.getMailboxLock(path, { readOnly: true });
    try {
      const found: [id: string, message: FoundMessage][] = [];
      for (const id of ids) {
        const uids = await client.search({ header: { "Message-ID": id } }, { uid: true });
        const uid = uids ? uids.at(-1) : undefined;
        if (uid === undefined) continue;
        const message = await client.fetchOne(`${uid}`, { headers: true }, { uid: true });
        const header = message ? message.headers?.toString("utf8") : undefined;
        // A search finds parts of an id too, and is the server's word alone.
        if (header === undefined || fieldOf(fieldsOf(header), "Message-ID") !== id) continue;
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
  const { responseText, message, code } = error as NodeJS.ErrnoException & {
    readonly responseText?: unknown;
  };
  if (code === "ERR_SSL_WRONG_VERSION_NUMBER") {
    return "the server does not begin with TLS at this port; give --imap the port of IMAP over TLS, which is 993 mostly";
  }
  return typeof responseText === "string" && responseText !== "" ? responseText : message;
}
