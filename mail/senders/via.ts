import { listed } from "../naming.ts";
import type { Problem } from "../problem.ts";
import { loadOf } from "./load.ts";
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
  const known = <T>(values: readonly (T | undefined)[]): T[] =>
    values.filter((value) => value !== undefined);
  const sum = (key: keyof Sender, values: readonly (number | undefined)[]) => {
    const numbers = known(values);
    return numbers.length === 0 ? {} : { [key]: numbers.reduce((one, other) => one + other, 0) };
  };
  const most = (key: keyof Sender, values: readonly (number | undefined)[]) => {
    const numbers = known(values);
    return numbers.length === 0 ? {} : { [key]: Math.max(...numbers) };
  };
  const recipients = known(loads.map(({ recipientsPerDay }) => recipientsPerDay));
  const outside = known(loads.map(({ externalRecipientsPerDay }) => externalRecipientsPerDay));
  const total = recipients.reduce((one, other) => one + other, 0);
  const isCounted = recipients.length === all.length && total > 0;
  const { recipientsPerDay: _, ...others } = front;
  // A mailbox is stopped above it, so it has to hold what each of them needs.
  const limit = all.every(({ recipientsPerDay }) => recipientsPerDay !== undefined);
  return {
    ...others,
    from: [...new Set(all.flatMap(({ from }) => from))],
    ...sum(
      "messagesPerDay",
      all.map(({ messagesPerDay }) => messagesPerDay),
    ),
    ...sum(
      "peakPerMinute",
      all.map(({ peakPerMinute }) => peakPerMinute),
    ),
    ...(limit ? { recipientsPerDay: total } : {}),
    ...(recipients.length === 0 ? {} : { recipientsPerDayOfAll: total }),
    ...most(
      "recipientsPerMessage",
      all.map(({ recipientsPerMessage }) => recipientsPerMessage),
    ),
    ...most(
      "largestMessageMB",
      all.map(({ largestMessageMB }) => largestMessageMB),
    ),
    external: isCounted
      ? outside.reduce((one, other) => one + other, 0) / total
      : Math.max(...loads.map(({ external }) => external)),
    purpose:
      PURPOSES[Math.max(...loads.map(({ purpose }) => PURPOSES.indexOf(purpose)))] ??
      "transactional",
    ...(all.some(({ internalRecipients }) => internalRecipients === "groups")
      ? { internalRecipients: "groups" as const }
      : {}),
    urgency: loads.every(({ mayWait }) => mayWait) ? "deferrable" : "immediate",
    members: members.map(({ name, from, description }) => ({
      ...{ name, from },
      ...(description === undefined ? {} : { description }),
    })),
  };
}

/** What a sender that sends through another one says of itself. */
const OWN: readonly (keyof Sender)[] = [
  "name",
  "description",
  "from",
  "authentication",
  "via",
  "runsOn",
  "messagesPerDay",
  "peakPerMinute",
  "recipientsPerMessage",
  "recipientsPerDay",
  "largestMessageMB",
  "external",
  "internalRecipients",
  "purpose",
  "urgency",
  "egress",
  "adoptMailbox",
  "requireTls",
  "restrictToDomains",
  "credentialGeneration",
  "retire",
];

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
  return senders.flatMap((sender, index) => {
    if (sender?.via === undefined) return [];
    const { via, name } = sender;
    const key = `${at(index)}.via`;
    const fronts = senders.flatMap((one) => (one === undefined || one.via ? [] : [one.name]));
    const use = fronts.length === 0 ? "remove via" : `use one of ${listed(fronts)}`;
    const problem = (rule: string, fix: string): Problem => ({ key, value: via, rule, fix });
    if (via === name) return [problem("is the sender itself", use)];
    if (!names.includes(via)) return [problem("is not the name of a sender of the stack", use)];
    const front = senders.find((one) => one?.name === via);
    if (front?.via !== undefined) {
      const instead = front.via === name ? `remove via from one of the two` : `use "${front.via}"`;
      return [problem(`sends through "${front.via}" itself`, instead)];
    }
    return withoutEffect(at(index), sender);
  });
}

function withoutEffect(key: string, sender: Sender): Problem[] {
  const given = (Object.keys(sender) as (keyof Sender)[]).filter(
    (name) => !OWN.includes(name) && sender[name] !== false,
  );
  const { egress, authentication, via } = sender;
  const because = `has no effect, because the sender sends through "${via}"`;
  return [
    ...[...given, ...(egress.length > 0 ? ["egress"] : [])].map((name) => ({
      key: `${key}.${name}`,
      value: undefined,
      rule: because,
      fix: `remove ${name}`,
    })),
    ...(authentication.length === 1 && authentication[0] === "none"
      ? []
      : [
          {
            key: `${key}.authentication`,
            value: authentication,
            rule: because,
            fix: "use [none], as it does not authenticate to Microsoft 365",
          },
        ]),
  ];
}
