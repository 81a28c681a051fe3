import { type OpenedStack, openStack } from "../../scripts/engine/openStack.ts";
import type { Certificate, Lab } from "../src/lab.ts";
import { attachPlugins, type UsedPlugin } from "./plugins.ts";
import { type LabApplication, type LabSender, labApplications, labSenders } from "./senders.ts";
import { getToken, type SignIn } from "./signIn.ts";
import { labConfig } from "./stackConfig.ts";

/** The lab's stack by name, and the passphrase of its secrets: there is nothing real to protect. */
export const LAB_STACK = "lab";
export const LAB_PASSPHRASE = "lab";

/** A lab with its customer's stack and servers. */
export interface Scene {
  readonly lab: Lab;
  readonly stack: OpenedStack;
  /** What the stack's engine has in its environment, the lab's own included. */
  readonly env: Readonly<Record<string, string>>;
  /** The plugins that it uses, or what stands in for them. */
  readonly plugins: readonly UsedPlugin[];
  /** The servers as the stack file has them; what becomes of them later is in the world. */
  readonly senders: readonly LabSender[];
  /** The applications that sign in. */
  readonly applications: readonly LabApplication[];
  /** How applications come by their tokens. */
  token(application: LabApplication, signIn: SignIn): Promise<string>;
  /** What billing's server presents. */
  certificate: Certificate;
  /** Address that the servers write as the author; each its own when left out. */
  author?: string;
  /** Ends what was opened with it; the lab stays. */
  close(): Promise<void>;
}

/** A service that keeps the key of a state's secrets. */
export interface Keys {
  /** As a stack file's `secretsprovider` names it. */
  readonly provider: string;
  /** What belongs into the engine's environment. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Opens the stack that the lab's customer would have, and gives billing's server its certificate.
 *
 * @param keys a passphrase protects the state's secrets when left out
 */
export async function openScene(
  lab: Lab,
  folder: string,
  onOutput: (text: string) => void = () => {},
  keys?: Keys,
): Promise<Scene> {
  const senders = labSenders(lab.world);
  const { env: ofPlugins, used: plugins, close } = await attachPlugins(lab.env);
  const env = { ...lab.env, ...ofPlugins, ...keys?.env };
  try {
    const [stack, certificate] = await Promise.all([
      openStack({
        stack: LAB_STACK,
        folder,
        config: labConfig(lab.world),
        env,
        passphrase: LAB_PASSPHRASE,
        ...(keys && { secretsProvider: keys.provider }),
        onOutput,
      }),
      lab.issueCertificate({ names: [senders[1].host], issuer: "public" }),
    ]);
    const applications = labApplications(lab.world);
    const token = (application: LabApplication, signIn: SignIn) =>
      getToken(lab, application, signIn);
    return { lab, stack, env, plugins, senders, applications, token, certificate, close };
  } catch (error) {
    await close();
    throw error;
  }
}
