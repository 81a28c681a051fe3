import type { AcceptedDomain } from "../world/world.ts";
import type { Cmdlet, ExchangeObject } from "./cmdlet.ts";
import { CmdletError } from "./failure.ts";
import { notFound } from "./failures.ts";

function presentAcceptedDomain(domain: AcceptedDomain): ExchangeObject {
  return {
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
  };
}

/** Get-AcceptedDomain: one by identity, all without one. */
export const getAcceptedDomain: Cmdlet = {
  reads: true,
  parameters: {
    Identity: {
      is: "identity",
      type: "Microsoft.Exchange.Configuration.Tasks.AcceptedDomainIdParameter",
    },
    ResultSize: { is: "size" },
  },
  mandatory: [],
  run(bound, { world }) {
    const identity = bound.text("Identity") ?? null;
    const { acceptedDomains, servers } = world.tenant;
    if (identity === null) {
      const size = bound.text("ResultSize") ?? "Unlimited";
      const count = size === "Unlimited" ? acceptedDomains.length : Number(size);
      return { value: acceptedDomains.slice(0, count).map(presentAcceptedDomain), warnings: [] };
    }
    const wanted = identity.toLowerCase();
    const found = acceptedDomains.find(({ name, guid }) => name === wanted || guid === wanted);
    if (!found) throw new CmdletError(notFound(identity, servers.directory));
    return { value: [presentAcceptedDomain(found)], warnings: [] };
  },
};
