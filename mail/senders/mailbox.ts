import type { Problem } from "../problem.ts";
import { fromAddressProblem } from "./fromAddress.ts";

const LONGEST_DISPLAY_NAME = 256;

/**
 * Recipients that Exchange Online lets a mailbox send to in 24 hours.
 *
 * @see https://learn.microsoft.com/office365/servicedescriptions/exchange-online-service-description/exchange-online-limits
 */
export const RECIPIENTS_PER_DAY = 10_000;

/** The one way to write a mailbox's address. */
export const canonicalMailbox = (value: string): string => value.trim().toLowerCase();

/** Says what is wrong with the address of one mailbox. */
export function mailboxAddressProblem(key: string, value: string): Problem | undefined {
  const wrong = value.startsWith("*@") || fromAddressProblem(key, value) !== undefined;
  if (!wrong) return undefined;
  const fix = 'write the one address, such as "erp@contoso.com"';
  return { key, value, rule: "is not the address of a mailbox", fix };
}

/**
 * Says that a display name is empty or too long.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/set-mailbox (DisplayName)
 */
export function displayNameProblem(key: string, value: string): Problem | undefined {
  const fix = `write 1 to ${LONGEST_DISPLAY_NAME} characters`;
  if (value.trim() === "") return { key, value, rule: "is empty", fix };
  if (value.length <= LONGEST_DISPLAY_NAME) return undefined;
  const rule = `has ${value.length} characters, but a display name has ${LONGEST_DISPLAY_NAME} at most`;
  return { key, value, rule, fix };
}

/**
 * Says that a number of recipients is none that Exchange limits to. It takes 0 too, for the service's own limit, which
 * would be no limit of ours.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/new-hostedoutboundspamfilterpolicy
 *   (RecipientLimitPerDay)
 */
export function recipientLimitProblem(key: string, value: number): Problem | undefined {
  if (Number.isInteger(value) && value >= 1 && value <= RECIPIENTS_PER_DAY) return undefined;
  const fix = `write a whole number from 1 to ${RECIPIENTS_PER_DAY.toLocaleString("en-US")}`;
  return { key, value, rule: "is no limit of recipients", fix };
}
