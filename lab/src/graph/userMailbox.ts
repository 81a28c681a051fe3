import { type Context, newGuid } from "../context.ts";
import { licensesOf, type User } from "../world/directory.ts";
import { newMailbox } from "../world/recipients.ts";
import type { World } from "../world/world.ts";

/**
 * Gives Exchange what follows from a user's licences: a mailbox comes with the first one that has Exchange in it,
 * and goes with the last. A shared mailbox needs none. The switches of the account reach the mailbox too.
 */
export function syncMailbox(user: User, context: Context): void {
  const { world } = context;
  const mailbox = world.mailboxes.find((one) => one.externalDirectoryObjectId === user.id);
  const isLicensed = licensesOf(user).some((skuId) => hasExchange(skuId, world));
  if (mailbox === undefined) {
    if (isLicensed) createMailbox(user, context);
    return;
  }
  if (!isLicensed && mailbox.recipientTypeDetails === "UserMailbox") {
    removeMailbox(user, world);
    return;
  }
  mailbox.accountDisabled = !user.accountEnabled;
  mailbox.hiddenFromAddressListsEnabled = isHidden(user) ?? mailbox.hiddenFromAddressListsEnabled;
}

/** Removes a user's mailbox, with all rights on it and of it, and its place in rules. */
export function removeMailbox(user: User, world: World): void {
  const gone = world.mailboxes.find((one) => one.externalDirectoryObjectId === user.id);
  if (gone === undefined) return;
  const { address } = gone;
  world.mailboxes = world.mailboxes.filter((one) => one !== gone);
  world.mailboxPermissions = world.mailboxPermissions.filter(
    (one) => ![one.mailbox, one.user].includes(address),
  );
  world.recipientPermissions = world.recipientPermissions.filter(
    (one) => ![one.mailbox, one.trustee].includes(address),
  );
  for (const { rule } of world.outboundPolicies) {
    if (rule) rule.from = rule.from.filter((sender) => sender !== address);
  }
}

/** Gives back what a user who is removed has; each user needs one licence of a SKU, however it came by it. */
export function freeLicenses(user: User, { tenant }: World): void {
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

function hasExchange(sku: string, { tenant }: World): boolean {
  const plans = tenant.skus.find(({ skuId }) => skuId === sku)?.servicePlans ?? [];
  return plans.some(
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
