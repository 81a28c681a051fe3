import { notCustomizedProblem } from "../../senders/access.ts";
import type { Finding } from "../finding.ts";

/**
 * Whether Exchange makes what the stack needs: no scopes, limits, policies or rules in an organisation that was never customised.
 *
 * @param needing kinds of resources that need it, with their senders: `ManagementScope of sender shop`
 * @param isDehydrated what Get-OrganizationConfig shows; undefined where it shows nothing
 */
export function judgeHydration(
  needing: readonly string[],
  isDehydrated: boolean | undefined,
): Finding[] {
  const resource = "organisation (Get-OrganizationConfig IsDehydrated)";
  if (isDehydrated === undefined) {
    return [
      {
        severity: "unknown",
        what: "Get-OrganizationConfig shows no IsDehydrated",
        why: "in an organisation that was never customised, an up can't create management scopes, outbound spam policies, authentication policies and mail flow rules",
        fix: "run Get-OrganizationConfig | Format-List IsDehydrated in Exchange Online PowerShell",
        resource,
      },
    ];
  }
  if (!isDehydrated) return [{ severity: "ok", what: "the organisation is customised" }];
  if (needing.length === 0) {
    return [
      {
        severity: "ok",
        what: "the organisation was never customised, and this stack does not need it",
      },
    ];
  }
  const areAll = (name: string) => needing.every((kind) => kind.startsWith(name));
  const alone = areAll("OutboundLimit")
    ? "recipientsPerDay"
    : areAll("TransportRule")
      ? "fence"
      : undefined;
  const { rule, fix } = notCustomizedProblem(alone);
  return [
    {
      severity: "error",
      what: `the tenant ${rule} (needed for ${needing.join(", ")})`,
      why: "Exchange refuses to create these objects, so that an up fails and these senders can't send",
      fix,
      resource,
    },
  ];
}
