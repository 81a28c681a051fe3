import { createTransport } from "nodemailer";
import type { Certificate } from "../certificates.ts";
import { loopbackOf, publicAddresses } from "../world/nat.ts";
import type { World } from "../world/world.ts";

/** One message to hand over. */
export interface Handover {
  /** Where to: on this machine, with the name its certificate must have. */
  server: { port: number; name: string };
  /** Loopback address to come from. */
  localAddress: string;
  helo: string;
  /** No TLS, TLS when it is offered, TLS always, or TLS always and with this client certificate. */
  tls: "none" | "opportunistic" | "required" | Certificate;
  /** AUTH by XOAUTH2 or LOGIN. @default none */
  auth?: Credential;
  /** Root that the server's certificate must come from, PEM. */
  trustedRoot: string;
  /** `from` is empty for the null sender. */
  envelope: { from: string; to: string[] };
  message: string | Buffer;
}

/** Who signs in: an app with its token for the mailbox `user`, or a user with a password. */
export type Credential = { user: string } & ({ token: string } | { password: string });

/** How it went. */
export interface HandoverResult {
  /** Every recipient and the message were accepted. */
  accepted: boolean;
  /** Every reply line of the server, in order. */
  replies: string[];
  /** The line that refused it, or what broke the session; empty when accepted. */
  refusal: string;
}

/** Hands a message over by SMTP (nodemailer). Never throws for what the server says. */
export async function handOver(handover: Handover): Promise<HandoverResult> {
  const { server, tls, envelope, message } = handover;
  const replies: string[] = [];
  const transport = createTransport({
    host: "127.0.0.1",
    port: server.port,
    secure: false,
    name: handover.helo,
    localAddress: handover.localAddress,
    ignoreTLS: tls === "none",
    requireTLS: tls === "required" || typeof tls === "object",
    ...(handover.auth && signInWith(handover.auth)),
    tls: {
      servername: server.name,
      ca: handover.trustedRoot,
      ...(typeof tls === "object" && { cert: tls.chain, key: tls.key }),
    },
    logger: collectReplies(replies),
    debug: true,
  });
  try {
    const info = await transport.sendMail({ envelope, raw: message });
    const [refused] = info.rejectedErrors ?? [];
    return { accepted: info.rejected.length === 0, replies, refusal: refused?.response ?? "" };
  } catch (error) {
    return { accepted: false, replies, refusal: refusalOf(error) };
  } finally {
    transport.close();
  }
}

function signInWith(credential: Credential) {
  const { user } = credential;
  return "token" in credential
    ? { auth: { type: "OAuth2" as const, user, accessToken: credential.token } }
    : { auth: { user, pass: credential.password }, authMethod: "LOGIN" };
}

/** The reply in nodemailer's error; its message where the server said nothing. */
function refusalOf(error: unknown): string {
  if (!(error instanceof Error)) throw error;
  return "response" in error && typeof error.response === "string"
    ? inOneLine(error.response)
    : error.message;
}

/** The lines of a reply as one, with its codes once. */
function inOneLine(reply: string): string {
  return reply.replaceAll(/\r?\n\d{3}[ -](?:\d\.\d+\.\d+ )?/g, " ").replace(/^(\d{3})-/, "$1 ");
}

/** A logger for nodemailer that keeps what the server says. */
function collectReplies(replies: string[]) {
  const ignore = (): void => {};
  return {
    level: ignore,
    trace: ignore,
    info: ignore,
    warn: ignore,
    error: ignore,
    fatal: ignore,
    debug(entry: unknown, ...message: unknown[]) {
      if (typeof entry !== "object" || entry === null || !("tnx" in entry)) return;
      if (entry.tnx === "server") replies.push(...String(message[0]).split(/\r?\n/));
    },
  };
}

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
 * Submits a message on port 25 and returns how it went.
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
function publicLoopback(what: string, address: string, world: World): string {
  const known = publicAddresses(world);
  if (known.includes(address)) return loopbackOf(address);
  throw new Error(`${what}: nobody has the address "${address}"; known are ${known.join(", ")}`);
}

/** Name that clients know client submission by, and that its certificate has. */
export const SUBMISSION_HOST = "smtp.office365.com";
/** The same of High Volume Email ("Manage High Volume Email for Microsoft 365", Learn). */
export const HIGH_VOLUME_HOST = "smtp.hve.mx.microsoft";

/** A message for client submission or High Volume Email: by XOAUTH2 as the mailbox `user`, or by LOGIN as the user of that name. */
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
 * Submits a message on port 587, always over TLS, and returns how it went.
 *
 * @throws Error when `address` is no address of this world
 */
export async function sendAs(
  sending: SendingAs,
  world: World,
  target: { host: string; port: number; trustedRoot: string },
): Promise<HandoverResult> {
  const { user, to, message } = sending;
  return handOver({
    server: { port: target.port, name: target.host },
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
