import { type Context, newGuid } from "../../context.ts";
import type { User } from "../../world/directory.ts";
import type { Mailbox } from "../../world/recipients.ts";
import type { World } from "../../world/world.ts";
import { CmdletError } from "../failure.ts";
import { alreadyExists } from "../failures.ts";
import type { Bound } from "../parameterType.ts";
import { demandFreeAddresses, keepAddress } from "./addresses.ts";
import { recipientName } from "./directory.ts";
import * as failures from "./failures.ts";

const ALIAS = /^[a-z0-9!#$%&'*+\-/=?^_`{|}~]+(\.[a-z0-9!#$%&'*+\-/=?^_`{|}~]+)*$/i;

/** How a new mailbox is named. */
export type MailboxNames = Pick<
  Mailbox,
  "name" | "alias" | "displayName" | "address" | "emailAddresses"
>;

/**
 * The names that New-Mailbox gives. Without Alias it is made of the address or the name; without an address it is
 * the alias in the default domain. Assumed: it has the alias in the initial domain too, as Exchange's own address
 * policy gives it.
 *
 * @throws CmdletError when one is not valid or is taken
 */
export function chooseNames(bound: Bound, world: World): MailboxNames {
  const { acceptedDomains, initialDomain } = world.tenant;
  const name = bound.text("Name") ?? "";
  const given = bound.text("PrimarySmtpAddress") ?? undefined;
  const alias =
    bound.text("Alias") ?? (given?.split("@")[0] || name.replaceAll(/[^a-z0-9._-]/gi, ""));
  const displayName = bound.text("DisplayName") ?? name;
  demandLength("Name", name, 1, 64);
  demandLength("DisplayName", displayName, 1, 256);
  if (alias.length > 64 || !ALIAS.test(alias)) throw new CmdletError(failures.badAlias(alias));
  const defaultDomain = acceptedDomains.find(({ isDefault }) => isDefault)?.name ?? initialDomain;
  const address = keepAddress(given ?? `${alias}@${defaultDomain}`, world);
  const byPolicy = `${alias.toLowerCase()}@${initialDomain}`;
  const emailAddresses = [`SMTP:${address}`, ...(byPolicy === address ? [] : [`smtp:${byPolicy}`])];
  demandFree({ name, alias, displayName, address, emailAddresses }, world);
  return { name, alias, displayName, address, emailAddresses };
}

/** @throws CmdletError when another mailbox has the name, the alias or an address */
function demandFree({ name, alias, emailAddresses }: MailboxNames, world: World): void {
  const namesake = world.mailboxes.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (namesake) throw new CmdletError(alreadyExists(recipientName(world, namesake.name)));
  demandFreeAddresses(emailAddresses, undefined, world);
  const holder = world.mailboxes.find((one) => one.alias.toLowerCase() === alias.toLowerCase());
  if (!holder) return;
  const proxy = `SMTP:${alias}@${world.tenant.initialDomain}`;
  throw new CmdletError(failures.proxyAddressTaken(proxy, holder.name));
}

/** @throws CmdletError for a text that is too short or too long */
export function demandLength(parameter: string, text: string, from: number, to: number): void {
  if (text.length >= from && text.length <= to) return;
  throw new CmdletError(failures.badLength(parameter, from, to, text.length));
}

/** A shared mailbox with its account, which has no licence. */
export function makeShared(
  names: MailboxNames,
  { world, clock }: Context,
): { mailbox: Mailbox; user: User } {
  const now = clock.now().toISOString();
  const id = newGuid(world);
  const accountEnabled = world.settings.sharedSignIn === "open";
  const mailbox: Mailbox = {
    ...names,
    guid: newGuid(world),
    externalDirectoryObjectId: id,
    recipientTypeDetails: "SharedMailbox",
    accountDisabled: !accountEnabled,
    hiddenFromAddressListsEnabled: false,
    messageCopyForSMTPClientSubmissionEnabled: true,
    retentionPolicy: "Default MRM Policy",
    authenticationPolicy: null,
    customAttributes: {},
    clientAccess: {
      activeSyncEnabled: true,
      ecpEnabled: true,
      ewsEnabled: true,
      imapEnabled: true,
      mapiEnabled: true,
      owaEnabled: true,
      popEnabled: true,
      smtpClientAuthenticationDisabled: null,
      smtpClientAuthentication: { from: now, before: null },
    },
    whenCreated: now,
    whenChanged: now,
    messages: [],
    sentItems: [],
  };
  return { mailbox, user: makeUser(names, id, accountEnabled, now) };
}

function makeUser(names: MailboxNames, id: string, accountEnabled: boolean, now: string): User {
  return {
    id,
    userPrincipalName: names.address,
    accountEnabled,
    licenses: [],
    manager: null,
    properties: {
      displayName: names.displayName,
      mailNickname: names.alias,
      mail: names.address,
      usageLocation: null,
      userType: "Member",
      createdDateTime: now,
    },
  };
}
