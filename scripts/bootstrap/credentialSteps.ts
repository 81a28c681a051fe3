import { appTitle } from "../../mail/rights/names.ts";
import type { AppName } from "../../mail/rights/rights.ts";
import type { Workload } from "../../mail/rights/workloads.ts";
import type { App } from "../../tenant/apps.ts";
import type { Step } from "../steps/steps.ts";
import { appOf } from "./made.ts";
import { onceKnown } from "./patience.ts";
import { findApp, type World } from "./world.ts";

/** A certificate that an app is to sign in with. */
export interface CertificateToAdd {
  readonly app: AppName;
  /** base64 of its DER. */
  readonly key: string;
  /** SHA-1 thumbprint, hexadecimal, upper case. */
  readonly thumbprint: string;
  /** Its subject, for people. */
  readonly subject: string;
}

/** What the apps are to sign in with. */
export interface Credentials {
  readonly workloads: readonly Workload[];
  readonly certificates: readonly CertificateToAdd[];
}

/** The steps that let outside tokens and certificates sign in as an app. */
export function credentialSteps(
  world: World,
  name: AppName,
  { workloads, certificates }: Credentials,
): Step[] {
  const { entra, stack } = world;
  const title = appTitle(stack, name);
  return [
    ...workloads
      .filter(({ app }) => app === name)
      .map(
        ({ name: displayName, issuer, subject, audience, what }): Step => ({
          title: `let ${what} sign in as "${title}"`,
          reason: `a federated credential (subject ${subject}) needs no secret; it takes the place of the one named ${displayName}, if there is one`,
          undo: "it goes with the app registration",
          isDone: async () => {
            const app = await findApp(world, name);
            const all = app === undefined ? [] : await entra.federatedCredentialsOf(app);
            return all.some((one) => one.issuer === issuer && one.subject === subject);
          },
          act: async () => {
            const app = await appOf(world, name);
            const credential = { name: displayName, issuer, subject, audiences: [audience] };
            await onceKnown(() => entra.setFederatedCredential(app, credential));
          },
        }),
      ),
    ...certificates
      .filter(({ app }) => app === name)
      .map(
        ({ key, thumbprint, subject }): Step => ({
          title: `let "${title}" sign in with the certificate ${thumbprint} (${subject})`,
          reason: "whoever has its key signs in; the key stays where it is",
          undo: "remove it in the Entra admin centre, or with the app registration",
          isDone: async () => hasCertificate(await findApp(world, name), thumbprint),
          act: async () => {
            const app = await appOf(world, name);
            await onceKnown(() => entra.addCertificate(app, key, title));
          },
        }),
      ),
  ];
}

/** Graph shows thumbprints as hexadecimal or base64. */
function hasCertificate(app: App | undefined, thumbprint: string): boolean {
  const forms = [thumbprint, Buffer.from(thumbprint, "hex").toString("base64")];
  return (app?.certificates ?? []).some(({ customKeyIdentifier: id }) =>
    forms.some((form) => form.toLowerCase() === String(id).toLowerCase()),
  );
}
