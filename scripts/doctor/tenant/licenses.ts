import { judgeLicenses, type LicensedSender } from "../../../mail/doctor/tenant/licenses.ts";
import { chooseSubmission } from "../../../mail/senders/choose.ts";
import { findOne, HAS_ADDRESS, text } from "../../../providers/exchange/find.ts";
import type { Invoke } from "../../../tenant/exchange.ts";
import { type Graph, graph, type UserLicenses } from "../../../tenant/graph.ts";
import type { Check } from "../check.ts";
import type { CheckContext } from "../context.ts";

/** Whether the licences of senders are there and assigned. */
export const licenses: Check = {
  name: "licences",
  title: "licences of the senders",
  async look(context) {
    const tenant = graph(await context.connect());
    const licensed = await licensedSenders(context, tenant);
    if (licensed.length === 0) {
      return { findings: [], notLookedAt: "no sender of the stack file has a license" };
    }
    return judgeLicenses(licensed, await tenant.subscriptions());
  },
};

/** The senders of a stack file with a license, each with the user of its mailbox. */
export async function licensedSenders(
  { config, senders, invoke }: Pick<CheckContext, "config" | "invoke" | "senders">,
  tenant: Graph,
): Promise<LicensedSender[]> {
  const known: LicensedSender[] = [];
  for (const { sender, mailbox } of chooseSubmission(config.senders).submitting) {
    const { address, license } = mailbox;
    if (license === undefined) continue;
    const user = await userOf(address, tenant, invoke);
    known.push({ sender, address, license, isMade: senders.has(sender), user });
  }
  return known;
}

/** The user of an address, by its user principal name or else by its mailbox. */
async function userOf(
  address: string,
  tenant: Graph,
  invoke: Invoke,
): Promise<UserLicenses | undefined> {
  const user = await tenant.user(address);
  if (user !== undefined) return user;
  const recipient = await findOne(invoke, "Get-Recipient", address, HAS_ADDRESS);
  const id = text(recipient?.ExternalDirectoryObjectId);
  return id === "" ? undefined : tenant.user(id);
}
