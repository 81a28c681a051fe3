import type { Lab } from "../../lab/src/lab.ts";
import { tokenOf } from "../../lab/test/unit/client.ts";

const BEGINNING = "2023-01-01T00:00:00.000Z";

/** An app that somebody has made by hand, and the mailbox that it sends from. */
export interface ClassicApp {
  readonly clientId: string;
  readonly mailbox: string;
  /** @throws Error with Entra's words */
  token(): Promise<string>;
}

/**
 * Gives the lab's own app SMTP.SendAsApp in Entra and full access to anna's mailbox, as it was done before there was a role for
 * it. SMTP AUTH is left as it is.
 */
export function makeClassicApp(lab: Lab): ClassicApp {
  const { world } = lab;
  const { clientId, servicePrincipalId: objectId, appRoles } = world.deployer;
  const mailbox = `anna@${world.tenant.domain}`;
  appRoles.exchange.push("SMTP.SendAsApp");
  const exchange = world.directory.servicePrincipals.find(({ appRoles: roles }) =>
    roles.some(({ value }) => value === "SMTP.SendAsApp"),
  );
  const role = exchange?.appRoles.find(({ value }) => value === "SMTP.SendAsApp");
  world.directory.appRoleAssignments.push({
    ...{ id: "sends", appRoleId: role?.id ?? "", principalId: objectId },
    ...{ resourceId: exchange?.id ?? "", createdDateTime: BEGINNING },
  });
  world.directory.servicePrincipals.push({
    ...{ id: objectId, appId: clientId, accountEnabled: true, effectiveAt: BEGINNING },
    ...{ owners: [], appRoles: [], properties: { displayName: "Order Mailer" } },
  });
  lab.admin("New-ServicePrincipal", {
    ...{ AppId: clientId, ObjectId: objectId, DisplayName: "Order Mailer" },
  });
  lab.admin("Add-MailboxPermission", {
    ...{ Identity: mailbox, User: objectId, AccessRights: ["FullAccess"] },
  });
  for (const one of [...world.exchangeServicePrincipals, ...world.mailboxPermissions]) {
    Object.assign(one, { effectiveAt: BEGINNING, whenCreated: BEGINNING });
  }
  return { clientId, mailbox, token: () => tokenOf(lab) };
}
