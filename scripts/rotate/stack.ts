import type { Stack } from "@pulumi/pulumi/automation/index.js";
import relay from "../../index.ts";
import { isOfCredential, type OfSender, otherChanges } from "../../mail/senders/rotation.ts";
import { type Change, changesOf } from "../engine/operation.ts";
import { runOnStack } from "../engine/runOnStack.ts";

const silent = (): void => {};

/**
 * What an `up` would change of a sender's credential.
 *
 * @throws Error when it would change anything else: that is not rotate's to do
 */
export async function previewCredential(stack: string, credential: OfSender): Promise<Change[]> {
  const { events } = await runOnStack(
    stack,
    relay,
    (opened, options) => opened.preview({ ...options, suppressProgress: true }),
    silent,
  );
  const changes = changesOf(events);
  const others = otherChanges(changes, credential);
  if (others.length > 0) {
    const what = others.map(({ op, name }) => `${op} ${name}`).join(", ");
    throw new Error(
      `an up of stack "${stack}" would change more than the credential of sender "${credential.sender}" (${what}); run npm run pulumi -- up first, or take these changes back`,
    );
  }
  return changes.filter((change) => isOfCredential(change, credential));
}

/**
 * Looks whether Entra still has each secret that the state has of a sender, and takes those out of the state that are gone:
 * `npm run stop -- --leaked` removes them, and an `up` could not remove them again.
 */
export async function forgetGoneSecrets(stack: string, sender: string): Promise<void> {
  const { result } = await runOnStack(stack, undefined, readStack, silent);
  const secret = new RegExp(`::relay-${sender}-secret-\\d+$`);
  const target = result.resources.map(({ urn }) => urn).filter((urn) => secret.test(urn));
  if (target.length === 0) return;
  await runOnStack(
    stack,
    undefined,
    (opened, options) =>
      opened.refresh({ ...options, target, suppressProgress: true, showSecrets: false }),
    silent,
  );
}

/** Runs the `up` that a preview has shown. */
export async function upStack(stack: string): Promise<void> {
  await runOnStack(
    stack,
    relay,
    (opened, options) => {
      // Nobody reads what the SDK would ask the engine for afterwards.
      opened.info = async () => undefined;
      opened.outputs = async () => ({});
      return opened.up({ ...options, suppressProgress: true, showSecrets: false });
    },
    silent,
  );
}

/** What a stack's last `up` has left of a sender's credential. */
export interface HeldCredential {
  /** The newest secret or password. */
  readonly secret: string;
  /** Client id of the app; empty of a password. */
  readonly clientId: string;
  /** Id of the newest secret in Entra; empty of a password. */
  readonly keyId: string;
}

/** @throws Error when the stack has no such credential */
export async function readCredential(
  stack: string,
  sender: string,
  generation: number,
): Promise<HeldCredential> {
  const { result } = await runOnStack(stack, undefined, readStack, silent);
  const secret: unknown = result.outputs[`secrets.${sender}`]?.value;
  if (typeof secret !== "string") {
    throw new Error(
      `stack "${stack}" has no output secrets.${sender}; run npm run pulumi -- up, which makes it`,
    );
  }
  const settings = result.outputs[`senders.${sender}`]?.value as { clientId?: string } | undefined;
  const urn = `::relay-${sender}-secret-${generation}`;
  const held = result.resources.find((resource) => resource.urn.endsWith(urn));
  return { secret, clientId: settings?.clientId ?? "", keyId: held?.outputs?.keyId ?? "" };
}

interface HeldResource {
  readonly urn: string;
  readonly outputs?: { readonly keyId?: string };
}

async function readStack(opened: Stack) {
  const outputs = await opened.outputs();
  const { resources = [] } = (await opened.exportStack()).deployment as {
    readonly resources?: readonly HeldResource[];
  };
  return { outputs, resources };
}
