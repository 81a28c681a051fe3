import { elsewhere as notMade } from "../../mail/clients/settings.ts";
import { authorOf } from "../../mail/message/author.ts";
import { type Field, fieldsOf } from "../../mail/message/fields.ts";
import type { Expected } from "../../mail/message/reading.ts";
import { verdictsOf } from "../../mail/message/verdict.ts";
import { visible } from "../../mail/message/visible.ts";
import { chooseSubmission, signsIn } from "../../mail/senders/choose.ts";
import type { Sender } from "../../mail/senders/sender.ts";
import { declaredWay, type Verification } from "../../mail/verification/verification.ts";
import { frontOf, loadConfig } from "../stack/config.ts";
import { readHeader } from "./headers.ts";

/** What is told of a message that was received. */
export interface Received extends Pick<Expected, "receiver" | "folder"> {
  /** `prod`, or `organization/project/prod`. */
  readonly stack: string;
  /** A file, or `-` for standard input. */
  readonly headers: string;
  /** The sender's name; by the address in From where it is not told. */
  readonly sender: string | undefined;
}

/**
 * Judges a message by its headers alone. Asks no network but the backend's.
 *
 * @throws Error when the headers or the stack can't be read, or the message is of no sender of the stack
 */
export async function verifyHeaders(
  received: Received,
): Promise<{ readonly stack: string; readonly verification: Verification }> {
  const { stack, headers, folder } = received;
  const header = await readHeader(headers);
  const fields = fieldsOf(header);
  if (fields.length === 0) {
    throw new Error(
      `${headers} has no header field; paste all headers, or save the message as .eml`,
    );
  }
  const { name, config } = await loadConfig(stack);
  const sender =
    received.sender === undefined
      ? senderOf(fields, config.senders, name)
      : frontOf(received.sender, config, stack);
  const { elsewhere } = chooseSubmission([sender]);
  if (elsewhere[0] !== undefined) throw new Error(notMade(sender.name, elsewhere[0]));
  const { tenantId, domains } = config;
  const { receiver } = received;
  const expected = { stack: name, tenantId, domains, sender, receiver, folder };
  const verification: Verification = {
    sender: sender.name,
    way: declaredWay(sender),
    host: "",
    port: signsIn(sender) ? 587 : 25,
    message: undefined,
    handover: undefined,
    arrival: { outcome: "arrived", where: headers, folder, header, receiver },
    trace: { outcome: "not traced", why: "only headers were given" },
    judged: verdictsOf(fields, expected),
  };
  return { stack: name, verification };
}

/** The sender that sends from the address in From; one that lists it, before one that has all of its domain. */
function senderOf(fields: readonly Field[], senders: readonly Sender[], stack: string): Sender {
  const author = authorOf(fields);
  const sendingFrom = (one: string) => senders.find(({ from }) => from.includes(one));
  const sender = author && (sendingFrom(author.address) ?? sendingFrom(`*@${author.domain}`));
  if (sender !== undefined) return sender;
  const from = author === undefined ? "no address in From" : `From ${visible(author.address)}`;
  const known = senders.map((one) => one.name).join(", ");
  throw new Error(
    `the message has ${from}, which no sender of stack "${stack}" sends from; name its sender with --sender: ${known}`,
  );
}
