import { makeRandom } from "../../random.ts";
import type { StoredMessage } from "../../world/mail.ts";
import type { World } from "../../world/world.ts";

/** A folder of a mailbox, as clients name it. */
export interface Folder {
  name: string;
  /** Its use (RFC 6154); none for the inbox. */
  attributes: readonly string[];
  /** Which stored messages lie in it. */
  holds: StoredMessage["folder"];
}

/** A message in a folder. Its sequence number is its place there. */
export interface Item {
  uid: number;
  message: StoredMessage;
}

/** What of a mailbox lies in a folder, oldest first. A UID is the message's place among all that ever came. */
export function itemsIn(world: World, address: string, { holds }: Folder): Item[] {
  return world.outside.messages.flatMap((message, index) =>
    message.folder === holds &&
    message.envelope.to.some((to) => to.toLowerCase() === address.toLowerCase())
      ? [{ uid: index + 1, message }]
      : [],
  );
}

/** The UID that the next message of any folder gets. */
export function nextUid(world: World): number {
  return world.outside.messages.length + 1;
}

/** UIDs of a world stay as they are: nothing is removed. */
export function uidValidity(world: World): number {
  return makeRandom(`${world.seed}/UIDVALIDITY`).integer(1, 2 ** 31);
}

/** The folder that a client names; INBOX in any case (RFC 3501 section 5.1). */
export function findFolder(folders: readonly Folder[], name: string): Folder | undefined {
  const wanted = name.toUpperCase() === "INBOX" ? "INBOX" : name;
  return folders.find((folder) => folder.name === wanted);
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
