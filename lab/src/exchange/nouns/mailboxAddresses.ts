import type { Recipient } from "../../world/recipients.ts";
import type { World } from "../../world/world.ts";
import { refusal } from "../cmdletError.ts";
import type { ListEdit } from "../parameters.ts";

const ADDRESS = /^[a-z0-9!#$%&'*+\-/=?^_`{|}~]+(\.[a-z0-9!#$%&'*+\-/=?^_`{|}~]+)*@([a-z0-9.-]+)$/i;

/**
 * The canonical form of an address: lower case.
 *
 * @throws CmdletError for what is no address, or one whose domain is not accepted
 */
export function canonicalAddress(given: string, { tenant }: World): string {
  const address = given.toLowerCase();
  const domain = ADDRESS.exec(address)?.[2];
  if (domain === undefined) throw refusal("exchange.bad-proxy-address", { address: given });
  if (!tenant.acceptedDomains.some(({ name }) => name === domain)) {
    throw refusal("exchange.bad-address-domain", { domain });
  }
  return address;
}

/**
 * Refuses addresses that somebody else has.
 *
 * @param owner GUID of the recipient that may have them; undefined for a new one
 * @throws CmdletError
 */
export function demandFreeAddresses(proxies: string[], owner: string | undefined, world: World) {
  for (const proxy of proxies) {
    const wanted = proxy.toLowerCase();
    const holder = [...world.mailboxes, ...world.hveAccounts].find(
      ({ guid, emailAddresses }) =>
        guid !== owner && emailAddresses.some((one) => one.toLowerCase() === wanted),
    );
    if (holder) throw refusal("exchange.proxy-address-taken", { proxy, owner: holder.name });
  }
}

/**
 * The addresses of a mailbox after a change: a list replaces all (its first is the primary one when none is marked),
 * Add of a marked one takes the mark from the old one.
 *
 * @returns `SMTP:` the primary first, then `smtp:` the others
 * @throws CmdletError when one is not valid or somebody else has it, or there is not one primary
 */
export function editAddresses(
  mailbox: Recipient,
  edit: string[] | ListEdit,
  world: World,
): string[] {
  const canonical = (given: string) => canonicalProxy(given, world);
  const next = Array.isArray(edit)
    ? replaceAll(edit.map(canonical))
    : addAndRemove(mailbox, edit, canonical);
  const primaries = next.filter((proxy) => proxy.startsWith("SMTP:"));
  if (primaries.length !== 1) {
    throw refusal("exchange.primary-address", { count: primaries.length });
  }
  demandFreeAddresses(next, mailbox.guid, world);
  return [...primaries, ...next.filter((proxy) => !primaries.includes(proxy))];
}

function replaceAll(proxies: string[]): string[] {
  const [first, ...others] = unique(proxies);
  if (first === undefined || [first, ...others].some((proxy) => proxy.startsWith("SMTP:"))) {
    return unique(proxies);
  }
  return [first.replace(/^smtp:/, "SMTP:"), ...others];
}

function addAndRemove(
  mailbox: Recipient,
  edit: ListEdit,
  canonical: (given: string) => string,
): string[] {
  const removed = new Set(edit.remove.map((given) => withPrefix(given).toLowerCase()));
  const added = edit.add.map(canonical);
  const isMoved = added.some((proxy) => proxy.startsWith("SMTP:"));
  const left = mailbox.emailAddresses
    .filter((proxy) => !removed.has(proxy.toLowerCase()))
    .map((proxy) => (isMoved ? proxy.replace(/^SMTP:/, "smtp:") : proxy));
  return unique([...left, ...added]);
}

/** Each address once; a marked one wins over the same one without the mark. */
function unique(proxies: string[]): string[] {
  return proxies.filter((proxy, index) => {
    const same = proxies.filter((one) => one.toLowerCase() === proxy.toLowerCase());
    const wanted = same.find((one) => one.startsWith("SMTP:")) ?? proxy;
    return proxy === wanted && proxies.indexOf(proxy) === index;
  });
}

function canonicalProxy(given: string, world: World): string {
  const [prefix = "", address = ""] = withPrefix(given).split(/:(.*)/s);
  if (!/^smtp$/i.test(prefix)) throw refusal("exchange.bad-proxy-address", { address: given });
  return `${prefix === "SMTP" ? "SMTP" : "smtp"}:${canonicalAddress(address, world)}`;
}

function withPrefix(given: string): string {
  return given.includes(":") ? given : `smtp:${given}`;
}

/** Lets permissions and rules name a mailbox by its new address. */
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

/** Takes a mailbox that goes out of permissions and rules. */
export function forgetAddress(gone: string, world: World): void {
  const isOther = (address: string) => address !== gone;
  world.mailboxPermissions = world.mailboxPermissions.filter(
    ({ mailbox, user }) => isOther(mailbox) && isOther(user),
  );
  world.recipientPermissions = world.recipientPermissions.filter(
    ({ mailbox, trustee }) => isOther(mailbox) && isOther(trustee),
  );
  for (const { rule } of world.outboundPolicies) if (rule) rule.from = rule.from.filter(isOther);
}
