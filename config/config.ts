import { z } from "zod";
import type { SendingDomain } from "../mail/dns/sendingDomain.ts";
import { canonicalAddress } from "../mail/senders/address.ts";
import type { ApplicationAccess } from "../mail/senders/applicationAccess.ts";
import { canonicalDomain } from "../mail/senders/domain.ts";
import type { WrittenRelay } from "../mail/senders/relayProblems.ts";
import type { Sender } from "../mail/senders/sender.ts";
import { domainSchema, NAMESPACE, type Parsed, senderSchema } from "./schema.ts";

/** What a stack file says, checked and in canonical form. */
export interface Config {
  readonly tenantId: string;
  readonly environment: Parsed["azuread:environment"];
  readonly disposable: boolean;
  readonly waitMinutes: number;
  readonly applicationAccess: ApplicationAccess;
  readonly domains: readonly SendingDomain[];
  readonly senders: readonly Sender[];
}

/** Brings what a stack file says into its one writing. */
export function canonical(parsed: Parsed): Config {
  return {
    tenantId: parsed["azuread:tenantId"].toLowerCase(),
    environment: parsed["azuread:environment"],
    disposable: parsed[`${NAMESPACE}:disposable`],
    waitMinutes: parsed[`${NAMESPACE}:waitMinutes`],
    applicationAccess: parsed[`${NAMESPACE}:applicationAccess`],
    domains: parsed[`${NAMESPACE}:domains`].map(canonicalSendingDomain),
    senders: parsed[`${NAMESPACE}:senders`].map(canonicalSender),
  };
}

/** A configuration as the relay that its rules judge. */
export function written({ domains, senders }: Config): WrittenRelay {
  return {
    domains: domains.map(({ name }) => name),
    senders,
    names: senders.map(({ name }) => name),
  };
}

/** As much of a relay as a stack file that is wrong somewhere lets read; keys that are not known are passed over. */
export function readable(input: Readonly<Record<string, unknown>>): WrittenRelay {
  const list = (key: string): unknown[] => {
    const value = input[`${NAMESPACE}:${key}`];
    return Array.isArray(value) ? value : [];
  };
  const [domain, sender] = [z.object(domainSchema.shape), z.object(senderSchema.shape)];
  return {
    domains: list("domains").map((entry) => {
      const { data } = domain.safeParse(entry);
      return data && canonicalDomain(data.name);
    }),
    senders: list("senders").map((entry) => {
      const { data } = sender.safeParse(entry);
      return data && canonicalSender(data);
    }),
    names: list("senders").map((entry) => {
      const name: unknown = Object(entry).name;
      return typeof name === "string" ? name : undefined;
    }),
  };
}

function canonicalSendingDomain(parsed: z.output<typeof domainSchema>): SendingDomain {
  const { name, dns, dkim, mtaSts, tlsRpt } = parsed;
  const { rua, adopt, policy, subdomainPolicy } = parsed.dmarc;
  return {
    name: canonicalDomain(name),
    dns,
    dkim,
    dmarc: {
      rua,
      adopt,
      ...(policy === undefined ? {} : { policy }),
      ...(subdomainPolicy === undefined ? {} : { subdomainPolicy }),
    },
    ...(mtaSts === undefined ? {} : { mtaSts }),
    ...(tlsRpt === undefined ? {} : { tlsRpt }),
  };
}

function canonicalSender(parsed: z.output<typeof senderSchema>): Sender {
  const { certificateName, adoptConnector, federatedIdentity, signInCertificate, ...rest } = parsed;
  const { recipientsPerDay, license, ...sender } = rest;
  return {
    ...sender,
    egress: sender.egress.map(canonicalAddress),
    ...(certificateName === undefined ? {} : { certificateName: canonicalDomain(certificateName) }),
    ...(adoptConnector === undefined ? {} : { adoptConnector }),
    ...(federatedIdentity === undefined ? {} : { federatedIdentity }),
    ...(signInCertificate === undefined ? {} : { signInCertificate }),
    ...(recipientsPerDay === undefined ? {} : { recipientsPerDay }),
    ...(license === undefined ? {} : { license: license.toUpperCase() }),
  };
}
