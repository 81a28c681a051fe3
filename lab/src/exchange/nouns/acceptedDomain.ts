import type { AcceptedDomain, World } from "../../world/world.ts";
import { inConfiguration } from "../directory.ts";
import { defineNoun } from "../noun.ts";

/** Found by domain, name and GUID. */
const acceptedDomains = {
  ...inConfiguration<AcceptedDomain>("Accepted Domains", ({ tenant }) => tenant.acceptedDomains),
  identities: (domain: AcceptedDomain) => [domain.name, nameOfAcceptedDomain(domain), domain.guid],
};

/** The accepted domain that a parameter means by domain, name or GUID; undefined for none. */
export function findAcceptedDomain(text: string, { tenant }: World): AcceptedDomain | undefined {
  const wanted = text.trim().toLowerCase();
  return tenant.acceptedDomains.find((domain) =>
    acceptedDomains.identities(domain).some((identity) => identity.toLowerCase() === wanted),
  );
}

/** Name of the object, which may be another text than its domain. */
export function nameOfAcceptedDomain({ objectName, name }: AcceptedDomain): string {
  return objectName ?? name;
}

export const acceptedDomainCmdlets = defineNoun<AcceptedDomain>({
  name: "AcceptedDomain",
  identity: "AcceptedDomainIdParameter",
  directory: acceptedDomains,
  present: (domain) => ({
    DomainName: domain.name,
    DomainType: domain.type ?? "Authoritative",
    Default: domain.isDefault,
    InitialDomain: domain.isInitial,
    MatchSubDomains: false,
    AuthenticationType: "Managed",
    PendingRemoval: false,
    PendingCompletion: false,
    OutboundOnly: false,
    EmailOnly: false,
    SendingFromDomainDisabled: domain.isSendingDisabled ?? false,
    SendingToDomainDisabled: false,
    SmtpDaneStatus: null,
    IsCoexistenceDomain: false,
    Name: nameOfAcceptedDomain(domain),
    Identity: nameOfAcceptedDomain(domain),
    Guid: domain.guid,
    IsValid: true,
  }),
  get: {},
});
