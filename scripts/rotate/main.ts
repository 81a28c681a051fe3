// `npm run rotate`: a new secret or password for a sender, without an interruption where Entra allows it. See HELP.
import { chooseSubmission } from "../../mail/senders/choose.ts";
import type { CredentialGeneration } from "../../mail/senders/generation.ts";
import { type Rotation, rotatedCredential, rotationOf } from "../../mail/senders/rotation.ts";
import { connect, type Tenant } from "../../tenant/connection.ts";
import { shortNameOf } from "../engine/operation.ts";
import { readOptions } from "../setup/options.ts";
import { loadConfig } from "../stack/config.ts";
import { setSenderKey } from "../stack/edit.ts";
import { ask, exitCodeOf, NobodyToAsk } from "../steps/ask.ts";
import { handOver } from "./handOver.ts";
import { previewCredential, readCredential, upStack } from "./stack.ts";
import { waitForUse } from "./waitForUse.ts";

const HELP = `npm run rotate -- --stack NAME --sender NAME [--run COMMAND] [--used] [--wait MINUTES] [--no-up] [--yes] [--json]

Gives a sender a new secret. Raises its credentialGeneration in the stack file and runs up: both secrets are valid. Hands the
new one over. Waits until the sender uses it (Entra's sign-in log, where it can be read; else it asks). Lists the new generation
alone and runs up: the old secret is removed. Goes on where an earlier run, or a commit, has left off. A user has one password
at a time: the new one takes the place of the present one at once. More: docs/how-to/rotate-a-credential.md.

  --stack NAME    the stack: prod, or organization/project/prod
  --sender NAME   a sender of its stack file
  --run COMMAND   gets the new secret or password on its standard input. Without it, a line says how to read it
  --used          says that the sender uses the new secret, so that nothing is handed over and nothing is waited for
  --wait MINUTES  how long to wait for that (default 30)
  --no-up         edits the stack file alone, for a pipeline that runs up; the second time with --used
  --yes           does not ask before a password is replaced
  --json          writes one object to stdout

Refused while an up would change anything but this credential. Exit codes: 0 done; 1 failed, or the sender does not use the
new secret yet: the text says what is valid; 2 wrong usage; 130 Ctrl-C.`;

const options = {
  stack: { type: "string" },
  sender: { type: "string" },
  run: { type: "string" },
  used: { type: "boolean", default: false },
  wait: { type: "string", default: "30" },
  "no-up": { type: "boolean", default: false },
  yes: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
} as const;

interface Asked {
  readonly stack: string;
  readonly sender: string;
  readonly run: string | undefined;
  readonly used: boolean;
  readonly minutes: number;
  readonly noUp: boolean;
  readonly yes: boolean;
}

/** What became of it. */
interface Rotated {
  readonly by: "secret" | "password";
  /** credentialGeneration as the stack file has it now. */
  readonly credentialGeneration: string;
  readonly outcome: "edited" | "rotated" | "finished an earlier rotation" | "declined";
}

async function main(): Promise<number> {
  const given = readOptions("rotate", HELP, options);
  const { stack, sender, run, used, yes, json, wait, "no-up": noUp } = given;
  if (stack === undefined) return usage("--stack is missing");
  if (sender === undefined) return usage("--sender is missing");
  const minutes = Number(wait);
  if (!(minutes >= 0)) return usage(`--wait ${wait}: use a number of minutes`);
  const asked = { stack, sender, run, used, minutes, noUp, yes };
  const rotated = await rotate(asked);
  if (json) console.log(JSON.stringify({ stack, sender, ...rotated }, null, 2));
  else console.log(sentenceOf(asked, rotated));
  return rotated.outcome === "declined" ? 1 : 0;
}

async function rotate(asked: Asked): Promise<Rotated> {
  const { stack, sender: name } = asked;
  const { config } = await loadConfig(stack);
  const sender = config.senders.find((one) => one.name === name);
  if (sender === undefined) {
    const known = config.senders.map((one) => one.name).join(", ");
    throw new Error(
      `stack "${shortNameOf(stack)}" has no sender "${name}"; use one of ${known}; nothing was changed`,
    );
  }
  const by = rotatedCredential(chooseSubmission(config.senders), name);
  const rotation = rotationOf(sender.credentialGeneration, by);
  if (asked.noUp) return editAlone(asked, by, rotation);
  // What is wrong with the identity is said before anything is changed.
  await connect(config);
  say(`looking whether stack "${stack}" has other changes`);
  const pending = await previewCredential(stack, { sender: name, newest: rotation.newest });
  if (by === "password") return replacePassword(asked, rotation, pending.length > 0);
  if (pending.length > 0) {
    say(`running the up that is pending: ${pending.map(({ op, name: one }) => `${op} ${one}`)}`);
    await upStack(stack);
  }
  if (rotation.phase === "overlap") return finish(asked, config, rotation);
  if (pending.length > 0) {
    return { by, ...written(sender.credentialGeneration), outcome: "finished an earlier rotation" };
  }
  const issued = { next: rotation.next, newest: rotation.newest + 1 };
  await issue(asked, issued, "the present secret stays valid beside it");
  return finish(asked, config, rotationOf(issued.newest, by));
}

const written = (generation: CredentialGeneration) => ({
  credentialGeneration: JSON.stringify(generation),
});

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
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${message}; ${file} has the new generation, so run it again to go on`, {
      cause: error,
    });
  }
}

/** Hands the new secret over, waits until it is used, and removes the old one. */
async function finish(asked: Asked, tenant: Tenant, { newest, next }: Rotation): Promise<Rotated> {
  const { stack, sender, run, used } = asked;
  const both = `secrets ${newest} and ${newest - 1} of sender "${sender}" are both valid`;
  if (!used) {
    const held = await readCredential(stack, sender, newest);
    await give(asked, held.secret, both);
    say(`waiting until sender "${sender}" signs in with the new secret`);
    const isUsed = await waitForUse(await connect(tenant), held, asked.minutes);
    const later = `${both}; once it uses the new one, run npm run rotate -- --stack ${stack} --sender ${sender} --used`;
    if (isUsed === false) {
      throw new Error(
        `the sign-in log does not show the new secret after ${asked.minutes} minutes; ${later}`,
      );
    }
    if (typeof isUsed === "string") {
      say(`the sign-in log can't be read (${isUsed})`);
      const answer = await ask(`does sender "${sender}" use the new secret`, "--used").catch(
        (error: unknown) => {
          if (error instanceof NobodyToAsk) return false;
          throw error;
        },
      );
      if (!answer) throw new Error(later);
    }
  } else if (run !== undefined) {
    say("--run is not called, as --used says that the sender has the new secret");
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
  { stack, sender, used }: Asked,
  by: "secret" | "password",
  { phase, next, newest }: Rotation,
): Promise<Rotated> {
  if (phase === "overlap" && !used) {
    throw new Error(
      `secrets ${newest} and ${newest - 1} of sender "${sender}" are both valid by the stack file; add --used once it uses the new one; nothing was changed`,
    );
  }
  await setSenderKey(shortNameOf(stack), sender, "credentialGeneration", next);
  return { by, credentialGeneration: next, outcome: "edited" };
}

function sentenceOf({ sender }: Asked, { by, credentialGeneration, outcome }: Rotated): string {
  const now = `credentialGeneration is ${credentialGeneration}`;
  switch (outcome) {
    case "declined":
      return `sender "${sender}": nothing was changed`;
    case "edited":
      return `sender "${sender}": ${now}; commit the stack file, and run npm run pulumi -- up`;
    case "rotated":
      return `sender "${sender}": the new ${by} is the only valid one; ${now}; commit the stack file`;
    default:
      return `sender "${sender}": ${outcome}; ${now}; run it again for another ${by}`;
  }
}

const say = (text: string): void => void process.stderr.write(`rotate: ${text}\n`);

function usage(problem: string): number {
  process.stderr.write(`rotate: ${problem}\n\n${HELP}\n`);
  return 2;
}

process.exitCode = await main().catch((error: Error) => {
  say(error.message);
  return exitCodeOf(error);
});
