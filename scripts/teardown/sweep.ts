import type { Config } from "../../config/read.ts";
import { ourTerms } from "../../mail/dns/spf/domainTerms.ts";
import { senderOfOwner } from "../../mail/ownership.ts";
import { kindOf, text } from "../../mail/properties.ts";
import { kindsOf } from "../../mail/rights/kinds.ts";
import { chooseSubmission } from "../../mail/senders/choose.ts";
import { domainOf } from "../../mail/senders/mailbox.ts";
import { type Found, type FoundKind, isKept } from "../../mail/teardown/found.ts";
import { type Claimant, type Leftover, leftoversIn } from "../../mail/teardown/leftover.ts";
import type { Connection } from "../../tenant/connection.ts";
import { findInTenant } from "../../tenant/leftovers.ts";
import { cloudflare } from "../../zone/cloudflare.ts";
import { findInZones, zonesOf } from "../../zone/leftovers.ts";
import { askOnce, resolver } from "../../zone/resolver.ts";
import { PROJECT } from "../engine/runOnStack.ts";
import type { StackState } from "./state.ts";

/** What a sweep looks for, and where. */
export interface Sweep {
  readonly connection: Connection;
  /** The stack's name. */
  readonly stack: string;
  readonly config: Config;
  readonly state: StackState | undefined;
}

/** What a sweep finds. */
export interface Swept {
  /** What is there. */
  readonly left: readonly Leftover[];
  /** What Entra and Exchange keep of what was deleted. */
  readonly kept: readonly Leftover[];
  /** What the identity may not look at, and domains whose DNS is elsewhere, a sentence each without a full stop. */
  readonly unseen: readonly string[];
}

/**
 * Looks for everything of a stack's in Entra, in Exchange and in its zones, whatever its state says. It only reads.
 *
 * @throws Error with the service's own words and the right that is missing
 */
export async function sweep({ connection, stack, config, state }: Sweep): Promise<Swept> {
  const { submitting } = chooseSubmission(config.senders);
  const own = submitting
    .filter(({ mailbox }) => !mailbox.adopt)
    .map(({ mailbox }) => mailbox.address);
  const outliving = submitting.flatMap(({ mailbox }) => [
    ...(mailbox.adopt ? [mailbox.address] : []),
    ...mailbox.sendAs,
  ]);
  const inTenant = {
    stack,
    needed: neededKinds(config, state),
    mailboxes: [...new Set(outliving)].filter((address) => !own.includes(address)),
    trustees: own,
  };
  const [{ found, unseen }, records] = await Promise.all([
    findInTenant(connection, inTenant),
    zoneRecords(config, state),
  ]);
  const all = leftoversIn([...found, ...records], claimantOf(stack, config, state));
  const elsewhere = config.domains
    .filter(({ dns }) => dns.host === "external")
    .map(
      ({ name }) =>
        `nobody has looked for records of ${name}, whose DNS is not at Cloudflare: remove by hand what npm run dns listed`,
    );
  return {
    left: all.filter((one) => !isKept(one)),
    kept: all.filter(isKept),
    unseen: [...unseen, ...elsewhere],
  };
}

/** What the sweep has to see of each kind of resource. */
const SEEN: Readonly<Record<string, readonly FoundKind[]>> = {
  Application: [
    ...(["application", "servicePrincipal"] as const),
    ...(["deletedApplication", "deletedServicePrincipal"] as const),
  ],
  User: ["user", "deletedUser"],
  InboundConnector: ["connector"],
  TransportRule: ["flowRule"],
  HveAccount: ["hveAccount", "deletedUser"],
  SharedMailbox: ["mailbox", "deletedMailbox"],
  UserMailbox: ["mailbox", "deletedMailbox"],
  ExchangeServicePrincipal: ["exchangeServicePrincipal"],
  ManagementScope: ["managementScope"],
  ManagementRoleAssignment: ["roleAssignment"],
  AuthenticationPolicy: ["authenticationPolicy"],
  OutboundLimit: ["outboundPolicy", "outboundRule"],
};

function neededKinds(config: Config, state: StackState | undefined): ReadonlySet<FoundKind> {
  const kinds = [
    ...kindsOf(config).map(({ kind }) => kindOf(kind)),
    ...(state?.resources ?? []).map(({ kind }) => kind),
  ];
  return new Set(kinds.flatMap((kind) => SEEN[kind] ?? []));
}

function claimantOf(stack: string, { senders }: Config, state: StackState | undefined): Claimant {
  const owners = (state?.resources ?? [])
    .map(({ outputs }) => text(outputs.owner))
    .filter((owner) => owner.split("/").length === 3);
  const names = [...senders.map(({ name }) => name), ...owners.map(senderOfOwner)];
  return { owner: `${PROJECT}/${stack}`, stack, senders: [...new Set(names)] };
}

/** In the zones of the stack's domains, of those that get its reports, and of its state's records. */
async function zoneRecords(config: Config, state: StackState | undefined): Promise<Found[]> {
  const ours = config.domains.filter(({ dns }) => dns.host === "cloudflare");
  const reports = ours.flatMap(({ dmarc }) =>
    dmarc.rua.map((uri) => domainOf(uri.replace(/^mailto:/i, ""))),
  );
  const ofState = [...(state?.zones ?? [])].map(([name, id]) => ({ id, name }));
  if (ours.length === 0 && ofState.length === 0) return [];
  const zones = cloudflare();
  const wanted = { domains: ours.map(({ name }) => name), names: reports, known: ofState };
  const known = await zonesOf(zones, wanted, askOnce(resolver()));
  const egress = config.senders.flatMap((sender) => sender.egress);
  return findInZones(zones, known, () => ourTerms(config.environment, egress));
}
