import type { ClientAccess, Mailbox } from "../../world/recipients.ts";
import type { World } from "../../world/world.ts";
import type { Cmdlet, ExchangeObject } from "../cmdlet.ts";
import { hasCome } from "../effective.ts";
import { nothingModified } from "../failures.ts";
import { chooseMailboxes, findMailbox } from "../mailbox/directory.ts";
import { mailboxIdentity } from "../mailbox/parameters.ts";
import { presentNames } from "../mailbox/present.ts";
import { ask, give, giveNothing, limit } from "../outcome.ts";

/** The plain switches, by parameter. */
const SWITCHES = {
  ActiveSyncEnabled: "activeSyncEnabled",
  ECPEnabled: "ecpEnabled",
  EwsEnabled: "ewsEnabled",
  ImapEnabled: "imapEnabled",
  MAPIEnabled: "mapiEnabled",
  OWAEnabled: "owaEnabled",
  PopEnabled: "popEnabled",
} as const satisfies Record<string, keyof ClientAccess>;

const switches = Object.entries(SWITCHES);

function present(mailbox: Mailbox, world: World): ExchangeObject {
  const { clientAccess } = mailbox;
  return {
    ...presentNames(mailbox, world),
    PrimarySmtpAddress: mailbox.address,
    EmailAddresses: mailbox.emailAddresses,
    ...Object.fromEntries(switches.map(([parameter, field]) => [parameter, clientAccess[field]])),
    SmtpClientAuthenticationDisabled: clientAccess.smtpClientAuthenticationDisabled,
  };
}

/** Get-CASMailbox: one by identity, all without one. */
export const getCasMailbox: Cmdlet = {
  reads: true,
  parameters: { Identity: mailboxIdentity, ResultSize: { is: "size" } },
  mandatory: [],
  run(bound, { world }) {
    const found = chooseMailboxes(bound.text("Identity"), world);
    return give(...limit(found, bound).map((mailbox) => present(mailbox, world)));
  },
};

/** Set-CASMailbox: answers nothing. Port 587 goes by SmtpClientAuthenticationDisabled after `smtpAuthDelayMs`. */
export const setCasMailbox: Cmdlet = {
  reads: false,
  parameters: {
    Identity: mailboxIdentity,
    ...Object.fromEntries(switches.map(([parameter]) => [parameter, { is: "flag" } as const])),
    SmtpClientAuthenticationDisabled: { is: "flagOrNull" },
    Confirm: { is: "flag" },
  },
  mandatory: ["Identity"],
  run(bound, { world, clock }) {
    const mailbox = findMailbox(bound.text("Identity") ?? "", world);
    if (bound.flag("Confirm") !== false) return ask("Set-CASMailbox", mailbox.name);
    const current = mailbox.clientAccess;
    const next = { ...current };
    for (const [parameter, field] of switches) next[field] = bound.flag(parameter) ?? next[field];
    const isDisabled = bound.has("SmtpClientAuthenticationDisabled")
      ? (bound.flag("SmtpClientAuthenticationDisabled") ?? null)
      : current.smtpClientAuthenticationDisabled;
    if (isDisabled !== current.smtpClientAuthenticationDisabled) {
      const now = clock.now();
      const { from, before } = current.smtpClientAuthentication;
      next.smtpClientAuthenticationDisabled = isDisabled;
      next.smtpClientAuthentication = {
        from: new Date(now.getTime() + world.settings.smtpAuthDelayMs).toISOString(),
        before: hasCome(from, now) ? current.smtpClientAuthenticationDisabled : before,
      };
    }
    if (JSON.stringify(next) === JSON.stringify(current)) {
      return giveNothing(nothingModified(mailbox.name));
    }
    mailbox.clientAccess = next;
    mailbox.whenChanged = clock.now().toISOString();
    return giveNothing();
  },
};
