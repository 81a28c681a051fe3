import { createReadStream } from "node:fs";
import { readBeginning } from "../setup/beginning.ts";

/** Servers refuse headers far smaller than this: Exchange Online's limit is 256 KB. */
const LARGEST = 1024 * 1024;

/** Where a header ends. */
const END = /\r?\n\r?\n/;

/**
 * Reads the header of a message, and no more of it than that.
 *
 * @param file a path, or `-` for standard input
 * @throws Error when it can't be read, has no header field, or is larger than LARGEST
 */
export async function readHeader(file: string): Promise<string> {
  const stream = file === "-" ? process.stdin : createReadStream(file);
  const { bytes, isCut } = await readBeginning(stream, LARGEST).catch(
    (cause: NodeJS.ErrnoException) => {
      const why = `--headers ${file} can't be read (${cause.code ?? cause.message})`;
      throw new Error(`${why}; name a file with all headers of a message`, { cause });
    },
  );
  const text = decoded(bytes).replace(/^[\r\n]+/, "");
  const end = text.search(END);
  if (end < 0 && isCut) {
    throw new Error(
      `${file} has more than ${LARGEST / 1024} KiB of headers, which no server accepts; give the headers of one message`,
    );
  }
  return end < 0 ? text : text.slice(0, end);
}

/** As UTF-8, or as UTF-16, which PowerShell's `>` writes. What is neither becomes replacement characters. */
function decoded(bytes: Buffer): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return new TextDecoder(isUtf16 ? "utf-16le" : "utf-8").decode(bytes);
}
