import type { Socket } from "node:net";

/** Octets of a command line; long enough for AUTH with a token of several kilobytes. */
const MAX_LINE = 16 * 1024;
/** How much of a line of a message is kept at a time. */
const MAX_PIECE = 64 * 1024;

/** What a client sends, one char a byte (latin1). */
export interface Input {
  /** The next command line without its line end; undefined when the client has left. */
  readLine(): Promise<string | undefined>;
  /** So many octets, whatever they are; undefined when the client has left before. */
  readOctets(length: number): Promise<string | undefined>;
  /** A message up to the lone dot; undefined when the client has left. */
  readMessage(maxSize: number): Promise<ReadMessage | undefined>;
  /** Stops reading and drops what is buffered; a pending read ends as if the client had left. */
  stop(): void;
}

/** A message without the dots that SMTP adds. `raw` is cut off when it is too big. */
export interface ReadMessage {
  raw: string;
  isTooBig: boolean;
}

/** Thrown for a command line that is too long to go on with. */
export class LineTooLong extends Error {}

/** Reads a socket only as far as it is asked to. */
export function readInput(socket: Socket): Input {
  let buffer = "";
  let hasEnded = false;
  let wake = (): void => {};

  function take(chunk: Buffer): void {
    buffer += chunk.toString("latin1");
    socket.pause();
    wake();
  }
  function end(): void {
    hasEnded = true;
    wake();
  }
  socket.pause().on("data", take).on("end", end).on("close", end);

  async function hearMore(): Promise<boolean> {
    if (hasEnded) return false;
    const length = buffer.length;
    await new Promise<void>((resolve) => {
      wake = resolve;
      socket.resume();
    });
    return buffer.length > length;
  }
  function cut(length: number): string {
    const piece = buffer.slice(0, length);
    buffer = buffer.slice(length);
    return piece;
  }

  return {
    async readLine() {
      for (;;) {
        const end = buffer.indexOf("\n");
        if ((end < 0 ? buffer.length : end) > MAX_LINE) throw new LineTooLong();
        if (end >= 0) return cut(end + 1).replace(/\r?\n$/, "");
        if (!(await hearMore())) return undefined;
      }
    },

    async readOctets(length) {
      while (buffer.length < length) if (!(await hearMore())) return undefined;
      return cut(length);
    },

    /** Only CRLF ends a line here: a dot after a bare LF is text (RFC 5321 sections 2.3.8 and 4.5.2). */
    async readMessage(maxSize) {
      const pieces: string[] = [];
      let size = 0;
      let isLineStart = true;
      for (;;) {
        const end = buffer.indexOf("\r\n");
        if (end < 0 && buffer.length < MAX_PIECE) {
          if (!(await hearMore())) return undefined;
          continue;
        }
        const piece = end < 0 ? cut(buffer.length - 1) : cut(end + 2);
        if (isLineStart && piece === ".\r\n") {
          return { raw: pieces.join(""), isTooBig: size > maxSize };
        }
        const text = isLineStart && piece.startsWith(".") ? piece.slice(1) : piece;
        isLineStart = end >= 0;
        size += text.length;
        if (size <= maxSize) pieces.push(text);
      }
    },

    stop() {
      socket.off("data", take).off("end", end).off("close", end);
      buffer = "";
      end();
    },
  };
}
