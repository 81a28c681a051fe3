import type { Socket } from "node:net";
import { createServer, type TLSSocket, type TlsOptions } from "node:tls";

/** Turns a socket into the server's side of a TLS session; rejects when the handshake fails. */
export function secure(socket: Socket, options: TlsOptions): Promise<TLSSocket> {
  const server = createServer({ minVersion: "TLSv1.2", handshakeTimeout: 10_000, ...options });
  return new Promise((resolve, reject) => {
    server.once("secureConnection", resolve).once("tlsClientError", reject);
    // A server that does not listen takes the sockets that it is given (node:net, event "connection").
    server.emit("connection", socket);
  });
}

/** The TLS version and cipher of a socket, in Exchange's spelling (TLS1_2, TLS1_3). */
export function describeTls(socket: TLSSocket): { version: string; cipher: string } {
  const version = (socket.getProtocol() ?? "").replace("TLSv", "TLS").replace(".", "_");
  return { version, cipher: socket.getCipher().standardName };
}

/** The DNS names of the peer's certificate and its common name, lower case. */
export function namesOf(socket: TLSSocket): string[] {
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) return [];
  const alternative = (certificate.subjectAltName ?? "")
    .split(", ")
    .filter((name) => name.startsWith("DNS:"))
    .map((name) => name.slice("DNS:".length));
  const common = /^CN=(.+)$/m.exec(certificate.subject)?.[1];
  return [...new Set([...alternative, ...(common ? [common] : [])])].map((n) => n.toLowerCase());
}
