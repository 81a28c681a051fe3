import { newGuid } from "../../context.ts";
import { deleteUser } from "../../graph/userMailbox.ts";
import type { HveAccount } from "../../world/highVolume.ts";
import { refusal } from "../cmdletError.ts";
import { type Directory, demandFreeName } from "../directory.ts";
import { defineNoun } from "../noun.ts";
import type { Bound } from "../parameters.ts";
import { type Properties, withValues } from "../properties.ts";
import { demandFreeAddresses, editAddresses } from "./mailboxAddresses.ts";
import { accountDraft, chooseNames } from "./mailboxDraft.ts";
import {
  ATTRIBUTE_PARAMETERS,
  accountOf,
  demandFreeAlias,
  editAttributes,
  presentRecipient,
  recipients,
  SHOWN_PROPERTIES,
  userNameOf,
} from "./recipient.ts";

/** Accounts of High Volume Email, found as other recipients are. */
export const hveAccounts: Directory<HveAccount> = {
  ...recipients,
  all: (world) => world.hveAccounts,
};

const properties: Properties<HveAccount> = {
  ...SHOWN_PROPERTIES,
};

/**
 * Mail users of the kind that High Volume Email has, with their accounts in the directory. Assumed: Get shows them with and
 * without its switch; Remove deletes the account with them, and the addresses are free at once.
 */
export const mailUserCmdlets = defineNoun<HveAccount>({
  name: "MailUser",
  identity: "MailUserIdParameter",
  directory: hveAccounts,
  properties,
  present: (account, { world }) => ({
    ...presentRecipient(account, world),
    UserPrincipalName: userNameOf(account, world),
    ExternalEmailAddress: null,
  }),
  new: {
    parameters: {
      Name: { is: "text" },
      HVEAccount: { is: "flag" },
      Password: { is: "text" },
      Alias: { is: "text" },
      DisplayName: { is: "text" },
      PrimarySmtpAddress: { is: "identity", type: "Microsoft.Exchange.Data.SmtpAddress" },
    },
    mandatory: ["Name", "Password"],
    draft(bound, { world, clock }) {
      demandHve(bound);
      const now = clock.now().toISOString();
      return {
        ...chooseNames(bound, world),
        guid: "",
        externalDirectoryObjectId: "",
        recipientTypeDetails: "MailUser",
        accountDisabled: false,
        hiddenFromAddressListsEnabled: false,
        authenticationPolicy: null,
        customAttributes: {},
        replyTo: "",
        allowedApps: [],
        billingPolicyId: null,
        whenCreated: now,
        whenChanged: now,
      };
    },
    demandUnique(account, world) {
      demandFreeName(recipients, account.name, world);
      demandFreeAddresses(account.emailAddresses, undefined, world);
      demandFreeAlias(account, world);
    },
    add(account, bound, { world, userPasswords }) {
      account.externalDirectoryObjectId = newGuid(world);
      account.guid = newGuid(world);
      world.hveAccounts.push(account);
      // Assumed: the user principal name is the address; public settings for devices sign in with that.
      const user = { ...accountDraft(account, world), userPrincipalName: account.address };
      world.directory.users.push(user);
      userPasswords[user.id] = bound.text("Password") ?? "";
      return [];
    },
  },
  get: { parameters: { HVEAccount: { is: "flag" } } },
  set: {
    parameters: {
      HVEAccount: { is: "flag" },
      EmailAddresses: { is: "list" },
      ...ATTRIBUTE_PARAMETERS,
    },
    edit(current, bound, { world }) {
      const edit = bound.list("EmailAddresses");
      const emailAddresses =
        edit === undefined ? current.emailAddresses : editAddresses(current, edit, world);
      return {
        ...withValues(properties, current, bound, world),
        address: (emailAddresses[0] ?? "").replace(/^SMTP:/, ""),
        emailAddresses,
        customAttributes: editAttributes(current.customAttributes, bound),
      };
    },
    beforeChange(current, { address, displayName }, { world }) {
      const user = accountOf(current, world);
      if (user) Object.assign(user.properties, { mail: address, displayName });
    },
  },
  remove: {
    beforeRemove(account, context) {
      const user = accountOf(account, context.world);
      if (user) deleteUser(user, context);
    },
  },
});

function demandHve(bound: Bound): void {
  if (bound.flag("HVEAccount") !== true) throw refusal("exchange.not-hve");
}
