import { judgePartner } from "../../../mail/doctor/exchange/partners.ts";
import type { Finding } from "../../../mail/doctor/finding.ts";
import { counted } from "../../../mail/numberText.ts";
import { clauses } from "../../../mail/problem.ts";
import {
  otherConnectorProblems,
  type TenantConnector,
} from "../../../mail/senders/connectorProblems.ts";
import {
  fromExchange,
  toTenantConnector,
} from "../../../providers/exchange/inboundConnectorForm.ts";
import type { Check } from "../check.ts";
import type { CheckContext } from "../context.ts";
import { declaredConnectors, readConnectors, type SenderConnector } from "./connectors.ts";

/** Connectors of others that would take a sender's connection, or refuse mail in the name of its domain. */
export const otherConnectors: Check = {
  name: "other-connectors",
  title: "other inbound connectors",
  async look(context) {
    const declared = declaredConnectors(context);
    const objects = await readConnectors(context);
    // That a sender was stopped is told of its own connector.
    const others = objects.map(toTenantConnector).map(({ comment: _, ...other }) => other);
    const findings = [
      ...declared.flatMap((one) => overlapping(one, declared, others, context)),
      ...objects
        .map((object) => fromExchange(object))
        .flatMap((one) =>
          judgePartner(
            one,
            context.config.domains.map(({ name }) => name),
            declared.map(({ wanted }) => ({
              addresses: wanted.senderIPAddresses,
              certificateName: wanted.tlsSenderCertificateName,
            })),
          ),
        ),
    ];
    if (findings.length > 0) return findings;
    const count = counted(objects.length, "connector");
    return [{ severity: "ok", what: `none of the tenant's ${count} conflicts with another` }];
  },
};

function overlapping(
  { owner, choice, wanted }: SenderConnector,
  all: readonly SenderConnector[],
  others: readonly TenantConnector[],
  { config, senders }: CheckContext,
): Finding[] {
  const adopted = all.flatMap((one) => one.choice.adopt ?? []);
  const adopt = choice.adopt !== undefined;
  const isMade = senders.has(choice.sender);
  return otherConnectorProblems(
    { ...wanted, owner, adopt, adopted, tenantId: config.tenantId },
    others,
    isMade ? { owner, name: wanted.name, adopt } : {},
  ).map((problem) => {
    const { fact, fix } = clauses(problem);
    return {
      severity: "error",
      what: fact,
      why: isMade
        ? "Exchange may attribute the sender's mail to the other connector, and refuse or change it by that connector's settings"
        : "an up refuses the sender until this is fixed",
      fix,
      resource: `connector "${wanted.name}"`,
    };
  });
}
