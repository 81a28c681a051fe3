import { open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { readBeginning } from "../../setup/beginning.ts";

/** Octets of a log or a bounce that are read. */
export const MOST_OCTETS = 8 * 1024 * 1024;

export interface Input {
  readonly text: string;
  /** Whether there was more than is read. */
  readonly isCut: boolean;
}

/**
 * The end of a file, where the newest lines of a log are; the beginning of what is no regular file.
 *
 * @throws Error when it can't be read
 */
export async function readEnd(path: string): Promise<Input> {
  const file = await open(path).catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`--reply-file ${path} can't be read (${cause.code}); name a bounce or a log`, {
      cause,
    });
  });
  try {
    const status = await file.stat();
    if (!status.isFile()) return await readStream(file.createReadStream({ autoClose: false }));
    const start = Math.max(0, status.size - MOST_OCTETS);
    const { buffer, bytesRead } = await file.read({
      buffer: Buffer.alloc(Math.min(status.size, MOST_OCTETS)),
      position: start,
    });
    return { text: buffer.toString("utf8", 0, bytesRead), isCut: start > 0 };
  } finally {
    await file.close();
  }
}

/** The beginning of a stream. */
export async function readStream(stream: Readable): Promise<Input> {
  const { bytes, isCut } = await readBeginning(stream, MOST_OCTETS);
  return { text: bytes.toString("utf8"), isCut };
}
