import { sentence } from "../../mail/problem.ts";
import { MAILBOX_ROLES } from "../../mail/rights/needs.ts";
import {
  describeMailboxAdoption,
  describeSwitch,
  type SmtpAuthSwitch,
} from "../../mail/senders/adoptedMailbox.ts";
import { canonicalMailbox, mailboxAddressProblem } from "../../mail/senders/mailbox.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import { inputFailures, readFailures } from "../host/checkFailures.ts";
import type { Kind } from "../host/dynamicProvider.ts";
import { explainRefusals } from "../host/explainRefusals.ts";
import { isUnknown, pickDefined } from "../host/props.ts";
import { otherTenant, type Tenants } from "../host/tenants.ts";
import { poll } from "../host/waiting.ts";
import { findOne, text, untilFound } from "./find.ts";
import { findAdoptable } from "./mailboxTaken.ts";
import type { Identity } from "./named.ts";
import { isSmtpAuthOn, readSmtpAuthSwitch, setSmtpAuthSwitch } from "./smtpClientAuthentication.ts";
import { SHOWS_WITHIN } from "./write.ts";

/** A mailbox that was there before the stack, and that a sender sends from. */
export interface AdoptedMailboxInputs extends Identity {
  readonly address: string;
}

export interface AdoptedMailboxOutputs extends AdoptedMailboxInputs {
  /** Exchange's own id. */
  readonly guid: string;
  /** Its switch for SMTP AUTH before the sender. */
  readonly smtpClientAuthenticationDisabledBefore: SmtpAuthSwitch;
  /** Always empty: nothing has to come. */
  readonly pending: string;
}

const INPUTS = ["tenantId", "environment", "owner", "address"] as const;

/**
 * The kind `AdoptedMailbox`. Create writes nothing: it remembers the mailbox's switch for SMTP AUTH, which
 * `SmtpClientAuthentication` sets afterwards. So state has it before the first write, even of a run that is killed. Delete
 * puts it back. The mailbox bears no mark: two signals have to agree before it is written, its GUID in state and the
 * switch as the stack sets it.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/set-casmailbox (SmtpClientAuthenticationDisabled)
 */
export function adoptedMailbox(tenants: Tenants) {
  const connect = async (inputs: Identity): Promise<Invoke> =>
    explainRefusals(await tenants.invoke(inputs), MAILBOX_ROLES);

  return {
    needs: { roles: MAILBOX_ROLES },

    async check(olds: Partial<AdoptedMailboxInputs>, declared: AdoptedMailboxInputs) {
      if (isUnknown(declared)) return { inputs: declared, failures: [] };
      const inputs = { ...declared, address: canonicalMailbox(declared.address) };
      const refused = inputFailures([
        mailboxAddressProblem("address", inputs.address),
        otherTenant(olds, inputs),
      ]);
      if (refused.length > 0 || olds.address === inputs.address) {
        return { inputs, failures: refused };
      }
      try {
        const invoke = await connect(inputs);
        const found = await findAdoptable(invoke, inputs);
        if ("key" in found) return { inputs, failures: inputFailures([found]) };
        tenants.claims(inputs).set(claimOf(found.guid), inputs.address);
        const before = await readSwitch(invoke, found.guid);
        if (before !== undefined) {
          const isOn = await isSmtpAuthOn(invoke, before);
          console.log(describeMailboxAdoption(found.holder, before, isOn));
        }
        return { inputs, failures: [] };
      } catch (error) {
        return { inputs, failures: readFailures(error) };
      }
    },

    /** Never a replacement: state alone knows what the mailbox was before. */
    async diff(_id: string, olds: AdoptedMailboxOutputs, news: AdoptedMailboxInputs) {
      const keys = ["address", "environment", "owner"] as const;
      return { changes: isUnknown(news) || keys.some((key) => olds[key] !== news[key]) };
    },

    async create(inputs: AdoptedMailboxInputs) {
      const invoke = await connect(inputs);
      const found = await findAdoptable(invoke, inputs);
      if ("key" in found) throw new Error(`${sentence(found)}; nothing was changed`);
      // Get-Recipient may show a new mailbox before Get-CASMailbox does.
      const before = await untilFound(() => readSwitch(invoke, found.guid));
      if (before === undefined) {
        throw new Error(
          `Exchange does not return mailbox ${inputs.address} from Get-CASMailbox yet; run pulumi up again in a few minutes; nothing was changed`,
        );
      }
      const outs: AdoptedMailboxOutputs = {
        ...pickDefined(inputs, INPUTS),
        guid: found.guid,
        smtpClientAuthenticationDisabledBefore: before,
        pending: "",
      };
      return { id: found.guid, outs };
    },

    async read(id: string, olds: AdoptedMailboxOutputs) {
      const mailbox = await findOne(await connect(olds), "Get-Mailbox", id, ["Guid"]);
      if (mailbox === undefined) return { id: "", props: {} };
      const props = { ...olds, address: canonicalMailbox(text(mailbox.PrimarySmtpAddress)) };
      return { id, props, inputs: pickDefined(props, INPUTS) };
    },

    /**
     * Refuses when another mailbox has the address by now, before `SmtpClientAuthentication` writes to it: state does not
     * know what that one was before.
     */
    async update(id: string, olds: AdoptedMailboxOutputs, news: AdoptedMailboxInputs) {
      const mailbox = await findOne(await connect(news), "Get-Mailbox", id, ["Guid"]);
      if (canonicalMailbox(text(mailbox?.PrimarySmtpAddress)) !== news.address) {
        throw new Error(
          `mailbox ${news.address} is not the one that was adopted (${id}); if that one is gone, run pulumi up --refresh, which adopts the new one; if it has another address, give it ${news.address} back as its primary address; nothing was changed`,
        );
      }
      return { outs: { ...olds, ...pickDefined(news, INPUTS) } };
    },

    /** A mailbox that is gone needs nothing, nor does one that the same run adopts by another address. */
    async delete(id: string, olds: AdoptedMailboxOutputs) {
      const { address, smtpClientAuthenticationDisabledBefore: before } = olds;
      const claimed = tenants.claims(olds).get(claimOf(id));
      if (claimed !== undefined && claimed !== address) {
        console.log(
          `mailbox ${claimed} is still adopted, so its SMTP AUTH stays on; before it was adopted as ${address} it was ${describeSwitch(before)}`,
        );
        return;
      }
      const invoke = await connect(olds);
      const current = await readSwitch(invoke, id);
      if (current === undefined || current === before) return;
      if (current !== false) {
        console.log(
          `SMTP AUTH of mailbox ${address} is ${describeSwitch(current)}, which the stack did not set, so it stays; before the sender it was ${describeSwitch(before)}`,
        );
        return;
      }
      await setSmtpAuthSwitch(invoke, id, before);
      const left = await poll(
        () => readSwitch(invoke, id),
        (seen, waited) => seen === undefined || seen === before || waited > SHOWS_WITHIN,
      );
      if (left === undefined || left === before) return;
      throw new Error(
        `Exchange still returns SMTP AUTH ${describeSwitch(left)} of mailbox ${address} a minute after it was set to ${describeSwitch(before)}; run it again`,
      );
    },
  } satisfies Kind;
}

const claimOf = (guid: string): string => `adopted mailbox ${guid}`;

const readSwitch = (invoke: Invoke, guid: string): Promise<SmtpAuthSwitch | undefined> =>
  readSmtpAuthSwitch(invoke, guid, ["Guid"]);
