import type { Hono } from "hono";
import type { AppSignIn } from "../world/signIns.ts";
import { answerList, type Entity } from "./answers.ts";
import type { Guard } from "./guard.ts";
import { graphTime } from "./time.ts";

const READERS = ["AuditLog.Read.All"];
/** The one filter that the lab acts on: the sign-ins of one app by itself, from a time on. */
const FILTER =
  /^signInEventTypes\/any\(t: ?t eq 'servicePrincipal'\) and appId eq '([^']+)' and createdDateTime ge (\S+)$/;

/**
 * Adds the sign-in log, which has the sign-ins of apps in the beta version alone. A tenant without Entra ID P1 has none to
 * be read.
 */
export function addSignInRoutes(app: Hono, guard: Guard): void {
  const rule = { roles: READERS, options: ["$filter", "$top", "$skiptoken"] };
  app.get("/beta/auditLogs/signIns", (c) =>
    guard(c, rule, (call) => {
      const { world, clock } = call.context;
      const { settings, signIns } = world;
      if (settings.signInLog === "not licensed") throw call.refusal("graph.not-premium");
      const filter = c.req.query("$filter") ?? "";
      const [, appId = "", from = ""] = FILTER.exec(filter) ?? [];
      if (appId === "") throw call.refusal("graph.unknown-filter", { filter });
      const shownUntil = clock.now().getTime() - settings.signInLogDelayMs;
      const found = signIns
        .filter(
          (one) => one.appId === appId.toLowerCase() && Date.parse(one.at) >= Date.parse(from),
        )
        .filter(({ at }) => Date.parse(at) <= shownUntil)
        .toReversed();
      const kind = { segment: "auditLogs/signIns", type: "signIn" };
      return answerList(call, kind, found.map(signInEntity));
    }),
  );
}

function signInEntity({ id, at, credentialKeyId, ...app }: AppSignIn): Entity {
  return {
    id,
    createdDateTime: graphTime(new Date(at)),
    ...app,
    servicePrincipalCredentialKeyId: credentialKeyId,
    signInEventTypes: ["servicePrincipal"],
    status: { errorCode: 0, failureReason: "Other.", additionalDetails: null },
  };
}
