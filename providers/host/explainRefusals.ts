import type { Needs } from "../../mail/rights/needs.ts";
import { CUSTOMIZE, SMTP_MANAGEMENT_ROLE } from "../../mail/senders/access.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import { ExchangeError, onlyReads } from "../../tenant/exchangeError.ts";

/** How Exchange refuses to make roles, scopes and policies in an organisation that was never customised. */
const DEHYDRATED = "InvalidOperationInDehydratedContextException";

/** Adds to a refusal of Exchange what an administrator has to do. */
export function explainRefusals(invoke: Invoke, roles: Needs): Invoke {
  return async (cmdlet, parameters) => {
    try {
      return await invoke(cmdlet, parameters);
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error;
      const fix = fixOf(error, roles);
      if (fix === "") throw error;
      // Still an ExchangeError: an earlier try that may have run decides whether state keeps the object.
      const { cmdlet, status, type, mayHaveRun } = error;
      const message = `${error.message}; ${fix}`;
      throw new ExchangeError({ cmdlet, status, type, mayHaveRun, message, cause: error });
    }
  };
}

function fixOf({ cmdlet, status, type, message }: ExchangeError, { read, write }: Needs): string {
  if (type === DEHYDRATED) {
    return `${CUSTOMIZE}, and run pulumi up again; Exchange may continue to refuse for a while after the cmdlet has run`;
  }
  if (/delegating role assignment/.test(message)) {
    return `give the app's role group a delegating assignment of the role ${SMTP_MANAGEMENT_ROLE}, as npm run bootstrap does (New-ManagementRoleAssignment -SecurityGroup … -Role "${SMTP_MANAGEMENT_ROLE}" -Delegating)`;
  }
  if (status === 403) {
    const enough = "is enough in place of the directory role";
    const deploying = write.join(" and ");
    if (!onlyReads(cmdlet)) return `an Exchange role group with ${deploying} ${enough}`;
    return `an Exchange role group with ${read.join(" and ")} ${enough}, for an app that deploys one with ${deploying}`;
  }
  return "";
}
