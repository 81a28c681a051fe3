import { makeRandom } from "../../random.ts";
import { type Sourced, withSource } from "../../reply.ts";
import type { World } from "../../world/world.ts";
import { fieldValue, formatDate, formatMessage, type Message } from "../message.ts";
import type { SmtpReply } from "../reply.ts";
import type { Arrival } from "../trace.ts";
import { serversOf } from "./fields.ts";

/** A message that comes back. */
export interface Bounced {
  message: Message;
  /** Address of the mailbox that submitted it. */
  mailbox: string;
  recipients: string[];
  reason: SmtpReply;
  /** Name of the server outside that gave the reason. @default Exchange gave it */
  remote?: string;
}

/** The non-delivery report for a mailbox, whole (RFC 3464, RFC 6522). */
export function bounce(
  { message, mailbox, recipients, reason, remote }: Bounced,
  { at, networkMessageId }: Pick<Arrival, "at" | "networkMessageId">,
  { tenant }: World,
): Sourced<{ raw: string }> {
  const { proxy, store } = serversOf(tenant);
  const random = makeRandom(`${networkMessageId}/bounce`);
  const boundary = random.guid();
  const [status = "5.0.0"] = /^5\.\d{1,3}\.\d{1,3}/.exec(reason.text) ?? [];
  const report = recipients.map((recipient) => [
    "",
    `Final-Recipient: rfc822;${recipient}`,
    "Action: failed",
    `Status: ${status}`,
    `Diagnostic-Code: smtp;${reason.code} ${reason.text}`,
    ...(remote === undefined ? [] : [`Remote-MTA: dns;${remote}`]),
  ]);
  const parts: [string, string[]][] = [
    [
      "text/plain; charset=us-ascii",
      [`Your message to ${recipients.join(", ")} couldn't be delivered.`, reason.text],
    ],
    [
      "message/delivery-status",
      [
        `Reporting-MTA: dns;${store.name}`,
        `Received-From-MTA: dns;${proxy.name}`,
        `Arrival-Date: ${formatDate(at)}`,
        ...report.flat(),
      ],
    ],
    ["message/rfc822", [formatMessage(message)]],
  ];
  const body = parts.map(
    ([type, lines]) => `--${boundary}\r\nContent-Type: ${type}\r\n\r\n${lines.join("\r\n")}\r\n`,
  );
  const fields = [
    `From: Microsoft Outlook\r\n <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@${tenant.domain}>`,
    `To: ${mailbox}`,
    `Date: ${formatDate(at)}`,
    `Subject: Undeliverable: ${fieldValue(message, "Subject") ?? ""}`,
    `Message-ID: <${random.guid()}@${store.name}>`,
    `In-Reply-To: ${fieldValue(message, "Message-ID")}`,
    "MIME-Version: 1.0",
    `Content-Type: multipart/report; report-type=delivery-status;\r\n boundary="${boundary}"`,
    "X-MS-Exchange-Organization-AuthAs: Internal",
  ];
  const raw = formatMessage({ fields, body: `${body.join("")}--${boundary}--\r\n` });
  return withSource("mail.bounce", { raw });
}
