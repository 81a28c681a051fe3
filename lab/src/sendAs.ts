import { type Credential, type HandoverResult, handOver } from "./smtp/client.ts";
import { SUBMISSION_HOST } from "./smtp/submission/server.ts";
import { publicLoopback } from "./submit.ts";
import type { World } from "./world/world.ts";

/** A message for client submission: by XOAUTH2 as the mailbox `user`, or by LOGIN as the user of that name. */
export type SendingAs = Credential & {
  /** Public address of the client, one of the world's. @default the customer's first */
  address?: string;
  /** Name in EHLO. @default a host of the tenant's domain */
  helo?: string;
  /** Envelope sender. @default `user` */
  from?: string;
  to: string[];
  /** The whole message, RFC 5322. */
  message: string | Buffer;
};

/**
 * Submits a message on port 587, always over TLS, and tells how it went.
 *
 * @throws Error when `address` is no address of this world
 */
export async function sendAs(
  sending: SendingAs,
  world: World,
  target: { port: number; trustedRoot: string },
): Promise<HandoverResult> {
  const { user, to, message } = sending;
  return handOver({
    server: { port: target.port, name: SUBMISSION_HOST },
    localAddress: publicLoopback("sendAs", sending.address ?? world.addresses.customer[0], world),
    helo: sending.helo ?? `app.${world.tenant.domain}`,
    tls: "required",
    auth:
      "token" in sending ? { user, token: sending.token } : { user, password: sending.password },
    trustedRoot: target.trustedRoot,
    envelope: { from: sending.from ?? user, to },
    message,
  });
}
