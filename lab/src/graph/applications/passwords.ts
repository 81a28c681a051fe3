import { newGuid } from "../../context.ts";
import { makeRandom } from "../../random.ts";
import type { Application, PasswordCredential } from "../../world/directory.ts";
import type { Answer, Call } from "../call.ts";
import { one } from "../entities.ts";
import { GraphRefusal } from "../refusal.ts";
import * as replies from "../replies.ts";
import { checkOwnership } from "../roles.ts";
import { checkBody } from "../shape.ts";
import { graphTime, knownFrom, readTime } from "../time.ts";
import { badPasswordPeriod, unknownPassword } from "./credentialReplies.ts";
import { presentPassword } from "./present.ts";

/** `addPassword`: this answer alone shows the secret. Without dates it is good for two years. */
export function addPassword(call: Call, application: Application): Answer {
  const { context, secrets } = call;
  checkOwnership(call, application.owners);
  const { displayName, start, end } = readOrder(call);
  const keyId = newGuid(context.world);
  const random = makeRandom(`${context.world.seed}/client secret/${keyId}`);
  const text = `${random.hex(3)}8Q~${random.hex(34)}`;
  const credential: PasswordCredential = {
    keyId,
    displayName,
    hint: text.slice(0, 3),
    startDateTime: graphTime(start),
    endDateTime: graphTime(end),
    effectiveAt: knownFrom(context),
  };
  secrets.appPasswords[keyId] = text;
  application.passwordCredentials.push(credential);
  context.changed();
  const kind = { segment: "microsoft.graph.passwordCredential", type: "passwordCredential" };
  return one(call, kind, presentPassword(credential, text));
}

/** `removePassword` */
export function removePassword(call: Call, application: Application): Answer {
  checkOwnership(call, application.owners);
  checkBody(call, call.body, { keyId: "string" }, "Application");
  const { keyId } = call.body;
  const kept = application.passwordCredentials.filter((held) => held.keyId !== keyId);
  if (kept.length === application.passwordCredentials.length) {
    throw new GraphRefusal(unknownPassword(call.trace(), String(keyId)));
  }
  application.passwordCredentials = kept;
  call.context.changed();
  return replies.done();
}

function readOrder(call: Call): { displayName: string | null; start: Date; end: Date } {
  checkBody(
    call,
    call.body,
    {
      passwordCredential: {
        displayName: "string",
        startDateTime: "string",
        endDateTime: "string",
      },
    },
    "PasswordCredential",
  );
  const order = { ...(call.body.passwordCredential as Record<string, string | null> | null) };
  const now = call.context.clock.now();
  const start = order.startDateTime ? readTime(order.startDateTime) : now;
  const inTwoYears = new Date(start ?? now);
  inTwoYears.setUTCFullYear(inTwoYears.getUTCFullYear() + 2);
  const end = order.endDateTime ? readTime(order.endDateTime) : inTwoYears;
  if (start === undefined || end === undefined || end <= start || end <= now) {
    throw new GraphRefusal(badPasswordPeriod(call.trace()));
  }
  return { displayName: order.displayName ?? null, start, end };
}
