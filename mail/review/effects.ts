import { KINDS, text, without } from "../drift/kinds.ts";
import { covers } from "../senders/address.ts";
import type { Belongs } from "./names.ts";
import { changedIn, ofKinds, type PlannedResource, type StackPreview } from "./preview.ts";
import { isConnector, type SenderChange, type SenderRights } from "./senderChanges.ts";

/** What a change means for one sender or domain. */
export interface Statement {
  /** A sender, a domain, or whoever has to do something. */
  readonly who: string;
  /** A clause. */
  readonly text: string;
}

/** Something that works before a change and does not after it. */
export interface Stop {
  /** A sender or a domain. */
  readonly who: string;
  /** What becomes of its mail, a clause. */
  readonly what: string;
  /** How long, a clause: `for good`, `until …`, `for …`. */
  readonly howLong: string;
  /** Whether nobody can want it: what goes is still needed, or can't be had back. */
  readonly isDangerous?: true;
}

/** A stack's change with what is known of its senders. */
export interface Change {
  readonly preview: StackPreview;
  readonly senders: readonly SenderChange[];
  /** Names of domains that the change adds and removes. */
  readonly domains: { readonly added: readonly string[]; readonly removed: readonly string[] };
  readonly belongs: (resource: PlannedResource) => Belongs;
}

/** Senders and domains that lose their protection, as the change marks them with `retire`. */
export function newlyMarked({ preview, belongs }: Change): string[] {
  const { config, resources } = preview;
  const unprotected = resources.filter(
    ({ before, after }) => before?.isProtected && after && !after.isProtected,
  );
  const names = new Set(unprotected.flatMap((resource) => Object.values(belongs(resource) ?? {})));
  return [...(config?.senders ?? []), ...(config?.domains ?? [])]
    .filter(({ name, retire }) => retire && names.has(name))
    .map(({ name }) => name);
}

const FOR_GOOD = "for good";
const REFUSED = "is refused with 550 5.7.64";

/** What a change stops, senders first. */
export function stopsOf(change: Change): Stop[] {
  const { senders, domains } = change;
  return [
    ...senders.flatMap((one) => senderStops(one, change)),
    ...credentialStops(change),
    ...domains.removed.map((domain) => ({
      who: domain,
      what: "the stack's DNS records go or are put back as they were, and Exchange signs its mail with the onmicrosoft.com domain, which is not aligned",
      howLong: FOR_GOOD,
    })),
    ...domainStops(change),
  ];
}

function senderStops(
  { sender: who, renamedFrom, before, after }: SenderChange,
  { preview }: Change,
): Stop[] {
  if (before === undefined) return [];
  if (after === undefined) return [removed(who, before, preview)];
  if (renamedFrom !== undefined) return [renamed(who, renamedFrom, before)];
  if (before.method === after.method && before.knownBy === after.knownBy) {
    return lostRights(who, before, after);
  }
  const past = isConnector(before)
    ? `its mail ${before.egress.length > 0 ? `from ${before.egress.join(", ")}` : `with a ${before.knownBy}`} ${REFUSED}`
    : `its sign-in with ${before.knownBy} is refused`;
  return [{ who, what: past, howLong: `until it sends as the output senders.${who} says` }];
}

const renamed = (who: string, former: string, before: SenderRights): Stop =>
  isConnector(before)
    ? {
        who,
        what: `its mail may be refused with 550 5.7.64 while its connector takes the place of that of ${former}`,
        howLong: "for the seconds between the two",
      }
    : {
        who,
        what: `its mailbox stays, but it can't sign in with the client id that it has as ${former}`,
        howLong: "until it has the new one",
      };

function removed(who: string, before: SenderRights, { resources }: StackPreview): Stop {
  if (isConnector(before)) return { who, what: `its mail ${REFUSED}`, howLong: FOR_GOOD };
  const [address = ""] = before.maySendAs;
  const isDeleted = ofKinds(resources, "SharedMailbox", "UserMailbox").some(
    ({ operation, before: state }) =>
      operation === "delete" && text(state?.inputs.address) === address,
  );
  const mailbox = isDeleted
    ? `its mailbox ${address} is deleted with the mail in it`
    : `the mailbox ${address} stays as it was before the stack`;
  return { who, what: `it can't sign in any more; ${mailbox}`, howLong: FOR_GOOD };
}

/** What a sender that is known as before may do no longer. */
function lostRights(who: string, before: SenderRights, after: SenderRights): Stop[] {
  const addresses = before.egress.filter((one) => !after.egress.some((kept) => covers(kept, one)));
  const sendAs = without(before.maySendAs, after.maySendAs);
  const isRelay = isConnector(before);
  return [
    ...(addresses.length === 0
      ? []
      : [{ who, what: `its mail from ${addresses.join(", ")} ${REFUSED}`, howLong: FOR_GOOD }]),
    ...(sendAs.length === 0 || isRelay
      ? []
      : [
          {
            who,
            what: `its mail from ${sendAs.join(", ")} is refused with 554 5.2.252`,
            howLong: FOR_GOOD,
          },
        ]),
    ...(isRelay &&
    after.maySendAs[0]?.startsWith("any address of ") &&
    sendAs.length > 0 &&
    !/tenant$/.test(after.maySendAs[0])
      ? [
          {
            who,
            what: `its mail that is not from ${after.maySendAs[0].replace("any address of ", "")} is refused; Microsoft's pages disagree whether its mail to other organisations is refused too, so try it in a test tenant`,
            howLong: FOR_GOOD,
          },
        ]
      : []),
  ];
}

/** What a sender that stays signs in with, and what lets its app in. */
function credentialStops({ preview, belongs, senders }: Change): Stop[] {
  // Of the others the table of senders says it already.
  const keepsName = (name: string) =>
    !senders.some(
      ({ sender, renamedFrom, before, after }) =>
        renamedFrom === name ||
        (sender === name &&
          (renamedFrom !== undefined || !before || !after || before.method !== after.method)),
    );
  const stops = changedIn(preview).flatMap((resource): Stop[] => {
    const owner = belongs(resource);
    if (owner === undefined || !("sender" in owner) || !keepsName(owner.sender)) return [];
    const stop = credentialStop(resource);
    return stop === undefined ? [] : [{ who: owner.sender, ...stop }];
  });
  return eachOnce(stops);
}

function credentialStop({ kind, operation, name }: PlannedResource): Omit<Stop, "who"> | undefined {
  const goes = operation === "delete" || operation === "replace";
  switch (kind) {
    case "ApplicationPassword":
      return operation === "delete"
        ? {
            what: `the secret of generation ${/\d+$/.exec(name)?.[0] ?? "before"} ends`,
            howLong: FOR_GOOD,
          }
        : undefined;
    case "Password":
      return operation === "create"
        ? undefined
        : { what: "its present password ends at once", howLong: "until it has the new one" };
    case "Application":
    case "ServicePrincipal":
      return goes
        ? {
            what: "its app is replaced, so that it can't sign in",
            howLong: "until it has the new client id and credential",
          }
        : undefined;
    case "ManagementRoleAssignment":
    case "AppRoleAssignment":
    case "MailboxPermission":
      return goes
        ? {
            what: "its mail may be refused, as the app's present access ends and Microsoft spreads the new one",
            howLong: "for up to two hours",
          }
        : undefined;
    case "SharedMailbox":
    case "UserMailbox":
      return operation === "replace"
        ? {
            what: "its mailbox is replaced: the present one is deleted with the mail in it",
            howLong: FOR_GOOD,
            isDangerous: true,
          }
        : undefined;
    default:
      return undefined;
  }
}

/** What a domain that stays loses. */
const OF_DOMAINS = ["DkimSigning", "SpfRecord", "DmarcRecord", "DnsRecord", "MxRecord"];

function domainStops({ preview, belongs, domains }: Change): Stop[] {
  const gone = ofKinds(changedIn(preview), ...OF_DOMAINS).filter(
    ({ operation }) => operation === "delete",
  );
  const stops = gone.flatMap((resource): Stop[] => {
    const owner = belongs(resource);
    if (owner === undefined || !("domain" in owner) || domains.removed.includes(owner.domain)) {
      return [];
    }
    return [{ who: owner.domain, ...lostRecord(resource) }];
  });
  return eachOnce(stops);
}

function lostRecord(resource: PlannedResource): Omit<Stop, "who"> {
  const inputs = resource.before?.inputs ?? {};
  if (inputs.purpose === "dkim") {
    return {
      what: "its DKIM keys go from the zone, so that receivers can't verify the signatures of its mail",
      howLong: "until somebody else publishes them",
      isDangerous: true,
    };
  }
  const { subject, gone = [] } = KINDS[resource.kind] ?? { subject: () => resource.name };
  return {
    what: `${subject(inputs, resource)} goes: ${[gone].flat().join("; ")}`,
    howLong: "until somebody else sees to it",
    ...(resource.kind !== "MxRecord" && { isDangerous: true as const }),
  };
}

const eachOnce = (stops: readonly Stop[]): Stop[] => [
  ...new Map(stops.map((stop) => [JSON.stringify(stop), stop])).values(),
];
