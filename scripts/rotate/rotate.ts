import { chooseSubmission } from "../../mail/senders/choose.ts";
import {
  makesNewest,
  type Rotation,
  rotatedCredential,
  rotationOf,
} from "../../mail/senders/rotation.ts";
import { connect, type Tenant } from "../../tenant/connection.ts";
import { Cancelled, shortNameOf } from "../engine/operation.ts";
import { loadConfig, senderNamed } from "../stack/config.ts";
import { setSenderKey } from "../stack/edit.ts";
import { ask, NobodyToAsk } from "../steps/ask.ts";
import { handOver } from "./handOver.ts";
import { forgetGoneSecrets, previewCredential, readCredential, upStack } from "./stack.ts";
import { waitForUse } from "./waitForUse.ts";

/** What was asked for on the command line. */
export interface Asked {
  /** `prod`, or `organization/project/prod` */
  readonly stack: string;
  readonly sender: string;
  /** The command that gets the new credential. */
  readonly run: string | undefined;
  /** Whether the sender uses the new secret. */
  readonly used: boolean;
  /** How many minutes that is waited for. */
  readonly minutes: number;
  /** Whether the stack file alone is edited. */
  readonly noUp: boolean;
  readonly yes: boolean;
}

/** What became of it. */
export interface Rotated {
  readonly by: "secret" | "password";
  /** credentialGeneration as the stack file has it now. */
  readonly credentialGeneration: string;
  readonly outcome: "edited" | "rotated" | "finished an earlier rotation" | "declined";
}

/**
 * Renews a sender's secret or password, from where the stack file and the state are.
 *
 * @throws Error that says what is valid; NobodyToAsk; Cancelled
 */
export async function rotate(asked: Asked): Promise<Rotated> {
  const { stack, sender: name } = asked;
  const { config } = await loadConfig(stack);
  const sender = senderNamed(name, config, stack);
  const by = rotatedCredential(chooseSubmission(config.senders), name);
  const rotation = rotationOf(sender.credentialGeneration, by);
  if (asked.used && by === "password") throw new Error(nothingUsed(asked, by));
  if (asked.noUp) return editAlone(asked, by, rotation);
  // What is wrong with the identity is said before anything is changed.
  await connect(config);
  say(`looking whether stack "${stack}" has other changes`);
  if (by === "secret") await forgetGoneSecrets(stack, name);
  const credential = { sender: name, newest: rotation.newest };
  const pending = await previewCredential(stack, credential);
  if (by === "password") return replacePassword(asked, rotation, pending.length > 0);
  const isNew = makesNewest(pending, credential);
  if (asked.used && (isNew || (rotation.phase === "settled" && pending.length === 0))) {
    throw new Error(nothingUsed(asked, by));
  }
  if (pending.length > 0) {
    say(`running the up that is pending: ${pending.map(({ op, name: one }) => `${op} ${one}`)}`);
    await upStack(stack);
  }
  if (rotation.phase === "overlap") return finish(asked, config, rotation);
  if (pending.length > 0) {
    const now = { by, credentialGeneration: JSON.stringify(sender.credentialGeneration) };
    if (!isNew) return { ...now, outcome: "finished an earlier rotation" };
    const { secret } = await readCredential(stack, name, rotation.newest);
    await give(asked, secret, `the new secret of sender "${name}" is the only valid one`);
    return { ...now, outcome: "rotated" };
  }
  const issued = { next: rotation.next, newest: rotation.newest + 1 };
  await issue(asked, issued, "the present secret stays valid beside it");
  return finish(asked, config, rotationOf(issued.newest, by));
}

/** `--used` would take the one credential away that is valid. */
const nothingUsed = ({ sender }: Asked, by: string): string =>
  `sender "${sender}" has no new ${by} yet that it could use; run it without --used, which makes one; nothing was changed`;

/** Writes a generation into the stack file, and runs the `up` for it. */
async function issue(
  { stack, sender }: Asked,
  { next, newest }: { readonly next: string; readonly newest: number },
  meaning: string,
): Promise<void> {
  const file = await setSenderKey(shortNameOf(stack), sender, "credentialGeneration", next);
  say(`${file}: credentialGeneration of sender "${sender}" is ${next} now; ${meaning}`);
  try {
    await previewCredential(stack, { sender, newest });
    await upStack(stack);
  } catch (error) {
    if (error instanceof Cancelled) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${message}; ${file} has the new generation, so run it again to go on`, {
      cause: error,
    });
  }
}

/** Hands the newest of two secrets over, waits until it is used, and removes the other. */
async function finish(asked: Asked, tenant: Tenant, { newest, next }: Rotation): Promise<Rotated> {
  const { stack, sender, used, minutes } = asked;
  const both = `secrets ${newest} and ${newest - 1} of sender "${sender}" are both valid`;
  if (!used) {
    const held = await readCredential(stack, sender, newest);
    await give(asked, held.secret, both);
    say(`waiting until sender "${sender}" signs in with the new secret`);
    const isUsed = await waitForUse(await connect(tenant), held, minutes);
    const later = `${both}; once it uses the new one, run npm run rotate -- --stack ${stack} --sender ${sender} --used`;
    if (isUsed === false) {
      throw new Error(
        `the sign-in log does not show the new secret after ${minutes} minutes; ${later}`,
      );
    }
    if (typeof isUsed === "string") {
      say(`the sign-in log can't be read (${isUsed})`);
      const question = `does sender "${sender}" use the new secret`;
      const answer = await ask(question, "--used").catch((error: unknown) => {
        if (error instanceof NobodyToAsk) return false;
        throw error;
      });
      if (!answer) throw new Error(later);
    }
  }
  await issue(asked, { next, newest }, "the old secret is removed");
  return { by: "secret", credentialGeneration: next, outcome: "rotated" };
}

/** Gives the new secret to the command, or says how to read it. */
async function give({ stack, sender, run }: Asked, secret: string, valid: string): Promise<void> {
  const read = `npm run pulumi -- stack output secrets.${sender} --show-secrets --stack ${stack}`;
  if (run === undefined) {
    say(`${valid}; give it the new one, which this prints: ${read}`);
    return;
  }
  try {
    await handOver(run, secret);
    say(`${valid}; the command of --run has the new one`);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${message}; ${valid}, and this prints the new one: ${read}`, { cause: error });
  }
}

/** There is no overlap: the sender is refused from the `up` on until it has the new one. */
async function replacePassword(
  asked: Asked,
  { newest, next }: Rotation,
  isPending: boolean,
): Promise<Rotated> {
  const { sender, yes } = asked;
  const by = "password";
  const question = `the present password of sender "${sender}" ends at once; replace it`;
  if (!(yes || (await ask(question, "--yes")))) {
    return { by, credentialGeneration: `${newest}`, outcome: "declined" };
  }
  // The stack file has another generation than the last up where a run was cut off, or a commit has raised it.
  if (isPending) await upStack(asked.stack);
  else await issue(asked, { next, newest: newest + 1 }, "the present password ends");
  const generation = isPending ? newest : newest + 1;
  const { secret } = await readCredential(asked.stack, sender, generation);
  await give(asked, secret, `the new password of sender "${sender}" is the only valid one`);
  return { by, credentialGeneration: `${generation}`, outcome: "rotated" };
}

/** For a pipeline, which runs `up` itself: one edit a call. */
async function editAlone(
  asked: Asked,
  by: "secret" | "password",
  { phase, next, newest }: Rotation,
): Promise<Rotated> {
  const { stack, sender, used } = asked;
  if (phase === "overlap" && !used) {
    throw new Error(
      `secrets ${newest} and ${newest - 1} of sender "${sender}" are both valid by the stack file; add --used once it uses the new one; nothing was changed`,
    );
  }
  if (phase === "settled" && used) throw new Error(nothingUsed(asked, by));
  await setSenderKey(shortNameOf(stack), sender, "credentialGeneration", next);
  return { by, credentialGeneration: next, outcome: "edited" };
}

export const say = (text: string): void => void process.stderr.write(`rotate: ${text}\n`);
