import { given } from "../given.ts";
import { listed } from "../naming.ts";
import type { Problem } from "../problem.ts";
import { LOAD_KEYS, loadOf } from "./load.ts";
import { domainOf, isWildcard } from "./mailbox.ts";
import { PURPOSES, type Sender } from "./sender.ts";

// A sender that sends through another one, such as an Exchange server, a Postfix in front, or a device behind the same public
// address. Exchange Online can't tell the two apart, so they are one to it.

/**
 * The senders that Exchange tells apart: each with the addresses, the numbers and the names of those that send through it.
 *
 * @param senders as config has checked them: each `via` names a sender that has none
 */
export function withMembers(senders: readonly Sender[]): Sender[] {
  const byFront = Map.groupBy(senders, ({ via }) => via);
  return (byFront.get(undefined) ?? []).map((front) => {
    const members = byFront.get(front.name) ?? [];
    return members.length === 0 ? front : together(front, members);
  });
}

function together(front: Sender, members: readonly Sender[]): Sender {
  const all = [front, ...members];
  const loads = all.map(loadOf);
  const recipients = known(loads.map(({ recipientsPerDay }) => recipientsPerDay));
  const outside = loads.map(({ recipientsPerDay = 0, external }) => recipientsPerDay * external);
  const total = sum(recipients);
  // A mailbox is stopped above it, so it has to hold what each of them needs.
  const isLimited = all.every(({ recipientsPerDay }) => recipientsPerDay !== undefined);
  const purpose = PURPOSES.findLast((one) => loads.some((load) => load.purpose === one));
  const isForGroups = all.some(({ internalRecipients }) => internalRecipients === "groups");
  return given({
    ...front,
    from: withoutCoveredFrom([...new Set(all.flatMap(({ from }) => from))]),
    messagesPerDay: sum(known(all.map(({ messagesPerDay }) => messagesPerDay))),
    peakPerMinute: sum(known(all.map(({ peakPerMinute }) => peakPerMinute))),
    recipientsPerDay: isLimited ? total : undefined,
    recipientsPerDayOfAll: total,
    recipientsPerMessage: most(known(all.map((one) => one.recipientsPerMessage))),
    largestMessageMB: most(known(all.map(({ largestMessageMB }) => largestMessageMB))),
    external:
      total !== undefined && recipients.length === all.length
        ? shareOf(sum(outside) ?? 0, total)
        : Math.max(...loads.map(({ external }) => external)),
    purpose,
    purposeOf:
      loadOf(front).purpose === purpose
        ? undefined
        : members.filter((one) => loadOf(one).purpose === purpose).map(({ name }) => name),
    internalRecipients: isForGroups ? ("groups" as const) : undefined,
    urgency: loads.every(({ mayWait }) => mayWait) ? ("deferrable" as const) : "immediate",
    members: members.map(({ name, from, description }) => given({ name, from, description })),
  });
}

/** A share as people write it, such as 0.104; one that is not quite none or all stays so, as the difference decides on methods. */
function shareOf(part: number, total: number): number {
  const rounded = Math.round((part / total) * 10_000) / 10_000;
  if (part <= 0 || part >= total) return rounded;
  return Math.min(Math.max(rounded, 0.0001), 0.9999);
}

/** Addresses without those of a domain of which all are listed. */
export const withoutCoveredFrom = (from: readonly string[]): string[] =>
  from.filter((one) => isWildcard(one) || !from.includes(`*@${domainOf(one)}`));

const known = (values: readonly (number | undefined)[]): number[] =>
  values.filter((value) => value !== undefined);
const sum = (numbers: readonly number[]): number | undefined =>
  numbers.length === 0 ? undefined : numbers.reduce((one, other) => one + other);
const most = (numbers: readonly number[]): number | undefined =>
  numbers.length === 0 ? undefined : Math.max(...numbers);

/** What a sender that sends through another one says of itself, and what every sender of the stack has. */
const OWN: readonly (keyof Sender)[] = [
  "environment",
  "name",
  "description",
  "from",
  "authentication",
  "via",
  "runsOn",
  ...LOAD_KEYS,
];

/** What the other keys have where a stack file leaves them out; those that are not here have nothing. */
const DEFAULTS: Partial<Sender> = {
  egress: [],
  adoptMailbox: false,
  requireTls: true,
  restrictToDomains: false,
  fence: false,
  exchangeServer: false,
  credentialGeneration: 1,
  retire: false,
};

/**
 * What is wrong with the senders that send through others.
 *
 * @param senders at their places; undefined for one that could not be read
 * @param names of all senders, also of those that could not be read
 * @param at key of the sender at a place
 */
export function viaProblems(
  senders: readonly (Sender | undefined)[],
  names: readonly (string | undefined)[],
  at: (index: number) => string,
): Problem[] {
  const readable = new Map(
    senders.flatMap((sender) => (sender === undefined ? [] : [[sender.name, sender] as const])),
  );
  const all = new Set(names);
  /** The sender at the end of the way; undefined where they send through each other. */
  const frontOf = (name: string): string | undefined => {
    const passed = new Set<string>();
    let front = name;
    for (let next = readable.get(front)?.via; next !== undefined; next = readable.get(front)?.via) {
      if (passed.has(next)) return undefined;
      passed.add(front);
      front = next;
    }
    return front;
  };
  const fronts = [...readable.values()].flatMap(({ name, via }) =>
    via === undefined ? [name] : [],
  );
  const use = fronts.length === 0 ? "remove via" : `use one of ${listed(fronts)}`;
  return senders.flatMap((sender, index) => {
    if (sender?.via === undefined) return [];
    const { via, name } = sender;
    const problem = (rule: string, fix: string): Problem[] => [
      { key: `${at(index)}.via`, value: via, rule, fix },
    ];
    if (via === name) return problem("is the sender itself", use);
    if (!all.has(via)) return problem("is not the name of a sender of the stack", use);
    const through = readable.get(via)?.via;
    if (through === undefined) return withoutEffect(at(index), sender, readable.get(via));
    const front = frontOf(through);
    const several = through === name ? "the two" : "them";
    const instead = front === undefined ? `remove via from one of ${several}` : `use "${front}"`;
    return problem(`sends through "${through}" itself`, instead);
  });
}

function withoutEffect(key: string, sender: Sender, front: Sender | undefined): Problem[] {
  // A method that is asked for, and that it has by sending through that sender.
  const isSo = sender.method === "onPremisesExchange" && front?.exchangeServer === true;
  const names = (Object.keys(sender) as (keyof Sender)[])
    .filter(
      (name) =>
        !OWN.includes(name) && JSON.stringify(sender[name]) !== JSON.stringify(DEFAULTS[name]),
    )
    .filter((name) => name !== "method" || !isSo);
  const rule = `has no effect, because the sender sends through "${sender.via}"`;
  const problems: Problem[] = names.map((name) => ({
    key: `${key}.${name}`,
    value: undefined,
    rule,
    fix: `remove ${name}`,
  }));
  const { authentication } = sender;
  if (`${authentication}` === "none") return problems;
  const fix = "use [none], as it does not authenticate to Microsoft 365";
  return [...problems, { key: `${key}.authentication`, value: authentication, rule, fix }];
}
