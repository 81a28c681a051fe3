import { judgeExpiry } from "../../../mail/doctor/tenant/expiry.ts";
import { credentialsOf } from "../../../tenant/appCredentials.ts";
import { type Check, lookAtEach, unmade } from "../check.ts";
import { appsOfSenders, thumbprintsOf } from "./senderApps.ts";

/** Whether what senders sign in with is valid, and for how long: in Entra, by any app, adopted ones too. */
export const expiry: Check = {
  name: "expiry",
  title: "secrets and certificates of the senders' apps",
  async look(context) {
    const declared = appsOfSenders(context);
    const apps = declared.flatMap(({ clientId, ...app }) =>
      clientId === undefined ? [] : [{ ...app, clientId }],
    );
    if (declared.length === 0) {
      return { findings: [], notLookedAt: "no sender signs in as an app" };
    }
    if (apps.length === 0) {
      const notLookedAt = unmade(context) ?? "no up has made the apps of the senders yet";
      return { findings: [], notLookedAt };
    }
    const connection = await context.connect();
    const about = { stack: context.stack, now: new Date() };
    return lookAtEach(
      apps,
      ({ clientId }) => `app ${clientId}`,
      async ({ sender, clientId, credential }) => {
        const app = await credentialsOf(connection, clientId);
        const { by } = credential;
        return judgeExpiry({ sender, clientId, by, app, ...thumbprintsOf(credential) }, about);
      },
    );
  },
};
