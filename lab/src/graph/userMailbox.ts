import { type Context, newGuid } from "../context.ts";
import { forgetAddress } from "../exchange/nouns/mailboxAddresses.ts";
import { deleted } from "../world/deletedItems.ts";
import { licensesOf, type User } from "../world/directory.ts";
import { type Mailbox, newMailbox } from "../world/recipients.ts";
import type { World } from "../world/world.ts";

/**
 * Gives Exchange what follows from a user's licences: a mailbox comes with the first one that has Exchange in it,
 * and goes with the last. A shared mailbox needs none. The switches of the account reach the mailbox too.
 */
export function syncMailbox(user: User, context: Context): void {
  const { world } = context;
  const mailbox = world.mailboxes.find((one) => one.externalDirectoryObjectId === user.id);
  const { disabledPlans = {} } = user;
  const isLicensed = licensesOf(user).some((skuId) =>
    hasExchange(skuId, world, disabledPlans[skuId]),
  );
  if (mailbox === undefined) {
    if (isLicensed) createMailbox(user, context);
    return;
  }
  if (!isLicensed && mailbox.recipientTypeDetails === "UserMailbox") {
    // It is disconnected then, which is not soft-deleted: no cmdlet lists it (michev.info, 4040).
    removeMailbox(mailbox, world);
    return;
  }
  mailbox.accountDisabled = !user.accountEnabled;
  mailbox.hiddenFromAddressListsEnabled = isHidden(user) ?? mailbox.hiddenFromAddressListsEnabled;
}

/**
 * Deletes a user, who gives its licences back, and its mailbox. Both are kept: the user among the directory's deleted items,
 * with its object id before its user principal name, so that the name is free (msgraph scripts that list deleted users
 * strip it); the mailbox as a soft-deleted one.
 */
export function deleteUser(user: User, { world, clock }: Context): void {
  const { directory, deletedItems } = world;
  const now = clock.now();
  const mailbox = world.mailboxes.find((one) => one.externalDirectoryObjectId === user.id);
  if (mailbox !== undefined) {
    removeMailbox(mailbox, world);
    deletedItems.mailboxes.push(deleted(mailbox, now));
  }
  world.hveAccounts = world.hveAccounts.filter((one) => one.externalDirectoryObjectId !== user.id);
  freeLicenses(user, world);
  directory.users = directory.users.filter((one) => one !== user);
  const isOthers = ({ principalId }: { principalId: string }) => principalId !== user.id;
  directory.roleAssignments = directory.roleAssignments.filter(isOthers);
  directory.permissionGrants = directory.permissionGrants.filter(isOthers);
  for (const other of directory.users) if (other.manager === user.id) other.manager = null;
  const userPrincipalName = `${user.id.replaceAll("-", "")}${user.userPrincipalName}`;
  deletedItems.users.push(deleted({ ...user, userPrincipalName }, now));
}

/** Removes a mailbox, with all rights on it and of it, and its place in rules. */
function removeMailbox(mailbox: Mailbox, world: World): void {
  world.mailboxes = world.mailboxes.filter((one) => one !== mailbox);
  forgetAddress(mailbox.address, world);
}

/** Gives back what a user who is removed has; each user needs one licence of a SKU, however it came by it. */
function freeLicenses(user: User, { tenant }: World): void {
  for (const sku of tenant.skus) if (licensesOf(user).includes(sku.skuId)) sku.consumed -= 1;
}

/**
 * Plans that come without a mailbox, by Microsoft's "Product names and service plan identifiers for licensing": the
 * foundation is in almost every SKU, archives are added to a mailbox.
 */
const WITHOUT_MAILBOX = new Set([
  "EXCHANGE_S_ARCHIVE",
  "EXCHANGE_S_ARCHIVE_ADDON",
  "EXCHANGE_S_FOUNDATION",
  "EXCHANGE_S_FOUNDATION_GOV",
]);

/** Whether licences of a SKU bring a mailbox. */
export function hasExchange(
  sku: string,
  { tenant }: World,
  disabled: readonly string[] = [],
): boolean {
  const plans = tenant.skus.find(({ skuId }) => skuId === sku)?.servicePlans ?? [];
  const enabled = plans.filter(({ servicePlanId }) => !disabled.includes(servicePlanId));
  return enabled.some(
    ({ servicePlanName: plan }) => /^EXCHANGE_[BLS]_/.test(plan) && !WITHOUT_MAILBOX.has(plan),
  );
}

function isHidden({ properties }: User): boolean | undefined {
  const { showInAddressList } = properties;
  return typeof showInAddressList === "boolean" ? !showInAddressList : undefined;
}

/**
 * Assumed: Exchange names the mailbox by the account's object id, adds a part of that to an alias that is taken, and
 * gives it an address in the initial domain too.
 */
function createMailbox(user: User, { world, clock }: Context): void {
  const address = user.userPrincipalName.toLowerCase();
  const now = clock.now().toISOString();
  const nickname = String(user.properties.mailNickname);
  const isTaken = world.mailboxes.some((one) => one.alias.toLowerCase() === nickname.toLowerCase());
  const alias = isTaken ? `${nickname}${user.id.slice(0, 5)}` : nickname;
  const byPolicy = `${alias}@${world.tenant.initialDomain}`.toLowerCase();
  const names = {
    address,
    guid: newGuid(world),
    externalDirectoryObjectId: user.id,
    name: user.id,
    alias,
    displayName: String(user.properties.displayName),
    emailAddresses: [`SMTP:${address}`, ...(byPolicy === address ? [] : [`smtp:${byPolicy}`])],
    recipientTypeDetails: "UserMailbox" as const,
  };
  world.mailboxes.push({
    ...newMailbox(names, now),
    accountDisabled: !user.accountEnabled,
    hiddenFromAddressListsEnabled: isHidden(user) ?? false,
  });
  user.properties.mail = address;
}
