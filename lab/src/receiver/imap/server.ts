import { once } from "node:events";
import { createServer, type TLSSocket } from "node:tls";
import type { Certificate } from "../../certificates.ts";
import type { Context } from "../../context.ts";
import { ImapSession, type SessionParts } from "./session.ts";

/** An IMAP server on 127.0.0.1, by TLS from the first octet (RFC 8314). */
export interface ImapServer {
  /** Listens (`port` 0: any free one) and gives the port; rejects when it is taken. */
  listen(port: number): Promise<number>;
  /** To be called after each message that was stored. */
  arrived(): void;
  close(): Promise<void>;
}

/** Makes the server of the outside mailboxes: they can be read, and nothing of them changes. */
export function makeImapServer(
  parts: SessionParts & { context: Context; certificate: Certificate },
): ImapServer {
  const { key, chain } = parts.certificate;
  const sessions = new Set<ImapSession>();
  const sockets = new Set<TLSSocket>();
  const server = createServer({ key, cert: chain, minVersion: "TLSv1.2" }, (socket) => {
    const session = new ImapSession(socket, parts);
    sessions.add(session);
    sockets.add(socket);
    socket.on("error", () => socket.destroy()).on("close", () => sockets.delete(socket));
    session.run().finally(() => sessions.delete(session));
  });
  return {
    async listen(port) {
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
      const address = server.address();
      return typeof address === "object" && address ? address.port : port;
    },
    arrived() {
      for (const session of sessions) session.arrived();
    },
    async close() {
      const closed = server.listening ? once(server, "close") : undefined;
      server.close();
      for (const session of sessions) session.end();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
