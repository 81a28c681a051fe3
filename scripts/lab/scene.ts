import type { Lab } from "../../lab/lab.ts";
import { openStack, type OpenedStack } from "../engine/openStack.ts";
import { labConfig } from "./stackConfig.ts";

/** The lab's stack by name, and the passphrase of its secrets: there is nothing real to protect. */
export const LAB_STACK = "lab";
export const LAB_PASSPHRASE = "lab";

/** A lab with the stack opened against it. */
export interface Scene {
  readonly lab: Lab;
  readonly stack: OpenedStack;
}

/** Opens the stack that a lab's customer would have. */
export async function openScene(
  lab: Lab,
  folder: string,
  onOutput: (text: string) => void = () => {},
): Promise<Scene> {
  const stack = await openStack({
    stack: LAB_STACK,
    folder,
    config: labConfig(lab),
    env: lab.env,
    passphrase: LAB_PASSPHRASE,
    onOutput,
  });
  return { lab, stack };
}
