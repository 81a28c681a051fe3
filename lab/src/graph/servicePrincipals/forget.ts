import type { Directory, ServicePrincipal } from "../../world/directory.ts";

/** Takes a service principal away, with the app roles that it holds and those that are held on it. */
export function forgetPrincipal(principal: ServicePrincipal, directory: Directory): void {
  directory.servicePrincipals = directory.servicePrincipals.filter((held) => held !== principal);
  directory.appRoleAssignments = directory.appRoleAssignments.filter(
    ({ principalId, resourceId }) => ![principalId, resourceId].includes(principal.id),
  );
}
