import type { Context } from "../../context.ts";
import { billingStatus, type HveAccount } from "../../world/highVolume.ts";
import { type Cmdlet, give, giveNothing, type Outcome } from "../cmdlet.ts";
import { refusal } from "../cmdletError.ts";
import { findOne } from "../directory.ts";
import { type Bound, identityType, type Parameters } from "../parameters.ts";
import { hveAccounts } from "./mailUser.ts";

// What is particular to an account of High Volume Email. Each page says "-Confirm: reserved for internal Microsoft use":
// assumed that none of these cmdlets asks back, as CIPP calls them without it. Assumed: what else the answers hold than the
// properties that the pages name.

const IDENTITY = identityType("MailUserIdParameter");
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Allowed apps of one account (Add-HVEAppAccess). */
const MAX_APPS = 10;

const find = (bound: Bound, { world }: Context): HveAccount =>
  findOne(hveAccounts, bound.text("Identity") ?? "", world);

const reading = (run: (account: HveAccount, context: Context) => Outcome): Cmdlet => ({
  reads: true,
  parameters: { Identity: IDENTITY },
  mandatory: ["Identity"],
  run: (bound, context) => run(find(bound, context), context),
});

function writing(
  parameters: Parameters,
  mandatory: string[],
  edit: (account: HveAccount, bound: Bound, context: Context) => void,
): Cmdlet {
  return {
    reads: false,
    parameters: { Identity: IDENTITY, ...parameters, Confirm: { is: "flag" } },
    mandatory: ["Identity", ...mandatory],
    run(bound, context) {
      const account = find(bound, context);
      edit(account, bound, context);
      account.whenChanged = context.clock.now().toISOString();
      return { ...giveNothing(), changed: account.name };
    },
  };
}

/** The service principals that a call names, by their object ids. @throws CmdletError for what is no GUID */
function appsOf(bound: Bound): string[] {
  const given = bound.list("AppIds");
  const ids = Array.isArray(given) ? given.map((id) => id.toLowerCase()) : [];
  const [bad] = ids.filter((id) => !GUID.test(id));
  if (bad !== undefined) throw refusal("exchange.bad-guid", { parameter: "AppIds", value: bad });
  return ids;
}

export const hveAccountCmdlets: Record<string, Cmdlet> = {
  "Get-HVEAccountSettings": reading((account) =>
    give({
      Identity: account.address,
      ReplyTo: account.replyTo,
      AllowedApps: account.allowedApps,
    }),
  ),
  "Set-HVEAccountSettings": writing({ ReplyTo: { is: "text" } }, [], (account, bound) => {
    if (bound.has("ReplyTo")) account.replyTo = bound.text("ReplyTo") ?? "";
  }),
  "Add-HVEAppAccess": writing({ AppIds: { is: "list" } }, ["AppIds"], (account, bound) => {
    const next = [...new Set([...account.allowedApps, ...appsOf(bound)])];
    if (next.length > MAX_APPS) throw refusal("exchange.too-many-hve-apps", { most: MAX_APPS });
    account.allowedApps = next;
  }),
  "Remove-HVEAppAccess": writing({ AppIds: { is: "list" } }, ["AppIds"], (account, bound) => {
    const gone = appsOf(bound);
    account.allowedApps = account.allowedApps.filter((id) => !gone.includes(id));
  }),
  "Get-HVEAccountBillingPolicy": reading((account, { world }) => {
    const { billingPolicyId: id } = account;
    const policy = world.billingPolicies.find((one) => one.id === id);
    return give({
      Identity: account.address,
      BillingPolicyId: id,
      BillingPolicyName: policy?.name ?? null,
      BillingPolicyStatus: billingStatus(account, world),
    });
  }),
  "Set-HVEAccountBillingPolicy": writing(
    { BillingPolicyId: { is: "text" } },
    [],
    (account, bound, { world }) => {
      const id = (bound.text("BillingPolicyId") ?? "").toLowerCase();
      if (id !== "" && !world.billingPolicies.some((policy) => policy.id === id)) {
        throw refusal("exchange.no-such-billing-policy", { id });
      }
      account.billingPolicyId = id === "" ? null : id;
    },
  ),
  "Get-BillingPolicy": {
    reads: true,
    parameters: {
      ResourceType: { is: "enum", type: "System.String", names: ["HVE"] },
    },
    mandatory: ["ResourceType"],
    run: (_bound, { world }) =>
      give(
        ...world.billingPolicies.map(({ id, name }) => ({
          BillingPolicyId: id,
          BillingPolicyName: name,
        })),
      ),
  },
};
