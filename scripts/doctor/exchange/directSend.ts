import { findingOf } from "../../../mail/doctor/finding.ts";
import { chooseSubmission } from "../../../mail/senders/choose.ts";
import { directSendProblem } from "../../../mail/senders/directSend.ts";
import { findAll } from "../../../providers/exchange/find.ts";
import type { Check } from "../check.ts";

/** Whether the tenant takes mail from the senders that use direct send. */
export const directSend: Check = {
  name: "direct-send",
  title: "direct send",
  async look({ config, invoke }) {
    const senders = chooseSubmission(config.senders).directSending.map(({ sender }) => sender);
    if (senders.length === 0) {
      return { findings: [], notLookedAt: "no sender of the stack file uses direct send" };
    }
    const [organisation] = await findAll(invoke, "Get-OrganizationConfig", {});
    const problem = directSendProblem(senders, organisation?.RejectDirectSend === true);
    if (problem === undefined) {
      return [{ severity: "ok", what: "the tenant takes direct send (RejectDirectSend is off)" }];
    }
    const resource = "organisation (Get-OrganizationConfig RejectDirectSend)";
    const why = "their mail is refused, unless a connector of the tenant matches their address";
    return [findingOf(problem, "error", { why, resource })];
  },
};
