import type { Lab } from "../../lab/src/lab.ts";
import type { LabApplication } from "../../lab/stack/senders.ts";
import { getToken, type SignIn } from "../../lab/stack/signIn.ts";

/**
 * Submits a message as an application does, with a token of its own.
 *
 * @param signIn what the stack's output `senders` says of it
 * @returns "" when the message is taken; else what refuses it: the SMTP reply without Exchange's mark, or Entra's error
 */
export async function submit(
  lab: Lab,
  application: LabApplication,
  signIn: SignIn | undefined,
): Promise<string> {
  if (signIn === undefined) throw new Error(`${application.name} is not in the outputs`);
  try {
    const { refusal } = await lab.sendAs({
      user: signIn.mailbox,
      token: await getToken(lab, application, signIn),
      to: lab.world.outside.mailboxes.slice(0, 1),
      message: `From: ${application.from}\r\nSubject: A message\r\n\r\nSent through the relay.\r\n`,
    });
    return refusal.replace(/ \[[^[\]]*\]$/, "");
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("no token: ")) return error.message;
    throw error;
  }
}
