import { makeRandom } from "../../random.ts";
import type { StoredMessage } from "../../world/mail.ts";
import type { Receiver } from "../../world/outside.ts";

/** A folder of a mailbox, as clients name it. */
export interface Folder {
  name: string;
  attributes: readonly string[];
  /** Which stored messages lie in it; undefined for a name that folders stand under. */
  holds: StoredMessage["folder"] | undefined;
}

/** A message in a folder. Its sequence number is its place there. */
export interface Item {
  uid: number;
  message: StoredMessage;
}

/** What of a mailbox lies in a folder, oldest first. A UID is the message's place among all that ever came. */
export function itemsIn({ messages }: Receiver, address: string, { holds }: Folder): Item[] {
  return messages.flatMap((message, index) =>
    message.folder === holds &&
    message.envelope.to.some((to) => to.toLowerCase() === address.toLowerCase())
      ? [{ uid: index + 1, message }]
      : [],
  );
}

/** The UID that the next message of any folder gets. */
export function nextUid({ messages }: Receiver): number {
  return messages.length + 1;
}

/** UIDs stay as they are: nothing is removed. */
export function uidValidity({ domain }: Receiver): number {
  return makeRandom(`${domain}/UIDVALIDITY`).integer(1, 2 ** 31);
}

/** The folder that a client selects; INBOX in any case (RFC 3501 section 5.1). */
export function findFolder(folders: readonly Folder[], given: string): Folder | undefined {
  const wanted = given.toUpperCase() === "INBOX" ? "INBOX" : given;
  return folders.find(({ name, holds }) => name === wanted && holds !== undefined);
}

/** The folders that match a pattern of LIST: `*` is anything, `%` anything but the delimiter. */
export function foldersLike(folders: readonly Folder[], pattern: string): Folder[] {
  const source = pattern
    .replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("%", "[^/]*");
  const wanted = new RegExp(`^${source}$`, /^inbox$/i.test(pattern) ? "i" : "");
  return folders.filter(({ name }) => wanted.test(name));
}
