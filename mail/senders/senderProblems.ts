import type { Problem } from "../problem.ts";
import { signsIn } from "./choose.ts";
import { isWildcard, RECIPIENTS_PER_DAY } from "./mailbox.ts";
import type { Sender } from "./sender.ts";

/**
 * What a sender says it can do, and what it says of itself, have to agree.
 *
 * @param key where the sender stands, e.g. `senders[0]`
 */
export function senderProblems(key: string, sender: Sender): Problem[] {
  const { authentication, certificateName, egress } = sender;
  const [certificate, staticIp] = [
    authentication.includes("certificate"),
    authentication.includes("staticIp"),
  ];
  const problems = submissionProblems(key, sender);
  if (certificate && certificateName === undefined) {
    problems.push({
      key: `${key}.authentication`,
      value: authentication,
      rule: "says certificate, but certificateName is missing",
      fix: 'add certificateName, e.g. "relay.contoso.com"',
    });
  }
  if (!certificate && certificateName !== undefined) {
    problems.push({
      key: `${key}.certificateName`,
      value: certificateName,
      rule: "has no effect, as authentication does not say certificate",
      fix: "add certificate to authentication, or drop certificateName",
    });
  }
  if (staticIp && egress.length === 0) {
    problems.push({
      key: `${key}.authentication`,
      value: authentication,
      rule: "says staticIp, but egress lists no address",
      fix: 'add egress, e.g. ["198.51.100.7"]',
    });
  }
  for (const position of repeated(egress)) {
    problems.push({
      key: `${key}.egress[${position}]`,
      value: egress[position],
      rule: "stands in the list already",
      fix: "list each address once",
    });
  }
  return problems;
}

/**
 * What a sender says of signing in has to agree with what it says it can do.
 *
 * @param key where the sender stands, e.g. `senders[0]`
 */
export function submissionProblems(key: string, sender: Sender): Problem[] {
  const problems = [...forNothing(key, sender), ...(signsIn(sender) ? signingIn(key, sender) : [])];
  return sender.authentication.includes("oauth") ? [...problems, ...ofApp(key, sender)] : problems;
}

/** What only some senders have, and what they have to be able to do for it. */
const TAKES = {
  federatedIdentity: ["oauth"],
  signInCertificate: ["oauth"],
  credentialGeneration: ["oauth", "password"],
  recipientsPerDay: ["oauth", "password"],
  license: ["oauth", "password"],
} as const;

/** What is given and has no effect, as the sender does not sign in, or not by that. */
function forNothing(key: string, sender: Sender): Problem[] {
  const method = !signsIn(sender)
    ? undefined
    : sender.authentication.includes("oauth")
      ? "oauth"
      : "password";
  const given = (Object.keys(TAKES) as (keyof typeof TAKES)[]).filter((name) =>
    name === "credentialGeneration" ? sender[name] > 1 : sender[name] !== undefined,
  );
  return given
    .filter((name) => !TAKES[name].some((one) => one === method))
    .map((name) => ({
      key: `${key}.${name}`,
      value: undefined,
      rule: `has no effect, as ${whyNot(sender, TAKES[name])}`,
      fix: `${sender.authentication.includes("oauth") ? "" : "add oauth to authentication, or "}drop ${name}`,
    }));
}

function whyNot({ authentication }: Sender, takes: readonly string[]): string {
  const other = authentication.find((one) => one === "certificate" || one === "staticIp");
  return authentication.includes("password") && other !== undefined && takes.includes("password")
    ? `it can do ${other}, so that it sends by a connector`
    : "authentication does not say oauth";
}

function signingIn(key: string, sender: Sender): Problem[] {
  const { from, egress, authentication, adoptConnector, recipientsPerDay, license } = sender;
  const without = (name: string, value: unknown, rule: string, fix: string): Problem => ({
    key: `${key}.${name}`,
    value,
    rule,
    fix,
  });
  const problems = from.flatMap((value, index) => {
    if (!isWildcard(value)) return [];
    const rule =
      "is every address of a domain, but a sender that signs in has a mailbox of its own";
    const fix = "list its addresses, or let it send by a connector";
    return [without(`from[${index}]`, value, rule, fix)];
  });
  if (egress.length > 0 && !authentication.includes("staticIp")) {
    const rule = "has no effect, as its mail leaves from Exchange";
    problems.push(without("egress", egress, rule, "drop egress"));
  }
  if (adoptConnector !== undefined) {
    const rule = "has no effect, as a sender that signs in has no connector";
    const fix = "drop it, or let the sender send by a connector";
    problems.push(without("adoptConnector", adoptConnector, rule, fix));
  }
  if (recipientsPerDay !== undefined && recipientsPerDay > RECIPIENTS_PER_DAY) {
    const rule = `is more than the ${RECIPIENTS_PER_DAY} that Exchange lets a mailbox send to`;
    const fix = "split it into several senders, or let it send by a connector";
    problems.push(without("recipientsPerDay", recipientsPerDay, rule, fix));
  }
  if (!authentication.includes("oauth") && license === undefined) {
    const rule = "says password alone, but license is missing: a user has no mailbox without one";
    const fix = 'add license, e.g. "EXCHANGESTANDARD", or let the sender do better than a password';
    problems.push(without("authentication", authentication, rule, fix));
  }
  return problems;
}

function ofApp(key: string, sender: Sender): Problem[] {
  const { federatedIdentity, signInCertificate, credentialGeneration } = sender;
  const problems: Problem[] = [];
  if (federatedIdentity !== undefined && signInCertificate !== undefined) {
    problems.push({
      key: `${key}.signInCertificate`,
      value: undefined,
      rule: "stands beside federatedIdentity, which is the better one",
      fix: "drop one of the two",
    });
  }
  if (credentialGeneration > 1 && (federatedIdentity ?? signInCertificate) !== undefined) {
    problems.push({
      key: `${key}.credentialGeneration`,
      value: credentialGeneration,
      rule: "has no effect, as the sender has no secret",
      fix: "drop it",
    });
  }
  return problems;
}

/** Positions of what stands earlier in a list already; undefined entries are passed over. */
export function repeated(list: readonly (string | undefined)[]): number[] {
  return list.flatMap((entry, index) =>
    entry !== undefined && list.indexOf(entry) < index ? [index] : [],
  );
}
