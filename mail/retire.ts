import type { SendingDomain } from "./dns/sendingDomain.ts";
import { naming, quoted } from "./naming.ts";
import { senderOfOwner } from "./ownership.ts";
import type { Problem } from "./problem.ts";
import { chooseMethod } from "./senders/method.ts";
import type { Sender } from "./senders/sender.ts";

// Two changes of the stack file remove what is protected: the first marks it with `retire`, and the second removes it. Each
// can be reviewed, and neither takes Pulumi's commands.

/** Senders and domains of a stack, by name. */
export interface RelayNames {
  readonly senders: readonly string[];
  readonly domains: readonly string[];
}

type Kind = "sender" | "domain";

/**
 * The senders and domains that are gone from the stack file and were protected in the last run.
 *
 * @param before what was protected in the last run
 * @param now what the stack file has
 */
export const removalProblems = (before: RelayNames, now: RelayNames): Problem[] => [
  ...goneFrom(before.senders, now.senders).map((name) => removalProblem("sender", name)),
  ...goneFrom(before.domains, now.domains).map((name) => removalProblem("domain", name)),
];

const goneFrom = (before: readonly string[], now: readonly string[]): string[] =>
  before.filter((name) => !now.includes(name));

const removalProblem = (kind: Kind, name: string): Problem => ({
  key: naming(kind, [name]),
  value: undefined,
  rule: "is protected, and an up that removes it would stop half-way",
  fix: "put it back into the stack file with retire: true, run pulumi up, and remove it in the change after that",
});

/** What Pulumi protects of a stack's senders and domains, beside the whole of them. */
export interface Kept {
  readonly domains: readonly {
    readonly domain: string;
    /** What of it the stack leaves as it is. */
    readonly unmanaged?: readonly string[];
    readonly records: readonly { readonly name: string; readonly purpose: string }[];
  }[];
  /** Of each sender that relays. */
  readonly connectors: readonly Owned[];
  /** Of each sender that signs in to a mailbox. */
  readonly mailboxes: readonly (Owned & {
    readonly kind: "shared" | "user";
    readonly adopt?: true;
    /** Client id of an app that is somebody else's. */
    readonly adoptApplication?: string;
    readonly hasSecret?: true;
    readonly license?: string;
  })[];
  /** Of each sender with an account of High Volume Email. */
  readonly accounts?: readonly Owned[];
}

interface Owned {
  readonly owner: string;
}

/**
 * The parts that senders and domains lose which stay, and were protected in the last run: records, the connector, the
 * mailbox or the account, the app, the client secret, the licence. A mailbox or account in whose place one of another kind is to
 * be made has to go first, which is said elsewhere with all that goes with it; one that is adopted stands in nobody's way.
 *
 * @param kept what was protected in the last run, and is in the stack file still
 */
export function lossProblems(kept: RelayNames, before: Kept, now: Kept): Problem[] {
  const [had, has] = [partsOf(before), partsOf(now)];
  const lostBy = (sender: string) =>
    SENDER_PARTS.filter((part) => had[part].has(sender) && !has[part].has(sender));
  const [made, makes] = [madeOf(before), madeOf(now)];
  const isReplaced = (sender: string) => {
    const [old, next] = [made.get(sender), makes.get(sender)];
    return old !== undefined && next !== undefined && old !== next;
  };
  return [
    ...kept.senders
      .filter((name) => !isReplaced(name))
      .flatMap((name) => {
        const lost = lostBy(name);
        // What goes with another part is not named beside it.
        const named = lost.filter((part) => !lost.some((other) => GOES_WITH[part] === other));
        if (named.length === 0) return [];
        return [lossProblem("sender", name, named.map((part) => PARTS[part]).join(" and "))];
      }),
    ...now.domains
      .filter(({ domain }) => kept.domains.includes(domain))
      .flatMap(({ domain, records, unmanaged = [] }) => {
        const old = before.domains.find((one) => one.domain === domain);
        // Records of other services are not protected: an up makes them again as they were.
        const known = old?.records.filter(({ purpose }) => purpose !== "service-dkim") ?? [];
        const lost = known.filter((one) => !records.some((record) => record.name === one.name));
        const names = [...new Set(lost.map(({ name }) => name))];
        if (names.length > 0) return [lossProblem("domain", domain, naming("record", names))];
        const losesSigning = unmanaged.includes("dkim") && !old?.unmanaged?.includes("dkim");
        return losesSigning ? [lossProblem("domain", domain, "its DKIM signing")] : [];
      }),
  ];
}

const PARTS = {
  connector: "its connector",
  mailbox: "its mailbox",
  account: "its account",
  app: "its app",
  secret: "its client secret",
  license: "its licence",
} as const;
type Part = keyof typeof PARTS;
const SENDER_PARTS = Object.keys(PARTS) as Part[];
const GOES_WITH: Partial<Record<Part, Part>> = { secret: "app", license: "mailbox" };

/** The senders that have each part. */
function partsOf({ connectors, mailboxes, accounts = [] }: Kept): Record<Part, Set<string>> {
  const senders = (all: readonly Owned[]) => new Set(all.map(({ owner }) => senderOfOwner(owner)));
  const having = (part: "hasSecret" | "license") => senders(mailboxes.filter((one) => one[part]));
  return {
    connector: senders(connectors),
    mailbox: senders(mailboxes),
    account: senders(accounts),
    app: senders(
      mailboxes.filter(
        ({ kind, adoptApplication }) => kind === "shared" && adoptApplication === undefined,
      ),
    ),
    secret: having("hasSecret"),
    license: having("license"),
  };
}

/** The kind of mailbox or account that the stack makes, by sender. */
const madeOf = ({ mailboxes, accounts = [] }: Kept): ReadonlyMap<string, string> =>
  new Map([
    ...accounts.map(({ owner }) => [senderOfOwner(owner), "account"] as const),
    ...mailboxes
      .filter(({ adopt }) => !adopt)
      .map(({ owner, kind }) => [senderOfOwner(owner), kind] as const),
  ]);

const lossProblem = (kind: Kind, name: string, what: string): Problem => ({
  key: naming(kind, [name]),
  value: undefined,
  rule: `loses ${what} by this change, and Pulumi protects that`,
  fix: "set retire: true for it and run pulumi up; then make this change and run pulumi up; then remove retire: true",
});

/**
 * Says that Pulumi does not protect what an `up` could not create again as it was.
 *
 * @param what it is, e.g. `connector of erp`
 */
export const unprotectedProblem = (what: string): Problem => ({
  key: what,
  value: undefined,
  rule: "is not protected, so that an up or a destroy can remove it and stop its sender's mail",
  fix: "set protect: true for it, or mark its sender with retire: true before you remove it",
});

/**
 * A change that replaces a sender's mailbox or account, which is protected.
 *
 * @param now the address that it would have
 * @param before the address of the mailbox or account that would go
 */
export const replacementProblem = (
  sender: string,
  now: string,
  before: string,
  what: "mailbox" | "account" = "mailbox",
): Problem => ({
  key: `${what} of ${sender}: address`,
  value: now,
  rule: `is to take the place of ${before}, whose ${what} is protected`,
  fix: `set retire: true for "${sender}", run pulumi up, and make this change after that`,
});

/**
 * Puts before a fix that removes or replaces what senders have the step that it takes where they are protected.
 *
 * @param kept the senders that were protected in the last run
 */
export function afterRetiring(
  fix: string,
  senders: readonly string[],
  kept: readonly string[],
): string {
  const these = quoted(senders.filter((sender) => kept.includes(sender)));
  if (these.length === 0) return fix;
  return `set retire: true for ${these.join(" and ")} and run pulumi up; then ${fix}`;
}

/** Says in every preview what the marks mean, so that none is forgotten: a sentence for all that lose the same. */
export const retireNotices = ({
  senders,
  domains,
}: {
  readonly senders: readonly Sender[];
  readonly domains: readonly Pick<SendingDomain, "name" | "retire">[];
}): string[] => {
  const marked = senders.filter(({ retire }) => retire);
  const ofDomains = domains.filter(({ retire }) => retire).map(({ name }) => name);
  return [
    ...[...Map.groupBy(marked, removedWith)].map(([what, alike]) =>
      retireNotice(
        "sender",
        alike.map(({ name }) => name),
        what,
      ),
    ),
    ...(ofDomains.length === 0
      ? []
      : [retireNotice("domain", ofDomains, "its DNS records and its DKIM keys")]),
  ];
};

/** What an `up` removes of a sender that is gone from the stack file; undefined where the stack has made nothing for it. */
function removedWith(sender: Sender): string | undefined {
  const { method, by } = chooseMethod(sender);
  if (method === "connector") return sender.fence ? "its connector and its fence" : "its connector";
  if (method === "highVolumeEmail") return "its account";
  if (method === "directSend") return "its addresses from the SPF record";
  if (method !== "smtpAuth") return undefined;
  if (sender.adoptMailbox) return "its right to send from its mailbox, which stays";
  return `its mailbox with the mail in it and its ${by === "password" ? "user" : "app"}`;
}

function retireNotice(kind: Kind, names: readonly string[], what: string | undefined): string {
  const which = naming(kind, names);
  const isOne = names.length === 1;
  const [is, they, work] = isOne ? ["is", "it", "works"] : ["are", "they", "work"];
  const marked = `${which} ${is} marked with retire: true`;
  if (what === undefined) {
    return `${marked}, which has no effect: the stack has made nothing for ${isOne ? "it" : "them"}`;
  }
  return `${marked}: ${they} ${work} as before, but ${is} not protected any more; once ${they} ${is} no longer in the stack file, an up removes ${isOne ? "" : "of each "}${what}`;
}
