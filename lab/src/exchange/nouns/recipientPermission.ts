import type { Mailbox, RecipientPermission } from "../../world/recipients.ts";
import type { World } from "../../world/world.ts";
import { grantedAt } from "../times.ts";
import { definePermission } from "./permission.ts";

/** Who may send as a recipient. */
export const recipientPermissionCmdlets = definePermission({
  name: "RecipientPermission",
  identity: "RecipientIdParameter",
  trustee: "Trustee",
  rights: {
    is: "enums",
    type: "Microsoft.Exchange.Management.RecipientTasks.RecipientAccessRight",
    names: ["SendAs"],
  },
  ownRights: ["SendAs"],
  present: ({ name }, trustee, rights) => ({
    Identity: name,
    Trustee: trustee,
    AccessControlType: "Allow",
    AccessRights: rights,
    IsInherited: false,
    InheritanceType: "None",
    IsValid: true,
  }),
  holders: ({ address }, { recipientPermissions }) =>
    recipientPermissions.filter((one) => one.mailbox === address).map(({ trustee }) => trustee),
  held: (mailbox, key, world) => (entryOf(mailbox, key, world) ? ["SendAs"] : []),
  grant({ address }, key, _rights, context) {
    context.world.recipientPermissions.push({
      mailbox: address,
      trustee: key,
      effectiveAt: grantedAt(context),
    });
  },
  revoke(mailbox, key, _rights, world) {
    const entry = entryOf(mailbox, key, world);
    world.recipientPermissions = world.recipientPermissions.filter((one) => one !== entry);
  },
});

function entryOf(
  { address }: Mailbox,
  key: string,
  { recipientPermissions }: World,
): RecipientPermission | undefined {
  return recipientPermissions.find((one) => one.mailbox === address && one.trustee === key);
}
