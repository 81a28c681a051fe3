import type { Mailbox } from "../../world/recipients.ts";
import { refusal } from "../cmdletError.ts";
import { parseOpath } from "../recipientFilter.ts";

/** Those of Get-Mailbox's Filter that the lab acts on ("Filterable properties for the Filter parameter", Learn). */
const PROPERTIES = ["Name", "DisplayName", "CustomAttribute15"] as const;

/**
 * Whether a mailbox passes the Filter of Get-Mailbox: `-eq` and `-like`, whose asterisks stand for any text, put together by
 * `-or`. Letter case does not count.
 *
 * @param filter null for none, which all pass
 * @throws CmdletError when the lab can't read it
 */
export function mailboxFilter(filter: string | null): (mailbox: Mailbox) => boolean {
  if (filter === null) return () => true;
  const comparisons = parseOpath(filter, PROPERTIES, ["-eq", "-like"]);
  if (!Array.isArray(comparisons)) {
    const { kind, at, position } = comparisons;
    const subject = kind === "property" ? `"${at}" ` : "";
    throw refusal("exchange.bad-filter", { filter, subject, problem: kind, at, position });
  }
  const tests = comparisons.map(({ property, operator, value }) => {
    const parts = operator === "-like" ? value.split("*") : [value];
    const pattern = new RegExp(
      `^${parts.map((part) => part.replace(/[^\w\s]/g, "\\$&")).join(".*")}$`,
      "is",
    );
    return (mailbox: Mailbox) => pattern.test(propertyOf(mailbox, property));
  });
  return (mailbox) => tests.some((test) => test(mailbox));
}

function propertyOf(mailbox: Mailbox, property: (typeof PROPERTIES)[number]): string {
  switch (property) {
    case "Name":
      return mailbox.name;
    case "DisplayName":
      return mailbox.displayName;
    case "CustomAttribute15":
      return mailbox.customAttributes[15] ?? "";
  }
}
