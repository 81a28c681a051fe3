import { judgeSmtpAuth, type PasswordPolicy } from "../../../mail/doctor/exchange/smtpAuth.ts";
import { ownerOfSender } from "../../../mail/ownership.ts";
import { chooseSubmission, type SubmitterChoice } from "../../../mail/senders/choose.ts";
import {
  type ExchangeObject,
  findAll,
  findOne,
  HAS_ADDRESS,
  text,
} from "../../../providers/exchange/find.ts";
import { readSmtpAuthSwitch } from "../../../providers/exchange/smtpClientAuthentication.ts";
import type { Invoke } from "../../../tenant/exchange.ts";
import { type Check, type Looked, lookAtEach } from "../check.ts";
import type { CheckContext } from "../context.ts";

/** Whether each mailbox may sign in to SMTP, by its own switch, the organisation's, and the policy of its user. */
export const smtpAuth: Check = {
  name: "smtp-auth",
  title: "SMTP AUTH",
  afterUp: true,
  async look(context) {
    const { invoke, owner } = context;
    const submitters = madeSubmitters(context);
    if (submitters.length === 0) return NOBODY_SIGNS_IN;
    return lookAtEach(
      submitters,
      ({ mailbox }) => `mailbox ${mailbox.address}`,
      async ({ sender, mailbox: { address }, credential }) => {
        const own = await readSmtpAuthSwitch(invoke, address, HAS_ADDRESS);
        // That there is no mailbox is told of the mailbox.
        if (own === undefined) return [];
        const [organisation] = own === null ? await findAll(invoke, "Get-TransportConfig", {}) : [];
        const noted =
          own === true ? await findOne(invoke, "Get-Mailbox", address, HAS_ADDRESS) : undefined;
        const isOffForAll = organisation?.SmtpClientAuthenticationDisabled;
        return judgeSmtpAuth({
          ...{ owner: ownerOfSender(owner, sender), address, own },
          isOffForAll: typeof isOffForAll === "boolean" ? isOffForAll : undefined,
          note: text(noted?.CustomAttribute15),
          ...(credential.by === "password" && { policy: (await policyOf(address, invoke)).policy }),
        });
      },
    );
  },
};

/** What a check of mailboxes says where there is none. */
export const NOBODY_SIGNS_IN: Looked = {
  findings: [],
  notLookedAt: "the last up made no sender that signs in",
};

/** The senders that sign in, as far as `up` has made them. */
export const madeSubmitters = ({ config, senders }: CheckContext): SubmitterChoice[] =>
  chooseSubmission(config.senders).submitting.filter(({ sender }) => senders.has(sender));

/** A user, and the policy that judges its password: its own, or the organisation's default. */
export async function policyOf(
  address: string,
  invoke: Invoke,
): Promise<{ readonly user: ExchangeObject; readonly policy: PasswordPolicy }> {
  const names = ["UserPrincipalName", "WindowsEmailAddress"];
  const user = await findOne(invoke, "Get-User", address, names);
  if (user === undefined) throw new Error(`Get-User returns no user ${address}`);
  const own = text(user.AuthenticationPolicy);
  const [organisation] = own === "" ? await findAll(invoke, "Get-OrganizationConfig", {}) : [];
  const name = own || text(organisation?.DefaultAuthenticationPolicy);
  const of = own === "" ? "the organisation" : "the user";
  if (name === "") return { user, policy: { name, of, allowsSmtp: undefined } };
  const policy = await findOne(invoke, "Get-AuthenticationPolicy", name);
  const allowed = policy?.AllowBasicAuthSmtp;
  const allowsSmtp = typeof allowed === "boolean" ? allowed : undefined;
  return { user, policy: { name, of, allowsSmtp } };
}
