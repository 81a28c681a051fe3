import { listed, quoted } from "../naming.ts";
import type { Problem } from "../problem.ts";
import { networkOf, withoutCovered } from "./address.ts";
import { attributedProblems } from "./attributedProblems.ts";
import { chooseSubmission, signsIn } from "./choose.ts";
import { covers, type Matcher, overlapOf } from "./connectorMatch.ts";
import { isMicrosofts } from "./domain.ts";
import { patternTotalProblem } from "./fence.ts";
import { loadProblems } from "./load.ts";
import { domainOf } from "./mailbox.ts";
import { connectorNameProblem, relayName } from "./names.ts";
import { repeated } from "./repeated.ts";
import type { Sender } from "./sender.ts";
import { senderProblems } from "./senderProblems.ts";
import { viaProblems, withMembers, withoutCoveredFrom } from "./via.ts";

/** A relay as it is written down; what could not be read of it is left out. */
export interface WrittenRelay {
  /** Domains in canonical form, at their places; undefined for one that could not be read. */
  readonly domains: readonly (string | undefined)[];
  /** Senders at their places; undefined for one that could not be read. */
  readonly senders: readonly (Sender | undefined)[];
  /** The senders' names at their places, also of those that could not be read otherwise. */
  readonly names: readonly (string | undefined)[];
}

/** Where the parts stand, for the messages. */
export interface Keys {
  readonly domains: string;
  readonly senders: string;
}

/**
 * Everything wrong between the parts of a relay: names twice, senders outside its domains, two that Exchange could
 * not tell apart.
 *
 * @param stack the stack's name, which connectors carry
 */
export function relayProblems(relay: WrittenRelay, stack: string, keys: Keys): Problem[] {
  const { domains, senders, names } = relay;
  const at = (index: number) => `${keys.senders}[${index}]`;
  const known = senders.filter((sender) => sender !== undefined);
  const fronts = new Map(withMembers(known).map((front) => [front.name, front]));
  return [
    ...repeated(domains).map((index) => ({
      key: `${keys.domains}[${index}].name`,
      value: domains[index],
      rule: "is listed already",
      fix: "list each domain once",
    })),
    ...repeated(names).map((index) => ({
      key: `${at(index)}.name`,
      value: names[index],
      rule: "is already the name of another sender",
      fix: "give each sender its own name",
    })),
    ...repeated(senders.map((sender) => sender?.adoptConnector?.toLowerCase())).map((index) => ({
      key: `${at(index)}.adoptConnector`,
      value: senders[index]?.adoptConnector,
      rule: "is already adopted by another sender",
      fix: "have each sender adopt its own connector",
    })),
    ...repeated(senders.map((sender) => sender && userOf(sender))).map((index) => ({
      key: `${at(index)}.from[0]`,
      value: senders[index]?.from[0],
      rule: "is already what another sender signs in as",
      fix: "give each sender that signs in its own first address",
    })),
    ...viaProblems(senders, names, at),
    ...senders.flatMap((sender, index) => {
      if (sender === undefined) return [];
      const key = at(index);
      const front = fronts.get(sender.name);
      return [
        ...outsideProblems(key, sender, domains, keys.domains),
        ...nameProblems(key, sender, stack),
        ...loadProblems(key, sender),
        ...(front === undefined || sender.via !== undefined ? [] : senderProblems(key, front)),
      ];
    }),
    ...overlapProblems(senders, at),
    ...attributedProblems(senders, at),
    ...[
      patternTotalProblem(
        keys.senders,
        chooseSubmission(senders.filter((sender) => sender !== undefined)).relaying.flatMap(
          ({ fence }) => fence ?? [],
        ),
      ) ?? [],
    ].flat(),
  ];
}

/** Its mailbox, or its account of High Volume Email. */
const userOf = (sender: Sender): string | undefined =>
  sender.via === undefined && signsIn(sender) ? sender.from[0] : undefined;

function outsideProblems(
  key: string,
  { from }: Sender,
  domains: readonly (string | undefined)[],
  domainsKey: string,
): Problem[] {
  if (domains.length === 0 || domains.includes(undefined)) return [];
  return from.flatMap((value, position) =>
    domains.includes(domainOf(value))
      ? []
      : [
          {
            key: `${key}.from[${position}]`,
            value,
            rule: `is in none of the stack's domains (${domains.join(", ")})`,
            fix: `${isMicrosofts(domainOf(value)) ? "" : `add its domain to ${domainsKey}, or `}use an address in one of these`,
          },
        ],
  );
}

function nameProblems(key: string, { name }: Sender, stack: string): Problem[] {
  const problem = connectorNameProblem(`${key}.name`, relayName(stack, name));
  return problem ? [{ ...problem, fix: "shorten the name of the sender or of the stack" }] : [];
}

/** A sender that relays, at its place, with what its connector matches. */
interface Placed extends Matcher {
  readonly index: number;
  readonly sender: Sender;
}

function overlapProblems(
  senders: readonly (Sender | undefined)[],
  at: (index: number) => string,
): Problem[] {
  const placed = senders.flatMap((sender, index): Placed[] =>
    sender === undefined || sender.via !== undefined
      ? []
      : chooseSubmission([sender]).relaying.map(({ match }) => {
          return { index, sender, name: sender.name, match };
        }),
  );
  return groupsOf(placed).flatMap((group) => {
    const found = group.flatMap((one, position) => {
      const overlap = firstOverlap(one, group.slice(0, position));
      return overlap === undefined ? [] : [{ key: keyOf(one, at), ...overlap }];
    });
    return found.map((problem, index) => ({
      ...problem,
      fix:
        index === 0
          ? asOneSender(group)
          : `do with it what is said of ${found[0]?.key}, for all that Exchange can't tell apart`,
    }));
  });
}

const keyOf = ({ match, index }: Placed, at: (index: number) => string): string =>
  `${at(index)}.${match.by === "certificate" ? "certificateName" : "egress"}`;

/** What a sender and the first of some that it overlaps would both match. */
function firstOverlap(one: Placed, others: readonly Placed[]): ReturnType<typeof overlapOf> {
  for (const other of others) {
    const overlap = overlapOf(one, other);
    if (overlap !== undefined) return overlap;
  }
  return undefined;
}

/** Senders that overlap, directly or by others, at least two together; each is compared with those that are near. */
function groupsOf(placed: readonly Placed[]): Placed[][] {
  const near = new Map<string, Set<Placed>>();
  for (const one of placed) {
    for (const key of neighbourhoodsOf(one)) near.set(key, (near.get(key) ?? new Set()).add(one));
  }
  const left = new Set(placed);
  return placed
    .map((first) => {
      if (!left.delete(first)) return [];
      const group = [first];
      for (const member of group) {
        for (const other of neighbourhoodsOf(member).flatMap((key) => [...(near.get(key) ?? [])])) {
          if (left.has(other) && overlapOf(member, other) !== undefined) {
            left.delete(other);
            group.push(other);
          }
        }
      }
      return group.sort((a, b) => a.index - b.index);
    })
    .filter(({ length }) => length > 1);
}

/**
 * What two senders share one of that overlap: the network of an address, or the last two labels of a certificate's name.
 */
const neighbourhoodsOf = ({ match }: Placed): string[] =>
  match.by === "certificate"
    ? [match.certificateName.toLowerCase().split(".").slice(-2).join(".")]
    : [...new Set(match.addresses.map(networkOf))];

/** Devices behind one address (NAT), or with one certificate, are one sender to Exchange. */
function asOneSender(group: readonly Placed[]): string {
  const [first] = group;
  const from = withoutCoveredFrom([...new Set(group.flatMap(({ sender }) => sender.from))]);
  const names = quoted(group.map(({ name }) => name));
  const isCertificate = first?.match.by === "certificate";
  const matchedBy = (of: readonly Placed[]) =>
    isCertificate
      ? `certificateName: ${JSON.stringify(widestName(of))}`
      : `egress: ${JSON.stringify(withoutCovered(of.flatMap(({ sender }) => sender.egress)))}`;
  const matched = matchedBy(group);
  const [key, ofItsOwn] = isCertificate
    ? ["certificateName", "a certificate name"]
    : ["egress", "an address"];
  // Where the first one has all of it already, the others may stay entries of their own.
  const through =
    matched === matchedBy(group.slice(0, 1))
      ? `, or set via to "${first?.name}" and authentication to [none] in ${listed(names.slice(1))} and remove ${key} there`
      : "";
  const who = names.length === 2 ? names.join(" and ") : listed(names);
  return `Exchange can't tell ${who} apart: make them one sender, "${first?.name}", with from: ${JSON.stringify(from)} and ${matched}${through}, or give each ${ofItsOwn} of its own`;
}

/** The certificate name that stands for those of all: the widest wildcard, where there is one. */
function widestName(together: readonly Placed[]): string {
  const names = together.map(({ sender }) => sender.certificateName ?? "");
  return names.find((name) => names.every((other) => name === other || covers(name, other))) ?? "";
}
