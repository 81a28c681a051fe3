import { ORGANIZATION_READER } from "../../mail/rights/needs.ts";
import type { SmtpAuthSwitch } from "../../mail/senders/adoptedMailbox.ts";
import { canonicalMailbox, mailboxAddressProblem } from "../../mail/senders/mailbox.ts";
import { stopIn } from "../../mail/stop/mark.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import type { Tenants } from "../host/tenants.ts";
import { findOne, HAS_ADDRESS, text } from "./find.ts";
import { lifecycle } from "./lifecycle.ts";
import type { Identity, Named, Observed } from "./named.ts";

/** SMTP AUTH of a mailbox that belongs to somebody else. */
export interface SmtpClientAuthenticationInputs extends Identity {
  /** Address of the mailbox. */
  readonly mailbox: string;
}

interface SwitchForm {
  readonly mailbox: string;
  readonly smtpClientAuthenticationDisabled: SmtpAuthSwitch;
  /** What `npm run stop` has noted on the mailbox; left out while it is not stopped. */
  readonly stopped?: string;
}

const smtpAuth: Named<SmtpClientAuthenticationInputs, SwitchForm, object> = {
  title: ({ mailbox }) => `SMTP AUTH of mailbox ${mailbox}`,
  rules: { mailbox: mailboxAddressProblem },
  roles: {
    read: ["View-Only Recipients", ORGANIZATION_READER],
    write: ["Mail Recipients", ORGANIZATION_READER],
  },
  keys: ["mailbox", "smtpClientAuthenticationDisabled", "stopped"],
  replaces: ["mailbox"],
  form: ({ mailbox }) => ({
    mailbox: canonicalMailbox(mailbox),
    smtpClientAuthenticationDisabled: false,
  }),

  findById: (invoke, _id, form) => find(invoke, form),
  findByName: find,
  judge: () => "ours",
  /** The mailbox of others bears no ownership mark. */
  mark: ({ stopped = "" }) => stopped,

  async make(_invoke, { mailbox }) {
    throw new Error(
      `Exchange does not return mailbox ${mailbox} from Get-CASMailbox; if it is gone, run pulumi up --refresh; nothing was changed`,
    );
  },
  set: (invoke, { form: { mailbox } }, { smtpClientAuthenticationDisabled: disabled }) =>
    setSmtpAuthSwitch(invoke, mailbox, disabled),
};

/**
 * The kind `SmtpClientAuthentication`: keeps SMTP AUTH of an adopted mailbox on. `AdoptedMailbox` puts it back.
 *
 * @see https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/authenticated-client-smtp-submission
 */
export const smtpClientAuthentication = (tenants: Tenants) => lifecycle(tenants, smtpAuth);

async function find(
  invoke: Invoke,
  { mailbox }: SwitchForm,
): Promise<Observed<SwitchForm, object> | undefined> {
  const own = await readSmtpAuthSwitch(invoke, mailbox, HAS_ADDRESS);
  if (own === undefined) return undefined;
  // On by the organisation's setting needs no value of its own.
  const disabled = own === null && (await isSmtpAuthOn(invoke, own)) ? false : own;
  const stopped = disabled ? await readStop(invoke, mailbox) : undefined;
  const form = { mailbox, smtpClientAuthenticationDisabled: disabled, ...(stopped && { stopped }) };
  return { id: mailbox, form, facts: {} };
}

/**
 * A mailbox's switch for SMTP AUTH; undefined when there is no such mailbox.
 *
 * @param names the properties of which one has to hold the identity, as of `findOne`
 */
export async function readSmtpAuthSwitch(
  invoke: Invoke,
  identity: string,
  names: readonly string[],
): Promise<SmtpAuthSwitch | undefined> {
  const access = await findOne(invoke, "Get-CASMailbox", identity, names);
  if (access === undefined) return undefined;
  const { SmtpClientAuthenticationDisabled: disabled } = access;
  return typeof disabled === "boolean" ? disabled : null;
}

/** Whether SMTP AUTH is on for a mailbox: by its own switch, or by that of the organisation where it has none. */
export async function isSmtpAuthOn(invoke: Invoke, own: SmtpAuthSwitch): Promise<boolean> {
  if (own !== null) return !own;
  const [organization] = (await invoke("Get-TransportConfig", {})).value;
  return organization?.SmtpClientAuthenticationDisabled === false;
}

/** What `npm run stop` has noted on a mailbox, with the text around it; undefined of one that is not stopped. */
export async function readStop(invoke: Invoke, address: string): Promise<string | undefined> {
  const mailbox = await findOne(invoke, "Get-Mailbox", address, HAS_ADDRESS);
  const noted = text(mailbox?.CustomAttribute15);
  return stopIn(noted) && noted;
}

export async function setSmtpAuthSwitch(
  invoke: Invoke,
  identity: string,
  SmtpClientAuthenticationDisabled: SmtpAuthSwitch,
): Promise<void> {
  const parameters = { Identity: identity, SmtpClientAuthenticationDisabled, Confirm: false };
  await invoke("Set-CASMailbox", parameters);
}
