import type { Problem } from "../problem.ts";
import { RECIPIENTS_PER_DAY } from "./chooseMailbox.ts";
import { isWildcard } from "./fromAddress.ts";
import type { Sender } from "./sender.ts";

/** What only a sender that signs in has. */
const OAUTH_ALONE = ["federatedIdentity", "signInCertificate", "recipientsPerDay"] as const;

/**
 * What a sender says of signing in has to agree with what it says it can do.
 *
 * @param key where the sender stands, e.g. `senders[0]`
 */
export function oauthProblems(key: string, sender: Sender): Problem[] {
  return sender.authentication.includes("oauth")
    ? signingIn(key, sender)
    : notSigningIn(key, sender);
}

function signingIn(key: string, sender: Sender): Problem[] {
  const { from, egress, authentication, adoptConnector, credentialGeneration } = sender;
  const { federatedIdentity, signInCertificate, recipientsPerDay } = sender;
  const problems: Problem[] = from.flatMap((value, index) =>
    isWildcard(value)
      ? [
          {
            key: `${key}.from[${index}]`,
            value,
            rule: "is every address of a domain, but with oauth a sender has a mailbox of its own",
            fix: "list its addresses, or let it send by a connector",
          },
        ]
      : [],
  );
  const without = (name: string, value: unknown, rule: string, fix: string) =>
    problems.push({ key: `${key}.${name}`, value, rule, fix });
  if (egress.length > 0 && !authentication.includes("staticIp")) {
    const rule = "has no effect, as its mail leaves from Exchange";
    without("egress", egress, rule, "drop egress");
  }
  if (adoptConnector !== undefined) {
    const rule = "has no effect, as a sender with oauth has no connector";
    without("adoptConnector", adoptConnector, rule, "drop it, or drop oauth from authentication");
  }
  if (federatedIdentity !== undefined && signInCertificate !== undefined) {
    const rule = "stands beside federatedIdentity, which is the better one";
    without("signInCertificate", undefined, rule, "drop one of the two");
  }
  if (credentialGeneration > 1 && (federatedIdentity ?? signInCertificate) !== undefined) {
    const rule = "has no effect, as the sender has no secret";
    without("credentialGeneration", credentialGeneration, rule, "drop it");
  }
  if (recipientsPerDay !== undefined && recipientsPerDay > RECIPIENTS_PER_DAY) {
    const rule = `is more than the ${RECIPIENTS_PER_DAY} that Exchange lets a mailbox send to`;
    const fix = "split it into several senders, or let it send by a connector";
    without("recipientsPerDay", recipientsPerDay, rule, fix);
  }
  return problems;
}

function notSigningIn(key: string, sender: Sender): Problem[] {
  const given = OAUTH_ALONE.filter((name) => sender[name] !== undefined);
  const names = sender.credentialGeneration > 1 ? [...given, "credentialGeneration"] : given;
  return names.map((name) => ({
    key: `${key}.${name}`,
    value: undefined,
    rule: "has no effect, as authentication does not say oauth",
    fix: `add oauth to authentication, or drop ${name}`,
  }));
}
