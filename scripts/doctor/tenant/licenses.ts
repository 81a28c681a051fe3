import { judgeLicenses, type LicensedSender } from "../../../mail/doctor/tenant/licenses.ts";
import { chooseSubmission } from "../../../mail/senders/choose.ts";
import { findOne, HAS_ADDRESS, text } from "../../../providers/exchange/find.ts";
import type { Invoke } from "../../../tenant/exchange.ts";
import { type Graph, graph, type UserLicenses } from "../../../tenant/graph.ts";
import type { Check } from "../check.ts";

/** Whether the licences of senders are there and assigned. */
export const licenses: Check = {
  name: "licences",
  title: "licences of the senders",
  async look({ config, senders, connect, invoke }) {
    const licensed = chooseSubmission(config.senders).submitting.flatMap(({ sender, mailbox }) =>
      mailbox.license === undefined
        ? []
        : [{ sender, address: mailbox.address, license: mailbox.license }],
    );
    if (licensed.length === 0) {
      return { findings: [], notLookedAt: "no sender of the stack file has a license" };
    }
    const tenant = graph(await connect());
    const skus = await tenant.subscriptions();
    const known: LicensedSender[] = [];
    for (const one of licensed) {
      const user = await userOf(one.address, tenant, invoke);
      known.push({ ...one, isMade: senders.has(one.sender), user });
    }
    return judgeLicenses(known, skus);
  },
};

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
