import type { Invoke } from "../../../tenant/exchange.ts";
import { isNotFound } from "../../../tenant/exchangeError.ts";

/**
 * Whether somebody holds a right on a mailbox. Exchange is asked for that one's entries alone, as it shows people and
 * apps under other names than it takes.
 *
 * @param who parameters of the cmdlet: the mailbox, and who has the right
 * @returns false when there is no such right, no such mailbox, or nobody of that name
 */
export async function holdsRight(
  invoke: Invoke,
  cmdlet: "Get-MailboxPermission" | "Get-RecipientPermission",
  who: Readonly<Record<string, string>>,
  right: string,
): Promise<boolean> {
  try {
    const { value } = await invoke(cmdlet, who);
    return value.some(
      ({ AccessRights: rights, Deny: denies, IsInherited: inherited }) =>
        Array.isArray(rights) && rights.includes(right) && denies !== true && inherited !== true,
    );
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}
