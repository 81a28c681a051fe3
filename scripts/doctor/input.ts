import { open } from "node:fs/promises";
import type { Readable } from "node:stream";

/** Octets of a log or a bounce that are read. */
export const MOST_OCTETS = 8 * 1024 * 1024;

export interface Input {
  readonly text: string;
  /** Whether there was more than is read. */
  readonly isCut: boolean;
}

/** The end of a file, where the newest lines of a log are; the beginning of what is no regular file. */
export async function readEnd(path: string): Promise<Input> {
  const file = await open(path);
  try {
    const status = await file.stat();
    if (!status.isFile()) return await readBeginning(file.createReadStream({ autoClose: false }));
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
export async function readBeginning(stream: Readable): Promise<Input> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    chunks.push(Buffer.from(chunk));
    length += chunk.length;
    if (length > MOST_OCTETS) break;
  }
  const read = Buffer.concat(chunks);
  return {
    text: read.toString("utf8", 0, Math.min(length, MOST_OCTETS)),
    isCut: length > MOST_OCTETS,
  };
}
