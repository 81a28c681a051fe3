import type { Context } from "../context.ts";
import { makeRandom } from "../random.ts";
import type { Secrets } from "../world/secrets.ts";

/** How many sign-ins the lab keeps, so that a world on disk stays small. */
const MOST_SIGN_INS = 2000;

/** Records that an app of the directory got a token with one of its secrets. */
export function recordSignIn(
  { world, clock, changed }: Context,
  { appPasswords }: Secrets,
  { clientId, secret }: { clientId: string; secret: string },
): void {
  const { applications, servicePrincipals } = world.directory;
  const application = applications.find(({ appId }) => appId === clientId);
  const principal = servicePrincipals.find(({ appId }) => appId === clientId);
  const credential = application?.passwordCredentials.find(
    ({ keyId }) => appPasswords[keyId] === secret,
  );
  if (!application || !principal || !credential) return;
  const at = clock.now().toISOString();
  world.signIns.push({
    id: makeRandom(`${world.seed}/sign-in/${at}/${world.signIns.length}`).guid(),
    at,
    appId: clientId,
    appDisplayName: String(application.properties.displayName),
    servicePrincipalId: principal.id,
    credentialKeyId: credential.keyId,
  });
  world.signIns.splice(0, world.signIns.length - MOST_SIGN_INS);
  changed();
}
