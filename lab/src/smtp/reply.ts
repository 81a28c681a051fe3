import { buildReply, type Holes, type ReplyWith, type Sourced, withSource } from "../reply.ts";

/** An SMTP reply: `text` has its lines, each of which begins with the enhanced status code where there is one. */
export interface SmtpReply {
  code: number;
  text: string;
}

type SmtpName = Extract<ReplyWith<object>, `${"smtp" | "submission" | "queue" | "mx"}.${string}`>;

/** Builds an SMTP reply; its entry's text is the whole line. */
export function smtpReply<Name extends SmtpName>(
  name: Name,
  ...holes: Holes<Name>
): Sourced<SmtpReply> {
  const { text } = buildReply(name, ...holes);
  return withSource(name, { code: Number(text.slice(0, 3)), text: text.slice(4) });
}
