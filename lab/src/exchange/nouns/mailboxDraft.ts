import type { Context } from "../../context.ts";
import type { User } from "../../world/directory.ts";
import { type Mailbox, newMailbox, type Recipient } from "../../world/recipients.ts";
import type { World } from "../../world/world.ts";
import { refusal } from "../cmdletError.ts";
import { demandLength } from "../directory.ts";
import type { Bound } from "../parameters.ts";
import { canonicalAddress } from "./mailboxAddresses.ts";

const ALIAS = /^[a-z0-9!#$%&'*+\-/=?^_`{|}~]+(\.[a-z0-9!#$%&'*+\-/=?^_`{|}~]+)*$/i;

/**
 * A shared mailbox as New-Mailbox makes it, without GUIDs.
 *
 * @throws CmdletError when one of its names is not valid
 */
export function mailboxDraft(bound: Bound, { world, clock }: Context): Mailbox {
  const now = clock.now().toISOString();
  const names = {
    ...chooseNames(bound, world),
    guid: "",
    externalDirectoryObjectId: "",
    recipientTypeDetails: "SharedMailbox" as const,
  };
  return { ...newMailbox(names, now), accountDisabled: world.settings.sharedSignIn !== "open" };
}

const defaultDomainOf = ({ acceptedDomains, initialDomain }: World["tenant"]): string =>
  acceptedDomains.find(({ isDefault }) => isDefault)?.name ?? initialDomain;

/**
 * The names that New-Mailbox and New-MailUser give. Without Alias it is made of the address or the name; without an address it is
 * the alias in the default domain. Assumed: it has the alias in the initial domain too, as Exchange's own address
 * policy gives it.
 *
 * @throws CmdletError when one is not valid
 */
export function chooseNames(
  bound: Bound,
  world: World,
): Pick<Recipient, "name" | "alias" | "displayName" | "address" | "emailAddresses"> {
  const { initialDomain } = world.tenant;
  const name = bound.text("Name") ?? "";
  const given = bound.text("PrimarySmtpAddress") ?? undefined;
  const alias =
    bound.text("Alias") ?? (given?.split("@")[0] || name.replaceAll(/[^a-z0-9._-]/gi, ""));
  const displayName = bound.text("DisplayName") ?? name;
  demandLength("Name", name, 1, 64);
  demandLength("DisplayName", displayName, 1, 256);
  if (alias.length > 64 || !ALIAS.test(alias)) throw refusal("exchange.bad-alias", { alias });
  const address = canonicalAddress(given ?? `${alias}@${defaultDomainOf(world.tenant)}`, world);
  const byPolicy = `${alias.toLowerCase()}@${initialDomain}`;
  const emailAddresses = [`SMTP:${address}`, ...(byPolicy === address ? [] : [`smtp:${byPolicy}`])];
  return { name, alias, displayName, address, emailAddresses };
}

/**
 * The account of a new shared mailbox, which has no licence. Its user principal name is the alias in the default domain,
 * whatever the address is (it-bibouroku.hateblo.jp).
 */
export function accountDraft(mailbox: Recipient, { tenant }: World): User {
  return {
    id: mailbox.externalDirectoryObjectId,
    userPrincipalName: `${mailbox.alias}@${defaultDomainOf(tenant)}`.toLowerCase(),
    accountEnabled: !mailbox.accountDisabled,
    licenses: [],
    manager: null,
    properties: {
      displayName: mailbox.displayName,
      mailNickname: mailbox.alias,
      mail: mailbox.address,
      usageLocation: null,
      userType: "Member",
      createdDateTime: mailbox.whenCreated,
    },
  };
}
