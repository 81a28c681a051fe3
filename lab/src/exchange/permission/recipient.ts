import type { Mailbox, RecipientPermission } from "../../world/recipients.ts";
import type { World } from "../../world/world.ts";
import type { Cmdlet, ExchangeObject } from "../cmdlet.ts";
import { grantedAt } from "../effective.ts";
import { chooseMailboxes, findMailbox, recipientName } from "../mailbox/directory.ts";
import { ask, give, giveNothing, limit } from "../outcome.ts";
import type { ParameterType } from "../parameterType.ts";
import { alreadyPresent } from "./failures.ts";
import { findTrustee, SELF, shownAs, tellAbsent } from "./trustee.ts";

const identity: ParameterType = {
  is: "identity",
  type: "Microsoft.Exchange.Configuration.Tasks.RecipientIdParameter",
};
const trustee: ParameterType = {
  is: "identity",
  type: "Microsoft.Exchange.Configuration.Tasks.SecurityPrincipalIdParameter",
};
/** What Add- and Remove-RecipientPermission share. */
const common: Record<string, ParameterType> = {
  Identity: identity,
  Trustee: trustee,
  AccessRights: {
    is: "enums",
    type: "Microsoft.Exchange.Management.RecipientTasks.RecipientAccessRight",
    names: ["SendAs"],
  },
  Confirm: { is: "flag" },
};

function present(name: string, shown: string): ExchangeObject {
  return {
    Identity: name,
    Trustee: shown,
    AccessControlType: "Allow",
    AccessRights: ["SendAs"],
    IsInherited: false,
    InheritanceType: "None",
    IsValid: true,
  };
}

function entryOf(mailbox: Mailbox, key: string, world: World): RecipientPermission | undefined {
  return world.recipientPermissions.find(
    (one) => one.mailbox === mailbox.address && one.trustee === key,
  );
}

/** Add-RecipientPermission: answers the entry. A right that is there already is warned of. */
export const addRecipientPermission: Cmdlet = {
  reads: false,
  parameters: common,
  mandatory: ["Identity", "Trustee", "AccessRights"],
  run(bound, context) {
    const { world } = context;
    const mailbox = findMailbox(bound.text("Identity") ?? "", world);
    const { key, shown } = findTrustee(bound.text("Trustee") ?? "", world);
    if (bound.flag("Confirm") !== false) return ask("Add-RecipientPermission", mailbox.name);
    if (entryOf(mailbox, key, world)) {
      return giveNothing(alreadyPresent(recipientName(world, mailbox.name), shown));
    }
    const effectiveAt = grantedAt(context);
    world.recipientPermissions.push({ mailbox: mailbox.address, trustee: key, effectiveAt });
    return give(present(mailbox.name, shown));
  },
};

/** Get-RecipientPermission: who may send as a recipient, or as any; its own user first. */
export const getRecipientPermission: Cmdlet = {
  reads: true,
  parameters: { Identity: identity, Trustee: trustee, ResultSize: { is: "size" } },
  mandatory: [],
  run(bound, { world }) {
    const wanted = bound.text("Trustee") ?? null;
    const isSelf = wanted?.toUpperCase() === SELF;
    const only = wanted === null || isSelf ? null : findTrustee(wanted, world).key;
    const found = chooseMailboxes(bound.text("Identity"), world).flatMap(({ name, address }) => {
      const others = world.recipientPermissions.filter(
        (one) => one.mailbox === address && !isSelf && (only === null || one.trustee === only),
      );
      const shown = others.map((one) => shownAs(one.trustee, world));
      return (only === null ? [SELF, ...shown] : shown).map((text) => present(name, text));
    });
    return give(...limit(found, bound));
  },
};

/** Remove-RecipientPermission: answers nothing; counts at once (assumed). */
export const removeRecipientPermission: Cmdlet = {
  reads: false,
  parameters: common,
  mandatory: ["Identity", "Trustee", "AccessRights"],
  run(bound, { world }) {
    const mailbox = findMailbox(bound.text("Identity") ?? "", world);
    const holder = findTrustee(bound.text("Trustee") ?? "", world);
    if (bound.flag("Confirm") !== false) return ask("Remove-RecipientPermission", mailbox.name);
    const entry = entryOf(mailbox, holder.key, world);
    if (!entry) return tellAbsent(mailbox.name, holder, world);
    world.recipientPermissions = world.recipientPermissions.filter((one) => one !== entry);
    return giveNothing();
  },
};
