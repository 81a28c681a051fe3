import { ownerOf } from "../../mail/ownership.ts";
import { accountSignalProblem } from "../../mail/stop/signals.ts";
import { text } from "../../providers/exchange/find.ts";
import { findMailUser } from "../../providers/exchange/hveAccount.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import type { HveAccountPart } from "./parts.ts";

/**
 * Finds the account of a sender that uses High Volume Email. It goes by its account in Entra: Exchange has no switch of its own for
 * it, and that of SMTP AUTH does not count there.
 *
 * @throws Error with what an administrator can do where its two signals disagree
 * @see https://learn.microsoft.com/exchange/mail-flow-best-practices/troubleshoot-high-volume-email-m365
 *   (SmtpClientAuthenticationDisabled)
 */
export async function findHveAccount(
  owner: string,
  address: string,
  invoke: Invoke,
): Promise<HveAccountPart> {
  const found = await findMailUser(invoke, address);
  const marks = [found?.CustomAttribute15, found?.DisplayName].map(text);
  const mark = marks.find((one) => ownerOf(one) !== undefined) ?? "";
  const problem = accountSignalProblem(owner, address, found && mark);
  if (problem !== undefined) throw new Error(problem);
  const id = text(found?.ExternalDirectoryObjectId);
  return {
    ...{ kind: "hveAccount", address, guid: text(found?.Guid), unread: "" },
    account: { kind: "user", title: `HVE account ${address}`, id, applicationId: "" },
  };
}
