import type { TLSSocket, TlsOptions } from "node:tls";
import type { Replies } from "../../replies/replies.d.ts";
import type { Sourced } from "../reply.ts";
import type { SmtpReply } from "./reply.ts";

/** The situations of a session that every server has a reply for. */
export type Situation = Replies["mx.own-words"]["holes"]["situation"];

/** What is known of a client's session. */
export interface Session {
  /** Random, and no secret. */
  readonly id: string;
  /** Public address of the client. */
  readonly clientAddress: string;
  /** The name in EHLO or HELO, as the client writes it; empty before. */
  helo: string;
  /** The command that is being answered, upper case; empty for the greeting. */
  verb: string;
  /** null in clear. */
  tls: TLSSocket | null;
  /** Envelope sender, empty for the null sender; undefined before MAIL. */
  sender: string | undefined;
  recipients: string[];
}

export type Reply = Sourced<SmtpReply>;
type Refusal = Reply | undefined;

/** What one server says and does where others differ. */
export interface SmtpRules {
  /** Name of the server in the log. */
  service: "smtp" | "submission" | "highVolume" | "mx";
  tls: TlsOptions;
  maxSize: number;
  say(situation: Situation, session: Session): Reply;
  /** Keywords of the EHLO reply, for this session as it is now. */
  extensions(session: Session): string[];
  /** Answers AUTH; without it that is no command. */
  signIn?(request: AuthRequest, session: Session, ask: Ask): Promise<Reply> | Reply;
  /** Takes an injected fault for the command; its refusal when there is one. */
  refuseByFault(verb: "MAIL" | "RCPT" | "DATA"): Refusal;
  refuseSender(sender: string, session: Session): Refusal;
  refuseRecipient(recipient: string, session: Session): Refusal;
  /** Takes a message, or refuses it. */
  accept(raw: string, session: Session): Promise<Reply> | Reply;
}

/** AUTH, read. */
export interface AuthRequest {
  /** Upper case; empty without one. */
  mechanism: string;
  /** What stands behind the mechanism. */
  initial: string[];
}

/** Sends a challenge (334); gives the client's next line, undefined when it has left. */
export type Ask = (challenge: Reply) => Promise<string | undefined>;
