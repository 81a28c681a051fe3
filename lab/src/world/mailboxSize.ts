import type { Mailbox } from "./recipients.ts";

const MB = 1024 ** 2;
const GB = 1024 ** 3;

/** Bytes of the largest message that a mailbox sends and receives, unless it was changed ("Exchange Online limits", Learn). */
const LARGEST = { send: 35 * MB, receive: 36 * MB } as const;

export const maySend = ({ maxSendSize = LARGEST.send }: Mailbox, bytes: number): boolean =>
  bytes <= maxSendSize;

/** As the message came in, without the fields that Exchange adds (assumed). */
export const mayReceive = ({ maxReceiveSize = LARGEST.receive }: Mailbox, bytes: number): boolean =>
  bytes <= maxReceiveSize;

/**
 * What a mailbox may hold, in bytes: warned of, no longer sending, no longer receiving. A shared mailbox without a licence has
 * 50 GB ("Exchange Online limits", Learn); assumed of every one, and how far the first two are below the last.
 */
export const QUOTAS = { warning: 49 * GB, send: 49.5 * GB, receive: 50 * GB } as const;

/** How much is in a mailbox, in bytes. */
export const sizeOf = ({ messages, sentItems, olderBytes = 0 }: Mailbox): number =>
  [...messages, ...sentItems].reduce((sum, { raw }) => sum + raw.length, olderBytes);

const UNITS = ["B", "KB", "MB", "GB"] as const;

/** A size as Exchange shows it: `49.5 GB (53,150,220,288 bytes)`. */
export function formatSize(bytes: number): string {
  const index = Math.min(UNITS.length - 1, bytes === 0 ? 0 : Math.floor(Math.log2(bytes) / 10));
  const amount = Number((bytes / 1024 ** index).toPrecision(4));
  return `${amount} ${UNITS[index]} (${bytes.toLocaleString("en-US")} bytes)`;
}
