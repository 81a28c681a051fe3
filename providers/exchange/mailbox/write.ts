import type { Invoke } from "../../../tenant/exchange.ts";
import { isNotFound } from "../../../tenant/exchangeError.ts";
import { clientAccessOf, type MailboxForm, settingsOf } from "./form.ts";

/**
 * Writes properties of a mailbox.
 *
 * @param differs names of those to write
 * @returns those that this tenant can't give it, which stay as they are
 */
export async function writeMailbox(
  invoke: Invoke,
  guid: string,
  differs: readonly string[],
  wanted: MailboxForm,
): Promise<"retentionPolicy"[]> {
  const common = { Identity: guid, Confirm: false };
  const settings = settingsOf(differs, wanted);
  const access = clientAccessOf(differs, wanted);
  if (Object.keys(settings).length > 0) await invoke("Set-Mailbox", { ...common, ...settings });
  if (Object.keys(access).length > 0) await invoke("Set-CASMailbox", { ...common, ...access });
  if (!differs.includes("retentionPolicy")) return [];
  const RetentionPolicy = wanted.retentionPolicy;
  try {
    await invoke("Set-Mailbox", { ...common, RetentionPolicy });
    return [];
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const title = `mailbox ${wanted.address}`;
    console.log(`the tenant has no retention policy "${RetentionPolicy}" for ${title}`);
    return ["retentionPolicy"];
  }
}
