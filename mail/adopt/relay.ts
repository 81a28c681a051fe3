import type { Environment } from "../clouds.ts";
import type { Resolve } from "../dns/record.ts";
import { ourTerms } from "../dns/spf/domainTerms.ts";
import { command } from "../powershell.ts";
import { isWithin, sendingDomainProblem } from "../senders/domain.ts";
import { longestSenderName } from "../senders/names.ts";
import { type AdoptedConnector, judgeConnectors } from "./connectors.ts";
import { type AdoptedDomain, judgeDomain } from "./domains.ts";
import type { FoundRelay, Left } from "./found.ts";
import { senderNames } from "./names.ts";
import { type AdoptedSubmission, describeApp, judgeSubmissions } from "./submissions.ts";

/** A sender of the stack file, with what it was made from. */
export type AdoptedSender = {
  readonly name: string;
  /** What it is in the tenant: `connector "Relay from ERP"`. */
  readonly source: string;
  /** What its owner should know, a sentence each without a full stop. */
  readonly notes: readonly string[];
} & (
  | (AdoptedConnector & { readonly kind: "connector" })
  | (AdoptedSubmission & { readonly kind: "submission" })
);

/** What a stack can adopt of a relay that was made by hand, without writing anything outside, and what it can't. */
export interface AdoptedRelay {
  readonly senders: readonly AdoptedSender[];
  readonly domains: readonly AdoptedDomain[];
  /** Whether its apps get in by full access and none by a role, so that the tenant may lack the role. */
  readonly isClassic: boolean;
  readonly left: readonly Left[];
}

/** For whom it is read. */
export interface Adopter {
  /** `project/stack` */
  readonly owner: string;
  readonly environment: Environment;
}

/** Decides what of a relay a stack adopts. DNS is asked for what SPF and DMARC records lead to. */
export async function adoptableRelay(
  found: FoundRelay,
  { owner, environment }: Adopter,
  resolve: Resolve,
): Promise<AdoptedRelay> {
  const domains = judgeOwners(found, owner);
  const names = domains.free.map(({ name }) => name);
  const connectors = judgeConnectors(found, names, owner);
  const submissions = judgeSubmissions(found.submissions, names);
  const stack = owner.slice(owner.lastIndexOf("/") + 1);
  const senders = nameSenders(connectors.adopted, submissions.adopted, longestSenderName(stack));
  const used = new Set(senders.flatMap(domainsOf));
  // A domain above comes first: whether the stack keeps its DMARC record decides on those below.
  const kept = domains.free
    .filter(({ name }) => used.has(name))
    .toSorted((one, other) => one.name.split(".").length - other.name.split(".").length);
  const judged: AdoptedDomain[] = [];
  for (const domain of kept) {
    const egress = connectors.adopted
      .filter((one) => one.domains.includes(domain.name))
      .flatMap(({ connector }) => connector.senderIPAddresses);
    const spfTerms = ourTerms(environment, egress);
    const isCovered = judged.some(
      ({ name, unmanaged }) => isWithin(domain.name, name) && !unmanaged.includes("dmarc"),
    );
    const wish = { domain, spfTerms, isCovered, owner };
    judged.push(await judgeDomain(wish, resolve));
  }
  const rights = submissions.adopted.map(({ submission }) => submission.by);
  return {
    senders,
    domains: judged,
    isClassic: rights.length > 0 && !rights.includes("role"),
    left: [...connectors.left, ...submissions.left, ...domains.left, ...found.others],
  };
}

/** The domains that the stack can have: those that are no other stack's, nor Microsoft's. */
function judgeOwners({ domains }: FoundRelay, owner: string) {
  const left: Left[] = [];
  const free = domains.filter(({ name, owners }) => {
    if (sendingDomainProblem("", name) !== undefined) return false;
    const theirs = owners.find((one) => one !== owner);
    if (theirs === undefined) return true;
    left.push({
      what: `domain ${name}`,
      reason: `belongs to the stack ${theirs}, and a domain can belong to one stack only`,
      todo: `remove it from that stack first, or leave it; or if that stack is gone, empty the comments of its SPF and DMARC records at Cloudflare, take the mark of its DKIM configuration away with ${command("Set-DkimSigningConfig", { Identity: name, AdminDisplayName: "" })}, and run this again`,
    });
    return false;
  });
  return { free, left };
}

function nameSenders(
  connectors: readonly AdoptedConnector[],
  submissions: readonly AdoptedSubmission[],
  longest: number,
): AdoptedSender[] {
  const all = [
    ...connectors.map((one) => ({
      ...{ ...one, kind: "connector" as const, otherwise: "connector" },
      ...{ title: one.connector.name, source: `connector "${one.connector.name}"` },
      notes: connectorNotes(one),
    })),
    ...submissions.map((one) => ({
      ...{ ...one, kind: "submission" as const, otherwise: "app" },
      ...{ title: titleOf(one, submissions), source: describeApp(one.submission) },
      notes: one.elsewhere.map(
        (address) =>
          `its mailbox may send as ${address} too, whose domain is not in this stack; that right stays as it is`,
      ),
    })),
  ];
  const titles = all.map(({ title, otherwise }) => ({ name: title, otherwise }));
  const names = senderNames(titles, longest);
  return all.map(({ title: _, otherwise: __, ...sender }, index) => ({
    ...sender,
    name: names[index] ?? "",
  }));
}

/** An app that sends from several mailboxes is a sender for each. */
function titleOf(
  { submission: { appId, displayName, mailbox } }: AdoptedSubmission,
  all: readonly AdoptedSubmission[],
): string {
  const isAlone = all.filter(({ submission }) => submission.appId === appId).length === 1;
  const local = mailbox.slice(0, mailbox.lastIndexOf("@"));
  if (displayName === "") return local;
  return isAlone ? displayName : `${displayName.slice(0, 15)} ${local}`;
}

function connectorNotes({ connector }: AdoptedConnector): string[] {
  const { requireTls, tlsSenderCertificateName: certificate } = connector;
  return [
    ...(requireTls || certificate !== ""
      ? []
      : [
          "it takes mail without TLS (requireTls: false); once every server of it uses STARTTLS, remove requireTls",
        ]),
    ...(certificate === ""
      ? []
      : [
          "Exchange does not say from which addresses its servers connect: add them as egress, so that SPF can list them",
        ]),
  ];
}

const domainsOf = (sender: AdoptedSender): readonly string[] =>
  sender.kind === "connector"
    ? sender.domains
    : sender.from.map((address) => address.slice(address.lastIndexOf("@") + 1));
