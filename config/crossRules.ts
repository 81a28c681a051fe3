import type { Problem } from "../mail/problem.ts";
import { chooseSubmission } from "../mail/senders/chooseSubmission.ts";
import { connectorName, connectorNameProblem } from "../mail/senders/connectorName.ts";
import { domainOf } from "../mail/senders/fromAddress.ts";
import { overlapProblem } from "../mail/senders/overlap.ts";
import type { Config, ConfiguredSender } from "./config.ts";
import { NAMESPACE } from "./schema.ts";

/** Rules that need more than one value at once. */
export function crossProblems({ domains, senders }: Config, stack: string): Problem[] {
  const at = (index: number, key: string) => `${NAMESPACE}:senders[${index}].${key}`;
  const names = domains.map(({ name }) => name);
  const problems: (Problem | undefined)[] = [
    ...repeated(names).map((index) => ({
      key: `${NAMESPACE}:domains[${index}].name`,
      value: names[index],
      rule: "stands in the list already",
      fix: "list each domain once",
    })),
    ...repeated(senders.map(({ name }) => name)).map((index) => ({
      key: at(index, "name"),
      value: senders[index]?.name,
      rule: "is another sender's name already",
      fix: "give each sender a name of its own",
    })),
  ];
  for (const [index, sender] of senders.entries()) {
    for (const [position, from] of sender.from.entries()) {
      if (names.includes(domainOf(from) ?? "")) continue;
      problems.push({
        key: at(index, `from[${position}]`),
        value: from,
        rule: `is in none of the stack's domains (${names.join(", ")})`,
        fix: `add its domain to ${NAMESPACE}:domains, or send from one that is there`,
      });
    }
    problems.push(...abilityProblems(sender, (key) => at(index, key)));
    const name = connectorNameProblem(at(index, "name"), connectorName(stack, sender.name));
    problems.push(name && { ...name, fix: "shorten the sender's or the stack's name" });
  }
  problems.push(...overlapProblems(senders, at));
  return problems.filter((problem) => problem !== undefined);
}

/** What a sender says it can do, and what it says of itself, have to agree. */
function abilityProblems(sender: ConfiguredSender, at: (key: string) => string): Problem[] {
  const can = new Set(sender.authentication);
  const problems: Problem[] = [];
  if (can.has("certificate") && sender.certificateName === undefined) {
    problems.push({
      key: at("authentication"),
      value: sender.authentication,
      rule: "says certificate, but certificateName is missing",
      fix: 'add certificateName, e.g. "relay.contoso.com"',
    });
  }
  if (!can.has("certificate") && sender.certificateName !== undefined) {
    problems.push({
      key: at("certificateName"),
      value: sender.certificateName,
      rule: "has no effect, as authentication does not say certificate",
      fix: "add certificate to authentication, or drop certificateName",
    });
  }
  if (can.has("staticIp") && sender.egress.length === 0) {
    problems.push({
      key: at("authentication"),
      value: sender.authentication,
      rule: "says staticIp, but egress lists no address",
      fix: 'add egress, e.g. ["198.51.100.7"]',
    });
  }
  for (const position of repeated(sender.egress)) {
    problems.push({
      key: at(`egress[${position}]`),
      value: sender.egress[position],
      rule: "stands in the list already",
      fix: "list each address once",
    });
  }
  return problems;
}

function overlapProblems(
  senders: readonly ConfiguredSender[],
  at: (index: number, key: string) => string,
): (Problem | undefined)[] {
  const { connectors } = chooseSubmission(senders);
  return connectors.flatMap((mine, index) =>
    connectors.slice(0, index).map((other) => {
      const key = at(index, mine.match.by === "certificate" ? "certificateName" : "egress");
      const matcher = ({ sender, match }: typeof mine) => ({ name: sender, match });
      return overlapProblem(key, matcher(mine), matcher(other));
    }),
  );
}

/** Positions of what stands earlier in the list already. */
function repeated(list: readonly string[]): number[] {
  return list.flatMap((entry, index) => (list.indexOf(entry) < index ? [index] : []));
}
