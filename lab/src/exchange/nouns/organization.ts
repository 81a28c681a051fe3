import type { Context } from "../../context.ts";
import { ask, type Cmdlet, give, giveNothing } from "../cmdlet.ts";
import { refusal } from "../cmdletError.ts";
import { hasCome } from "../times.ts";

/**
 * Checks that roles, scopes and policies can be made.
 *
 * @throws CmdletError in an organisation that was never customised, and for a while after it was: public logs show
 *   refusals although IsDehydrated was false
 */
export function demandCustomised({ world, clock }: Context): void {
  const { isDehydrated, customisableAt } = world.organization;
  const isLater = customisableAt !== undefined && !hasCome(customisableAt, clock.now());
  if (isDehydrated || isLater) throw refusal("exchange.dehydrated");
}

/** The part of Get-OrganizationConfig that says something about mail. */
const getOrganizationConfig: Cmdlet = {
  reads: true,
  parameters: {},
  mandatory: [],
  run(_bound, { world }) {
    const { organization, settings, tenant } = world;
    return give({
      Name: tenant.initialDomain,
      Identity: tenant.initialDomain,
      DisplayName: tenant.displayName,
      IsDehydrated: organization.isDehydrated,
      RejectDirectSend: settings.rejectDirectSend,
      SendFromAliasEnabled: false,
      DefaultAuthenticationPolicy: organization.defaultAuthenticationPolicy,
      MaskClientIpInReceivedHeadersEnabled: true,
      IsValid: true,
    });
  },
};

/** The part of Get-TransportConfig that says something about submission. */
const getTransportConfig: Cmdlet = {
  reads: true,
  parameters: {},
  mandatory: [],
  run(_bound, { world }) {
    return give({
      Name: "Transport Settings",
      Identity: "Transport Settings",
      SmtpClientAuthenticationDisabled: world.organization.smtpClientAuthenticationDisabled,
      AllowLegacyTLSClients: false,
      MaxRecipientEnvelopeLimit: "Unlimited",
      MessageExpiration: "1.00:00:00",
      JournalingReportNdrTo: world.organization.journalingReportNdrTo ?? "<>",
      IsValid: true,
    });
  },
};

/** Enable-OrganizationCustomization answers nothing, and can't be taken back. */
const enableOrganizationCustomization: Cmdlet = {
  reads: false,
  parameters: { Confirm: { is: "flag" } },
  mandatory: [],
  run(bound, { world, clock }) {
    const { organization, settings, tenant } = world;
    if (!organization.isDehydrated) throw refusal("exchange.already-customised");
    if (bound.flag("Confirm") === true) {
      return ask("Enable-OrganizationCustomization", tenant.initialDomain);
    }
    organization.isDehydrated = false;
    organization.customisableAt = new Date(
      clock.now().getTime() + settings.hydrationMs,
    ).toISOString();
    return giveNothing();
  },
};

export const organizationCmdlets = {
  "Get-OrganizationConfig": getOrganizationConfig,
  "Get-TransportConfig": getTransportConfig,
  "Enable-OrganizationCustomization": enableOrganizationCustomization,
};
