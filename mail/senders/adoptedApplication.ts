import type { Problem } from "../problem.ts";
import { SMTP_APP_ROLE, SMTP_MANAGEMENT_ROLE } from "./access.ts";

/** Says that Exchange has no service principal of an app that is to be adopted. */
export const appNotKnownProblem = (appId: string): Problem => ({
  key: "adoptApplication",
  value: appId,
  rule: "is to be adopted, but Exchange has no service principal of this app",
  fix: "use the client id of the app that sends from the mailbox already, or remove adoptApplication to let the stack create an app",
});

const GIVE = `let the app's owner give it the role "${SMTP_MANAGEMENT_ROLE}" over a scope with this mailbox, or ${SMTP_APP_ROLE} in Entra and full access to the mailbox`;

/** Says that an app that is to be adopted may not submit mail as its mailbox. */
export const notToSubmitProblem = (appId: string, mailbox: string): Problem => ({
  key: "adoptApplication",
  value: appId,
  rule: `is to be adopted, but Exchange does not let this app submit mail as ${mailbox}`,
  fix: `${GIVE}; or remove adoptApplication to let the stack create an app`,
});

/** The same of an app that the stack has adopted, in one sentence. */
export const mayNotSubmit = (appId: string, mailbox: string): string =>
  `Exchange does not let app ${appId} submit mail as ${mailbox} any more, and the stack gives an adopted app no rights; ${GIVE}, then run pulumi up again`;
