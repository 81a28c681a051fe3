import { command } from "../../powershell.ts";
import { SMTP_APP_ROLE, SMTP_MANAGEMENT_ROLE } from "../../senders/access.ts";
import type { Finding } from "../finding.ts";
import { REPAIR } from "./fixes.ts";

/** What an app needs in Exchange to submit mail as a mailbox, as far as it was seen. */
export interface Grants {
  readonly sender: string;
  readonly address: string;
  /** Client id of the app. */
  readonly appId: string;
  /** Whether it was there before the stack, so that its owner gives it its rights. */
  readonly isAdopted: boolean;
  /** Object id of its service principal in Exchange; empty where Exchange has none. */
  readonly inExchange: string;
  /** Object id of its enterprise application; empty where Entra has none. */
  readonly inEntra: string;
  /** Whether that enterprise application may sign in; `npm run stop` and administrators disable it. */
  readonly isEnabled: boolean;
  /** What lets it submit mail as the mailbox; `out of scope` where its role is over others alone. */
  readonly right: "role" | "full access" | "out of scope" | "none";
}

const UNAUTHENTICATED =
  "Exchange refuses the app's sign-in with 535 5.7.3 Authentication unsuccessful";

/**
 * Judges an app's rights. Exchange takes a service principal with any object id; only its sign-ins fail.
 *
 * @see https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth
 * @see https://learn.microsoft.com/exchange/permissions-exo/application-rbac
 */
export function judgeGrants(grants: Grants): Finding[] {
  const { sender, address, appId, isAdopted, inExchange, inEntra, isEnabled, right } = grants;
  const resource = `app ${appId}`;
  const error = (what: string, why: string, fix: string): Finding[] => [
    { severity: "error", what, why, fix, resource },
  ];
  if (inEntra === "") {
    return error(
      `Entra has no enterprise application of app ${appId}`,
      "Entra issues no token for it, so that the sender can't sign in",
      isAdopted ? "ask the app's owner to create it again" : REPAIR,
    );
  }
  if (!isEnabled) {
    return error(
      `the enterprise application of app ${appId} is disabled`,
      "Entra issues no token for it (AADSTS7000112), so that the sender can't sign in",
      isAdopted
        ? "ask the app's owner to enable it"
        : `run npm run start -- --stack NAME --sender ${sender} if the sender was stopped; else enable it in the Entra admin centre, Enterprise applications > Properties`,
    );
  }
  const make = command("New-ServicePrincipal", { AppId: appId, ObjectId: inEntra });
  if (inExchange === "") {
    return error(
      `Exchange has no service principal of app ${appId}`,
      UNAUTHENTICATED,
      isAdopted ? `ask the app's owner to run ${make}` : REPAIR,
    );
  }
  if (inExchange !== inEntra) {
    return error(
      `Exchange's service principal of app ${appId} has the object id ${inExchange}, but the enterprise application in Entra has ${inEntra}`,
      `${UNAUTHENTICATED}: it looks for the object id that the token names`,
      isAdopted
        ? `ask the app's owner to run ${command("Remove-ServicePrincipal", { Identity: appId })}, then ${make}, and to give it its rights again`
        : `run ${command("Remove-ServicePrincipal", { Identity: appId })}, then npm run pulumi -- up --refresh --stack NAME, which creates it and its rights again`,
    );
  }
  const repair = isAdopted
    ? `ask the app's owner to give it the role "${SMTP_MANAGEMENT_ROLE}" with a scope that contains ${address}, or the permission ${SMTP_APP_ROLE} and full access to that mailbox`
    : REPAIR;
  if (right === "out of scope") {
    return error(
      `${address} is not in the scope of the role "${SMTP_MANAGEMENT_ROLE}" of app ${appId}`,
      UNAUTHENTICATED,
      repair,
    );
  }
  if (right === "none") {
    return error(`app ${appId} has no right to submit mail as ${address}`, UNAUTHENTICATED, repair);
  }
  return [{ severity: "ok", what: `app ${appId} may submit mail as ${address}, by ${right}` }];
}

/**
 * Judges whether a sender may use another address than that of its mailbox.
 *
 * @param trustee the sender's mailbox
 */
export function judgeSendAs(address: string, trustee: string, isHeld: boolean): Finding {
  if (isHeld) return { severity: "ok", what: `${trustee} may send as ${address}` };
  return {
    severity: "error",
    what: `${trustee} does not have the permission SendAs on ${address}`,
    why: "Exchange refuses mail with this address in From with 554 5.2.252 SendAsDenied",
    fix: REPAIR,
    resource: `mailbox ${address}`,
  };
}
