import { judgeCertificateName, judgeDomain } from "../../../mail/doctor/tenant/domains.ts";
import { chooseSubmission } from "../../../mail/senders/choose.ts";
import { findAll, text } from "../../../providers/exchange/find.ts";
import { graph } from "../../../tenant/graph.ts";
import type { Check } from "../check.ts";

/** Whether the domains that senders send from are the tenant's, and accepted by Exchange. */
export const domains: Check = {
  name: "accepted-domains",
  title: "accepted domains",
  async look({ config, connect, invoke }) {
    const entra = await graph(await connect()).domains();
    const shown = await findAll(invoke, "Get-AcceptedDomain", {});
    const accepted = shown.map((domain) => ({
      name: text(domain.DomainName).toLowerCase(),
      type: text(domain.DomainType),
      isSendingDisabled: domain.SendingFromDomainDisabled === true,
      isPendingRemoval: domain.PendingRemoval === true,
    }));
    const names = accepted.map(({ name }) => name);
    const { relaying } = chooseSubmission(config.senders);
    return [
      ...config.domains.flatMap(({ name }) => judgeDomain(name, entra, accepted)),
      ...relaying.flatMap((connector) => judgeCertificateName(connector, names)),
    ];
  },
};
