import type { Sourced } from "../reply.ts";

/** An SMTP reply of one line: `text` begins with the enhanced status code where there is one. */
export interface SmtpReply {
  code: number;
  text: string;
}

/** Handed to smtp-server's callbacks to refuse a command; only a reply of the catalogue can be. */
export class SmtpRefusal extends Error {
  readonly responseCode: number;

  constructor({ code, text }: Sourced<SmtpReply>) {
    super(text);
    this.name = "SmtpRefusal";
    this.responseCode = code;
  }
}
