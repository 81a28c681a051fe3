import type { Cmdlet } from "../cmdlet.ts";
import { CmdletError } from "../failure.ts";
import { notFound, nothingModified } from "../failures.ts";
import { ask, give, giveNothing, limit } from "../outcome.ts";
import { applyParameters, moveAddress, takeAway } from "./apply.ts";
import { accountOf, chooseMailboxes, findMailbox } from "./directory.ts";
import * as failures from "./failures.ts";
import { chooseNames, makeShared } from "./make.ts";
import * as parameters from "./parameters.ts";
import { presentMailbox, presentRecipient } from "./present.ts";

/** New-Mailbox -Shared: answers the new object; its account appears in the directory at once. */
export const newMailbox: Cmdlet = {
  reads: false,
  parameters: parameters.newParameters,
  mandatory: ["Name"],
  run(bound, context) {
    const { world } = context;
    if (bound.flag("Shared") !== true) throw new CmdletError(failures.notShared());
    const names = chooseNames(bound, world);
    if (bound.flag("Confirm") === true) return ask("New-Mailbox", names.name);
    const { mailbox, user } = makeShared(names, context);
    world.mailboxes.push(mailbox);
    world.directory.users.push(user);
    return give(presentMailbox(mailbox, world));
  },
};

/** Get-Mailbox: one by identity, all without one; of the given kinds alone. */
export const getMailbox: Cmdlet = {
  reads: true,
  parameters: parameters.getParameters,
  mandatory: [],
  run(bound, { world }) {
    const identity = bound.text("Identity");
    const kinds = bound.list("RecipientTypeDetails");
    const found = chooseMailboxes(identity, world).filter(
      ({ recipientTypeDetails: kind }) => !Array.isArray(kinds) || kinds.includes(kind),
    );
    if (typeof identity === "string" && found.length === 0) {
      throw new CmdletError(notFound(identity, world.tenant.servers.directory));
    }
    return give(...limit(found, bound).map((mailbox) => presentMailbox(mailbox, world)));
  },
};

/** Set-Mailbox: answers nothing. The account in the directory is switched and renamed with it. */
export const setMailbox: Cmdlet = {
  reads: false,
  parameters: parameters.setParameters,
  mandatory: ["Identity"],
  run(bound, { world, clock }) {
    const current = findMailbox(bound.text("Identity") ?? "", world);
    if (bound.flag("Confirm") !== false) return ask("Set-Mailbox", current.name);
    const next = applyParameters(current, bound, world);
    if (JSON.stringify(next) === JSON.stringify(current)) {
      return giveNothing(nothingModified(current.name));
    }
    const { address, displayName } = current;
    Object.assign(current, next, { whenChanged: clock.now().toISOString() });
    if (address !== current.address) moveAddress(address, current.address, world);
    const account = accountOf(current, world);
    if (!account) return giveNothing();
    account.accountEnabled = !current.accountDisabled;
    if (address !== current.address) account.properties.mail = current.address;
    if (displayName !== current.displayName) account.properties.displayName = current.displayName;
    return giveNothing();
  },
};

/** Remove-Mailbox: answers nothing. The account goes with it; assumed: its addresses are free at once. */
export const removeMailbox: Cmdlet = {
  reads: false,
  parameters: parameters.removeParameters,
  mandatory: ["Identity"],
  run(bound, { world }) {
    const mailbox = findMailbox(bound.text("Identity") ?? "", world);
    if (bound.flag("Confirm") !== false) return ask("Remove-Mailbox", mailbox.name);
    takeAway(mailbox, world);
    return giveNothing();
  },
};

/** Get-Recipient: one by identity, all without one. The lab's recipients are mailboxes. */
export const getRecipient: Cmdlet = {
  reads: true,
  parameters: {
    Identity: {
      is: "identity",
      type: "Microsoft.Exchange.Configuration.Tasks.RecipientIdParameter",
    },
    ResultSize: { is: "size" },
  },
  mandatory: [],
  run(bound, { world }) {
    const found = chooseMailboxes(bound.text("Identity"), world);
    return give(...limit(found, bound).map((mailbox) => presentRecipient(mailbox, world)));
  },
};
