import type { TLSSocket } from "node:tls";

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
