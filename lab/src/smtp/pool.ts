import { lookUp } from "../dns/lookUp.ts";
import { originOf } from "../world/pools.ts";
import type { Pool, World } from "../world/world.ts";
import { actionOf, type Judgement, judge } from "./judge.ts";
import { authorDomain, domainOf, fieldName, formatMessage, parseMessage } from "./message.ts";
import { isSpamTest } from "./spam.ts";

/**
 * Whether mail is neither the tenant's domain's nor authenticated as it comes in, so that the relay pool takes it. The
 * null sender's is not (assumed).
 *
 * @see "Outbound delivery pools" (Learn): MAIL FROM in an accepted domain, SPF, or DKIM of that domain keep it out
 */
export function needsRelayPool(
  sender: string,
  { spf, dkim }: Judgement,
  { tenant }: World,
): boolean {
  const domain = domainOf(sender);
  const isOurs = tenant.acceptedDomains.some(({ name }) => name === domain);
  const isSigned = dkim?.result === "pass" && dkim.domain === domain;
  return sender !== "" && !isOurs && spf !== "pass" && !isSigned;
}

/**
 * The pool that a signed message leaves by. Spam goes through the high-risk pool, and so does mail of a domain that has
 * neither A nor MX record ("Outbound delivery pools", Learn), and mail that fails DMARC of a domain with the policy quarantine or
 * reject ("Use DMARC to validate email", Learn).
 *
 * @param signed one char a byte (latin1)
 * @param from envelope sender; empty for the null sender
 * @param usual the pool of mail that is none of these
 */
export async function choosePool(
  signed: string,
  { from, usual, at }: { from: string; usual: Pool; at: Date },
  world: World,
): Promise<Pool> {
  const domain = authorDomain(parseMessage(signed));
  if (isSpamTest(signed) || (domain !== "" && !takesReplies(world, at, domain))) return "highRisk";
  const { address, host } = originOf(usual, world);
  const message = { raw: signed, sender: from, clientAddress: address, helo: host, at };
  const { dmarc } = await judge(message, world);
  return actionOf(dmarc) === "none" ? usual : "highRisk";
}

/** Whether a domain has a record that lets its mail be answered. */
function takesReplies(world: World, at: Date, domain: string): boolean {
  return ["MX", "A", "AAAA"].some((type) =>
    lookUp(world, at, domain, type).answers.some((answer) => answer.type === type),
  );
}

/** The message with spam in the report of Exchange's filter (assumed: whatever took it to the high-risk pool). */
export function reportSpam(signed: string): string {
  const message = parseMessage(signed);
  const fields = message.fields.map((field) =>
    fieldName(field) === "x-forefront-antispam-report"
      ? field
          .replace(/SCL:-?\d;/, "SCL:5;")
          .replace(/SFV:\w+;/, "SFV:SPM;")
          .replace(/CAT:\w+;/, "CAT:SPM;")
      : field,
  );
  return formatMessage({ ...message, fields });
}
