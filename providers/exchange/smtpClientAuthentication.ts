import { canonicalMailbox, mailboxAddressProblem } from "../../mail/senders/mailbox.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import type { Tenants } from "../host/tenants.ts";
import { findOne, HAS_ADDRESS } from "./find.ts";
import { lifecycle } from "./lifecycle.ts";
import type { Identity, Named, Observed } from "./named.ts";

/** SMTP AUTH of a mailbox that belongs to somebody else. */
export interface SmtpClientAuthenticationInputs extends Identity {
  /** Address of the mailbox. */
  readonly mailbox: string;
}

interface SwitchForm {
  readonly mailbox: string;
  /** Null where the organisation's setting applies. */
  readonly smtpClientAuthenticationDisabled: boolean | null;
}

const smtpAuth: Named<SmtpClientAuthenticationInputs, SwitchForm, object> = {
  title: ({ mailbox }) => `SMTP AUTH of mailbox ${mailbox}`,
  rules: { mailbox: mailboxAddressProblem },
  roles: { read: ["View-Only Recipients"], write: ["Mail Recipients"] },
  keys: ["mailbox", "smtpClientAuthenticationDisabled"],
  replaces: ["mailbox"],
  form: ({ mailbox }) => ({
    mailbox: canonicalMailbox(mailbox),
    smtpClientAuthenticationDisabled: false,
  }),

  findById: (invoke, _id, form) => find(invoke, form),
  findByName: find,
  judge: () => "ours",

  async make(_invoke, { mailbox }) {
    throw new Error(
      `Exchange does not return mailbox ${mailbox} from Get-CASMailbox; if it is gone, run pulumi up --refresh; nothing was changed`,
    );
  },
  async set(invoke, { form: { mailbox } }, { smtpClientAuthenticationDisabled: disabled }) {
    await invoke("Set-CASMailbox", {
      Identity: mailbox,
      SmtpClientAuthenticationDisabled: disabled,
      Confirm: false,
    });
  },
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
  const access = await findOne(invoke, "Get-CASMailbox", mailbox, HAS_ADDRESS);
  if (access === undefined) return undefined;
  const { SmtpClientAuthenticationDisabled: disabled } = access;
  const smtpClientAuthenticationDisabled = typeof disabled === "boolean" ? disabled : null;
  return { id: mailbox, form: { mailbox, smtpClientAuthenticationDisabled }, facts: {} };
}
