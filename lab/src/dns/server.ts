import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { type Answering, respond } from "./message.ts";

export type { Answering, DnsReply } from "./message.ts";

/** A listening name server. */
export interface DnsServer {
  /** The same number for UDP and TCP. */
  port: number;
  close(): Promise<void>;
}

/** A free TCP port may be taken in UDP: so many numbers are tried. */
const ATTEMPTS = 20;

/** A name server on a loopback address of its own. */
export interface OtherServer {
  address: string;
  answer: Answering;
}

/**
 * Serves DNS over UDP and TCP on 127.0.0.1 (`port` 0: any that is free for both). It knows messages, not names:
 * those are `answer`'s.
 *
 * @param others on the same port of other addresses
 * @throws Error when the port is taken
 */
export async function serveDns(
  answer: Answering,
  port: number,
  others: readonly OtherServer[] = [],
): Promise<DnsServer> {
  for (let attempt = 1; ; attempt += 1) {
    const open: { close(): Promise<void> }[] = [];
    const close = async () => void (await Promise.all(open.map((one) => one.close())));
    let bound = port;
    try {
      for (const one of [{ address: "127.0.0.1", answer }, ...others]) {
        const tcp = await listenTcp(one, bound);
        open.push(tcp);
        bound = portOf(tcp.server);
        open.push(await bindUdp(one, bound));
      }
      return { port: bound, close };
    } catch (error) {
      await close();
      if (port !== 0 || attempt === ATTEMPTS) throw error;
    }
  }
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("the name server has no port");
  return address.port;
}

async function bindUdp(
  { address: own, answer }: OtherServer,
  port: number,
): Promise<{ close(): Promise<void> }> {
  const socket: UdpSocket = createSocket("udp4");
  socket.on("message", (message, { port: from, address }) => {
    const reply = respond(message, "udp", answer);
    if (reply) socket.send(reply, from, address, () => {});
  });
  const bound = once(socket, "listening");
  socket.bind(port, own);
  await bound.catch((error: unknown) => {
    socket.close();
    throw error;
  });
  socket.on("error", () => {});
  return { close: () => new Promise((resolve) => socket.close(() => resolve())) };
}

async function listenTcp({ address, answer }: OtherServer, port: number) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    talk(socket, answer);
  });
  const listening = once(server, "listening");
  server.listen(port, address);
  await listening;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return { server, close };
}

/** Messages with two bytes of length before each (RFC 7766, section 8). */
function talk(socket: Socket, answer: Answering): void {
  let received: Buffer = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    received = Buffer.concat([received, chunk]);
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      const end = 2 + received.readUInt16BE(0);
      const reply = respond(received.subarray(2, end), "tcp", answer);
      received = received.subarray(end);
      if (!reply) continue;
      const length = Buffer.alloc(2);
      length.writeUInt16BE(reply.length);
      socket.write(Buffer.concat([length, reply]));
    }
  });
}
