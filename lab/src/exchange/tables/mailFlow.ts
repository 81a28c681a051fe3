import { getAcceptedDomain } from "../acceptedDomain.ts";
import type { Cmdlet } from "../cmdlet.ts";
import * as connector from "../connector/cmdlets.ts";
import * as dkim from "../dkim/cmdlets.ts";
import * as organization from "../organization/cmdlets.ts";
import * as policy from "../outboundPolicy/policy.ts";
import * as rule from "../outboundPolicy/rule.ts";

/** The cmdlets of connectors, domains, DKIM, limits and of the organisation. */
export const mailFlowCmdlets: Record<string, Cmdlet> = {
  "New-InboundConnector": connector.newInboundConnector,
  "Get-InboundConnector": connector.getInboundConnector,
  "Set-InboundConnector": connector.setInboundConnector,
  "Remove-InboundConnector": connector.removeInboundConnector,
  "Get-AcceptedDomain": getAcceptedDomain,
  "New-DkimSigningConfig": dkim.newDkimSigningConfig,
  "Get-DkimSigningConfig": dkim.getDkimSigningConfig,
  "Set-DkimSigningConfig": dkim.setDkimSigningConfig,
  "Rotate-DkimSigningConfig": dkim.rotateDkimSigningConfig,
  "Remove-DkimSigningConfig": dkim.removeDkimSigningConfig,
  "New-HostedOutboundSpamFilterPolicy": policy.newOutboundPolicy,
  "Get-HostedOutboundSpamFilterPolicy": policy.getOutboundPolicy,
  "Set-HostedOutboundSpamFilterPolicy": policy.setOutboundPolicy,
  "Remove-HostedOutboundSpamFilterPolicy": policy.removeOutboundPolicy,
  "New-HostedOutboundSpamFilterRule": rule.newOutboundRule,
  "Get-HostedOutboundSpamFilterRule": rule.getOutboundRule,
  "Set-HostedOutboundSpamFilterRule": rule.setOutboundRule,
  "Remove-HostedOutboundSpamFilterRule": rule.removeOutboundRule,
  "Get-OrganizationConfig": organization.getOrganizationConfig,
  "Get-TransportConfig": organization.getTransportConfig,
  "Enable-OrganizationCustomization": organization.enableOrganizationCustomization,
};
