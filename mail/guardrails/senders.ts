import { senderOfOwner } from "../ownership.ts";
import type { Problem } from "../problem.ts";
import { type Properties, text, textsIn } from "../properties.ts";
import { RULES_PAGE } from "../replies/sources.ts";
import { unprotectedProblem } from "../retire.ts";
import { openRangeProblem, rangeProblem, sharedAddressProblem } from "../senders/address.ts";
import { matchProblem, noTlsProblem } from "../senders/connectorMatch.ts";
import { certificateNameProblem, certificateNotAccepted } from "../senders/domain.ts";
import { noFenceProblem } from "../senders/fence.ts";
import { found, type GuardedResource, type Guardrail, named } from "./guardrail.ts";

const CONNECTOR_PAGE =
  "https://learn.microsoft.com/powershell/module/exchangepowershell/new-inboundconnector";
const RELAY_PAGE =
  "https://learn.microsoft.com/exchange/mail-flow-best-practices/use-connectors-to-configure-mail-flow/set-up-connectors-to-route-mail";

const CONNECTOR = "InboundConnector";

type AddressRule = typeof openRangeProblem;

/** A rule's problems with each address that a connector matches. */
const ofAddresses =
  (rule: AddressRule) =>
  (resource: GuardedResource): Problem[] => {
    if (resource.kind !== CONNECTOR) return [];
    const key = `${named("connector", resource)}: senderIPAddresses`;
    return textsIn(resource.inputs.senderIPAddresses).flatMap((one) => found(rule(key, one)));
  };

const certificateOf = ({ inputs }: GuardedResource): string | undefined =>
  text(inputs.tlsSenderCertificateName) || undefined;

const openRelay: Guardrail = {
  id: "open-relay",
  title: "A connector takes mail from more than its sender",
  severity: "dangerous",
  source: CONNECTOR_PAGE,
  judgeResource(resource) {
    if (resource.kind !== CONNECTOR) return [];
    const key = named("connector", resource);
    const certificate = certificateOf(resource);
    const addresses = resource.inputs.senderIPAddresses;
    const match =
      addresses === undefined ? undefined : matchProblem(textsIn(addresses), certificate);
    return [
      ...ofAddresses(openRangeProblem)(resource),
      ...found(
        match && { ...match, key: `${key}: ${match.key}` },
        certificate === undefined
          ? undefined
          : certificateNameProblem(`${key}: tlsSenderCertificateName`, certificate),
      ),
    ];
  },
};

const sharedAddress: Guardrail = {
  id: "shared-address",
  title: "A connector matches an address that other organisations send from too",
  severity: "dangerous",
  source: "https://learn.microsoft.com/microsoft-365/enterprise/urls-and-ip-address-ranges",
  judgeResource: ofAddresses(sharedAddressProblem),
};

const wideAddress: Guardrail = {
  id: "wide-address",
  title: "A connector matches a range of addresses",
  severity: "look",
  source: RELAY_PAGE,
  judgeResource: ofAddresses(rangeProblem),
};

const certificateDomain: Guardrail = {
  id: "certificate-domain",
  title: "A connector's certificate name is in none of the stack's accepted domains",
  severity: "look",
  source: RELAY_PAGE,
  judgeStack(resources) {
    const domains = ofKind(resources, "AcceptedDomain").map(({ inputs }) => text(inputs.domain));
    if (domains.length === 0) return [];
    return ofKind(resources, CONNECTOR).flatMap((resource) => {
      const certificate = certificateOf(resource);
      if (certificate === undefined) return [];
      const key = `${named("connector", resource)}: tlsSenderCertificateName`;
      return found(certificateNotAccepted(key, certificate, domains));
    });
  },
};

const noTls: Guardrail = {
  id: "no-tls",
  title: "A connector takes mail that comes without TLS",
  severity: "look",
  source: CONNECTOR_PAGE,
  judgeResource(resource) {
    if (resource.kind !== CONNECTOR || resource.inputs.requireTls !== false) return [];
    const key = `${named("connector", resource)}: requireTls`;
    return found(noTlsProblem(key, false, certificateOf(resource)));
  },
};

const noFence: Guardrail = {
  id: "no-fence",
  title: "A connector by address has no fence",
  severity: "look",
  source: RULES_PAGE,
  judgeStack(resources) {
    const fenced = ofKind(resources, "TransportRule").map(({ inputs }) => text(inputs.owner));
    return ofKind(resources, CONNECTOR).flatMap((resource) => {
      const { owner, senderIPAddresses } = resource.inputs;
      const key = `${named("connector", resource)}: senderIPAddresses`;
      const addresses = textsIn(senderIPAddresses);
      return fenced.includes(text(owner)) ? [] : found(noFenceProblem(key, addresses));
    });
  },
};

/** What an `up` could not create again as it was: kinds that a sender relays or submits by. */
const KEPT: Readonly<Record<string, string>> = {
  [CONNECTOR]: "connector",
  HveAccount: "account",
  SharedMailbox: "mailbox",
  UserMailbox: "mailbox",
};

const unprotected: Guardrail = {
  id: "unprotected",
  title: "A connector or mailbox of a stack that is not disposable is unprotected",
  severity: "dangerous",
  source: "https://www.pulumi.com/docs/iac/concepts/options/protect/",
  judgeStack(resources) {
    const declared = ofKind(resources, "Survey").flatMap(sendersOf);
    // Where no sender is protected the stack is disposable, or everything in it is about to go.
    const isKept = declared.length === 0 || declared.some((one) => one.isProtected);
    if (!isKept) return [];
    return resources.flatMap((resource) => {
      const { kind, inputs, isProtected } = resource;
      const what = KEPT[kind];
      if (what === undefined || isProtected) return [];
      const sender = declared.find(({ name }) => name === senderOfOwner(text(inputs.owner)));
      const isRetired = sender?.isProtected === false;
      return isRetired ? [] : [unprotectedProblem(named(what, resource))];
    });
  },
};

/** The senders that a stack's survey knows, and whether the stack protects them: not those that it is about to remove. */
const sendersOf = ({ inputs }: GuardedResource): { name: string; isProtected: boolean }[] =>
  [inputs.connectors, inputs.mailboxes]
    .flatMap((bySender) => Object.entries((bySender ?? {}) as Readonly<Record<string, Properties>>))
    .map(([name, { protected: mark }]) => ({ name, isProtected: mark === true }));

const ofKind = (resources: readonly GuardedResource[], kind: string): GuardedResource[] =>
  resources.filter((one) => one.kind === kind);

export const SENDER_GUARDRAILS: readonly Guardrail[] = [
  openRelay,
  sharedAddress,
  wideAddress,
  certificateDomain,
  noTls,
  noFence,
  unprotected,
];
