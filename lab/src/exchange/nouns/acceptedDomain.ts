import type { AcceptedDomain } from "../../world/world.ts";
import { inConfiguration } from "../directory.ts";
import { defineNoun } from "../noun.ts";

/** Found by name and GUID. */
const acceptedDomains = {
  ...inConfiguration<AcceptedDomain>("Accepted Domains", ({ tenant }) => tenant.acceptedDomains),
  identities: ({ name, guid }: AcceptedDomain) => [name, guid],
};

export const acceptedDomainCmdlets = defineNoun<AcceptedDomain>({
  name: "AcceptedDomain",
  identity: "AcceptedDomainIdParameter",
  directory: acceptedDomains,
  present: (domain) => ({
    DomainName: domain.name,
    DomainType: "Authoritative",
    Default: domain.isDefault,
    InitialDomain: domain.isInitial,
    MatchSubDomains: false,
    AuthenticationType: "Managed",
    PendingRemoval: false,
    PendingCompletion: false,
    OutboundOnly: false,
    EmailOnly: false,
    SendingFromDomainDisabled: false,
    SendingToDomainDisabled: false,
    SmtpDaneStatus: null,
    IsCoexistenceDomain: false,
    Name: domain.name,
    Identity: domain.name,
    Guid: domain.guid,
    IsValid: true,
  }),
  get: { resultSize: "Unlimited" },
});
