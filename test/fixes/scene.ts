import { generateKeyPairSync } from "node:crypto";
import type { Answer, DnsRecord, Resolve } from "../../mail/dns/record.ts";
import { quoteTxt } from "../../mail/dns/txt.ts";

/** A domain's zone, other people's DNS, and what the stack asks for. */
export interface Scene {
  readonly records: readonly DnsRecord[];
  readonly dns?: Readonly<Record<string, Answer>>;
  readonly policy?: "none" | "quarantine" | "reject";
  readonly adopt?: boolean;
  /** @default DOMAIN */
  readonly domain?: string;
  readonly rua?: readonly string[];
  /** Whether the domain's DNS is elsewhere, so that nothing is planned here. */
  readonly external?: boolean;
}

export const DOMAIN = "contoso.com";
export const OWNER = "relay/test";
export const txt = (name: string, text: string, comment?: string): DnsRecord => ({
  name,
  type: "TXT",
  content: quoteTxt(text),
  ttl: 300,
  ...(comment !== undefined && { comment }),
});
export const found = (...records: string[]): Answer => ({ status: "found", records });
export const resolveIn =
  ({ dns = {} }: Scene): Resolve =>
  async (name, type) =>
    dns[`${type} ${name}`] ?? { status: "nxdomain" };

/** The comment of a record of another stack. */
export const THEIRS = "Managed by Pulumi: relay/prod";

export const rsa = (modulusLength: number): string =>
  generateKeyPairSync("rsa", { modulusLength })
    .publicKey.export({ type: "spki", format: "der" })
    .toString("base64");
/** A DKIM key that verifiers take. */
export const KEY = `v=DKIM1; k=rsa; p=${rsa(2048)}`;
