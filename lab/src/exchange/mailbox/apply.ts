import type { Mailbox } from "../../world/recipients.ts";
import type { World } from "../../world/world.ts";
import { CmdletError } from "../failure.ts";
import { notFound } from "../failures.ts";
import type { Bound } from "../parameterType.ts";
import { editAddresses } from "./addresses.ts";
import { accountOf } from "./directory.ts";
import { demandLength } from "./make.ts";
import { CUSTOM_ATTRIBUTES } from "./parameters.ts";

/** The retention policies that every tenant has. */
const RETENTION_POLICIES = ["Default MRM Policy", "ArbitrationMailbox"] as const;

/**
 * The mailbox that `current` becomes with the bound parameters of Set-Mailbox. `current` stays as it is.
 *
 * @throws CmdletError when a value is not valid
 */
export function applyParameters(current: Mailbox, bound: Bound, world: World): Mailbox {
  const edit = bound.list("EmailAddresses");
  const emailAddresses =
    edit === undefined ? current.emailAddresses : editAddresses(current, edit, world);
  const displayName = bound.text("DisplayName") ?? (bound.has("DisplayName") ? "" : undefined);
  if (displayName !== undefined) demandLength("DisplayName", displayName, 1, 256);
  const account = accountOf(current, world);
  return {
    ...current,
    address: (emailAddresses[0] ?? "").replace(/^SMTP:/, ""),
    emailAddresses,
    displayName: displayName ?? current.displayName,
    accountDisabled:
      bound.flag("AccountDisabled") ??
      (account ? !account.accountEnabled : current.accountDisabled),
    hiddenFromAddressListsEnabled:
      bound.flag("HiddenFromAddressListsEnabled") ?? current.hiddenFromAddressListsEnabled,
    messageCopyForSMTPClientSubmissionEnabled:
      bound.flag("MessageCopyForSMTPClientSubmissionEnabled") ??
      current.messageCopyForSMTPClientSubmissionEnabled,
    retentionPolicy: bound.has("RetentionPolicy")
      ? chooseRetention(bound.text("RetentionPolicy") ?? "", world)
      : current.retentionPolicy,
    customAttributes: applyAttributes(current.customAttributes, bound),
  };
}

/** The policy's own name; empty for none. */
function chooseRetention(given: string, { tenant }: World): string {
  if (given === "") return "";
  const found = RETENTION_POLICIES.find((name) => name.toLowerCase() === given.toLowerCase());
  if (found === undefined) throw new CmdletError(notFound(given, tenant.servers.directory));
  return found;
}

function applyAttributes(before: Record<string, string>, bound: Bound): Record<string, string> {
  const next = { ...before };
  for (const number of CUSTOM_ATTRIBUTES) {
    const parameter = `CustomAttribute${number}`;
    if (!bound.has(parameter)) continue;
    const text = bound.text(parameter) ?? "";
    demandLength(parameter, text, 0, 1024);
    if (text === "") delete next[number];
    else next[number] = text;
  }
  return next;
}

/** Lets everything that knew a mailbox by its old address know it by the new one. */
export function moveAddress(before: string, after: string, world: World): void {
  const moved = (address: string) => (address === before ? after : address);
  for (const permission of world.mailboxPermissions) {
    permission.mailbox = moved(permission.mailbox);
    permission.user = moved(permission.user);
  }
  for (const permission of world.recipientPermissions) {
    permission.mailbox = moved(permission.mailbox);
    permission.trustee = moved(permission.trustee);
  }
  for (const { rule } of world.outboundPolicies) if (rule) rule.from = rule.from.map(moved);
}

/** Takes a mailbox away, with its account and everything that knew it. */
export function takeAway({ guid, address, externalDirectoryObjectId }: Mailbox, world: World) {
  const isOther = (name: string) => name !== address;
  world.mailboxes = world.mailboxes.filter((one) => one.guid !== guid);
  const { users } = world.directory;
  world.directory.users = users.filter(({ id }) => id !== externalDirectoryObjectId);
  for (const user of world.directory.users) {
    if (user.manager === externalDirectoryObjectId) user.manager = null;
  }
  world.mailboxPermissions = world.mailboxPermissions.filter(
    ({ mailbox, user }) => isOther(mailbox) && isOther(user),
  );
  world.recipientPermissions = world.recipientPermissions.filter(
    ({ mailbox, trustee }) => isOther(mailbox) && isOther(trustee),
  );
  for (const { rule } of world.outboundPolicies) if (rule) rule.from = rule.from.filter(isOther);
}
