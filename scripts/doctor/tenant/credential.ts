import { X509Certificate } from "node:crypto";
import type { Finding } from "../../../mail/doctor/finding.ts";
import { type Identity, judgeIdentity, type SignIn } from "../../../mail/doctor/tenant/identity.ts";
import { findCloud } from "../../../tenant/clouds.ts";
import { signIn } from "../../../tenant/connection.ts";
import { type AppIdentity, CredentialError, identityIn } from "../../../tenant/credential.ts";
import { claimsOf } from "../../../tenant/tokenClaims.ts";
import type { Check } from "../check.ts";

/** Which identity the environment has, and whether it can sign in to what the others need. */
export const credential: Check = {
  name: "credential",
  title: "the identity in the environment",
  async look({ config, connect, env }) {
    const { tenantId, environment } = config;
    try {
      const identity = await identityIn(env, tenantId, await findCloud(environment, env));
      const described = await describe(identity);
      const connection = await connect();
      const { graph, exchangeResource } = connection.cloud;
      const trySignIn = async (service: SignIn["service"], resource: string): Promise<SignIn> => {
        const refused = await signIn(connection, resource).then(
          () => undefined,
          (error: Error) => wordsOf(error),
        );
        return refused === undefined ? { service } : { service, refused };
      };
      const signIns = [
        await trySignIn("Microsoft Graph", graph),
        await trySignIn("Exchange", exchangeResource),
      ];
      return judgeIdentity(described, signIns, { tenantId, now: new Date() });
    } catch (error) {
      if (error instanceof CredentialError) return [noIdentity(error)];
      throw error;
    }
  },
};

async function describe(identity: AppIdentity): Promise<Identity> {
  const { clientId, by } = identity;
  if (identity.by === "certificate") {
    return { clientId, by, until: new Date(new X509Certificate(identity.certificate).validTo) };
  }
  if (identity.by === "federated token") {
    const { exp } = claimsOf(await identity.token());
    return typeof exp === "number"
      ? { clientId, by, until: new Date(exp * 1000) }
      : { clientId, by };
  }
  return { clientId, by };
}

/** Of `sign-in to tenant … for … failed: words; fix` the words. */
const wordsOf = ({ message }: Error): string =>
  /failed: (.+); /.exec(message)?.[1] ?? message.split("\n")[0] ?? message;

function noIdentity({ message }: CredentialError): Finding {
  const [, what = message, fix = "export what the message names"] =
    /^(.+?); (.+)$/.exec(message) ?? [];
  return {
    severity: "error",
    what,
    why: "no preview, up or drift can run with this identity, and most checks of the tenant are unknown; mail is not affected",
    fix,
    resource: "the environment's ARM_ variables",
  };
}
