import type { Readable } from "node:stream";

/** The beginning of a stream. */
export interface Beginning {
  readonly bytes: Buffer;
  /** Whether there was more. */
  readonly isCut: boolean;
}

/** Reads up to `most` octets of a stream, however long it is. */
export async function readBeginning(stream: Readable, most: number): Promise<Beginning> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(Buffer.from(chunk));
    size += chunk.length;
    if (size > most) break;
  }
  return { bytes: Buffer.concat(chunks).subarray(0, most), isCut: size > most };
}
