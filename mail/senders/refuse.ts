// What a sender can be refused for, a function each: it gives the reason, and nothing where there is none.

import { listed, quoted } from "../naming.ts";
import { number } from "../numberText.ts";
import { LIMITS, type LimitId, METHOD_FACTS, type MethodFactId } from "./limits.ts";
import { filesIn, type Load } from "./load.ts";
import { isWildcard } from "./mailbox.ts";
import type { Way } from "./methods.ts";
import type { Refusal } from "./refusal.ts";
import type { Sender } from "./sender.ts";

const EXACT = new Intl.NumberFormat("en-US", { maximumFractionDigits: 2 });

/** Refuses what is above a limit. */
export function refuseAbove(
  id: LimitId,
  used: number | undefined,
  { does, fix }: { readonly does: string; readonly fix: string },
): Refusal | undefined {
  const { value, counts } = LIMITS[id];
  if (used === undefined || used <= value) return undefined;
  // Upwards: 35.004 is not to be read as 35 beside a limit of 35.
  const because = `it ${does} ${EXACT.format(Math.ceil(used * 100) / 100)}, and the limit is ${number(value)} ${counts}`;
  return { limit: id, because, fix };
}

export const refuseRecipients = (id: LimitId, { recipientsPerMessage }: Load) =>
  refuseAbove(id, recipientsPerMessage, {
    does: "addresses one message to",
    fix: `have it split its messages, and set recipientsPerMessage to ${LIMITS[id].value} or less`,
  });

export const refuseSize = (id: LimitId, { encodedMB }: Load) =>
  refuseAbove(id, encodedMB, {
    does: "sends messages of up to",
    fix: `have it send links in place of large attachments, and set largestMessageMB to ${number(filesIn(LIMITS[id].value))} or less`,
  });

export const refuseWildcard = (from: readonly string[], and: string): Refusal | undefined =>
  from.some(isWildcard)
    ? {
        because: `its from stands for every address of a domain, and ${and}`,
        fix: "list its addresses in from one by one",
      }
    : undefined;

/** Exchange Online is no service for bulk mail to other organisations. */
export const refuseBulkOutside = (
  sender: Sender,
  { purpose, external }: Load,
): Refusal | undefined =>
  purpose === "transactional" || (purpose === "bulk" && external === 0)
    ? undefined
    : {
        because: `${sends(sender, purpose)}${external > 0 ? " to other organisations" : ""}, for which Microsoft refers to services that specialise in it`,
        fix:
          takeOut(sender) ??
          "send this mail with Azure Communication Services or another such service",
        fact: "bulkByMailbox",
      };

export const refuseBulk = (sender: Sender, { purpose, external }: Load): Refusal | undefined =>
  purpose === "transactional"
    ? undefined
    : {
        because: `${sends(sender, purpose)}, ${
          external === 0
            ? "for which Microsoft has High Volume Email inside"
            : "which Microsoft calls misuse of a connector"
        }`,
        fix:
          takeOut(sender) ??
          (refuseWithout(sender, "oauth", "password") === undefined
            ? "send this mail with another method"
            : "add oauth or password to authentication if the sender can do it, or remove the sender and send this mail with a service that specialises in it"),
        fact: external === 0 ? "highVolumeInside" : "bulkByConnector",
      };

/** Who sends mail of a purpose: a sender, or those that send through it. */
function sends({ purposeOf: names }: Sender, purpose: Load["purpose"]): string {
  if (names === undefined) return `it sends ${purpose} mail`;
  return `${listed(quoted(names))} send${names.length === 1 ? "s" : ""} ${purpose} mail through it`;
}

/** The fix where those behind a sender send what it must not. */
function takeOut({ purposeOf: names }: Sender): string | undefined {
  if (names === undefined) return undefined;
  const they = names.length === 1 ? "it" : "them";
  return `remove via from ${listed(quoted(names))} and have ${they} sign in, or remove ${they} and send this mail with a service that specialises in it`;
}

/** Refuses a sender that can authenticate in none of these ways. */
export const refuseWithout = (
  { authentication }: Sender,
  ...ways: readonly Sender["authentication"][number][]
): Refusal | undefined =>
  ways.some((way) => authentication.includes(way))
    ? undefined
    : {
        lacking: true,
        because: `authentication includes ${ways.length > 1 ? "neither " : "no "}${ways.join(" nor ")}`,
        fix: canDo(authentication, ...ways),
      };

/** The fix for a way to authenticate that is missing. A fixed address is no ability of the sender's. */
function canDo(authentication: Sender["authentication"], ...ways: readonly string[]): string {
  if (!authentication.includes("none")) {
    return `add ${ways.join(" or ")} to authentication if the sender can do it`;
  }
  const [first] = ways;
  return `set authentication to [${first}]${first === "staticIp" ? "" : " if the sender can do it"}`;
}

export const refuseOutside = ({ external }: Load, fact: MethodFactId): Refusal | undefined =>
  external === 0
    ? undefined
    : {
        because: `it sends to other organisations (external: ${external}), and this method reaches recipients inside alone`,
        fix: "set external to 0 if all its recipients are inside",
        fact,
      };

/**
 * What delivers its mail itself, to whomever, sends nothing through Exchange Online: its mail is judged by DNS alone. Microsoft's
 * comparison of the methods has it under direct send, with the advice to let the third party send in SPF.
 *
 * @see https://learn.microsoft.com/exchange/mail-flow-best-practices/how-to-set-up-a-multifunction-device-or-application-to-send-email-using-microsoft-365-or-office-365
 */
export const DELIVERS_ITSELF: Refusal = {
  because: "it is a service that delivers its mail itself",
  fix: "remove the sender, and list the service in otherServices of its domain",
};

/**
 * By OAuth an app needs Mail.Send of Office 365 Exchange Online, a permission on every mailbox by its description. No page says
 * what it opens beside High Volume Email, so that the stack gives it to no app.
 */
export const refuseWithoutPassword = ({ authentication }: Sender): Refusal | undefined =>
  authentication.includes("password")
    ? undefined
    : {
        lacking: true,
        because: `authentication includes no password${authentication.includes("oauth") ? ", and with OAuth its app would need Mail.Send, the right to send as any user" : ""}`,
        fix: canDo(authentication, "password"),
      };

export const refuseOtherAddresses = ({ from }: Sender): Refusal | undefined =>
  new Set(from).size < 2
    ? undefined
    : {
        because: `it sends as ${from.length} addresses, and an account sends as its own alone`,
        fix: "split it into several senders with an address each",
      };

/** Ways that have to be asked for, as they need more than the stack can know of or make. */
export const refuseUnasked = (sender: Sender, { method }: Way, as: string): Refusal | undefined =>
  sender.method === method
    ? undefined
    : { lacking: true, because: as, fix: `set method to ${method}` };

/** High Volume Email is not in every cloud. */
export const refuseOtherClouds = ({ environment }: Sender): Refusal | undefined =>
  environment === undefined
    ? undefined
    : {
        lacking: true,
        because: `its tenant is in the cloud "${environment}", and ${METHOD_FACTS.highVolumeClouds.says}`,
        fix: "have it use another method",
        fact: "highVolumeClouds",
      };
