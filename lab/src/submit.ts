import type { Certificate } from "./certificates.ts";
import { type HandoverResult, handOver } from "./smtp/client.ts";
import { loopbackOf, publicAddresses } from "./world/nat.ts";
import type { World } from "./world/world.ts";

/** A message that a server on the internet hands to the tenant's MX host. */
export interface Submission {
  /** Public address of the server, one of the world's. */
  from: string;
  /**
   * A client certificate for STARTTLS; "none" for a session in clear.
   * @default STARTTLS without a client certificate
   */
  tls?: Certificate | "none";
  /** Name in EHLO. */
  helo: string;
  /** `from` is empty for the null sender. */
  envelope: { from: string; to: string[] };
  /** The whole message, RFC 5322. */
  message: string | Buffer;
}

/**
 * Submits a message on port 25 and tells how it went.
 *
 * @throws Error when `from` is no address of this world
 */
export async function submit(
  submission: Submission,
  world: World,
  target: { port: number; trustedRoot: string },
): Promise<HandoverResult> {
  const { from, tls = "opportunistic", helo, envelope, message } = submission;
  return handOver({
    server: { port: target.port, name: world.tenant.mxHost },
    localAddress: publicLoopback("submit", from, world),
    helo,
    tls,
    trustedRoot: target.trustedRoot,
    envelope,
    message,
  });
}

/**
 * The loopback address of one of the world's public addresses; `what` asks for it.
 *
 * @throws Error when it is none
 */
export function publicLoopback(what: string, address: string, world: World): string {
  const known = publicAddresses(world);
  if (known.includes(address)) return loopbackOf(address);
  throw new Error(`${what}: nobody has the address "${address}"; known are ${known.join(", ")}`);
}
