import { createHash } from "node:crypto";

/** Four bytes that follow from a text, each from 1 to 250. */
export function bytesOf(text: string): [number, number, number, number] {
  const [a = 0, b = 0, c = 0, d = 0] = createHash("sha256").update(text).digest();
  const bound = (byte: number): number => 1 + (byte % 250);
  return [bound(a), bound(b), bound(c), bound(d)];
}

/** Cloudflare's own addresses for what a zone proxies: two IPv4 ones and the same two in IPv6. */
export function proxyAddresses(zone: string): { A: string[]; AAAA: string[] } {
  const [a, b, c, d] = bytesOf(`proxy ${zone}`);
  const hex = (...bytes: number[]): string => Buffer.from(bytes).toString("hex");
  return {
    A: [`104.21.${a}.${b}`, `172.67.${c}.${d}`],
    AAAA: [
      `2606:4700:3030::6815:${hex(a, b).replace(/^0+/, "")}`,
      `2606:4700:3036::ac43:${hex(c, d).replace(/^0+/, "")}`,
    ],
  };
}
