import type { Credential } from "../client.ts";
import { smtpReply } from "../reply.ts";
import type { Ask, AuthRequest } from "../rules.ts";

type Problem = "unknown mechanism" | "malformed" | "aborted";

/** Reads what AUTH offers by LOGIN or XOAUTH2 (RFC 4954), asking for what the command does not have. */
export async function readCredential(
  { mechanism, initial }: AuthRequest,
  ask: Ask,
): Promise<Credential | Problem> {
  if (!["LOGIN", "XOAUTH2"].includes(mechanism)) return "unknown mechanism";
  const [first, ...others] = initial;
  if (others.length > 0) return "malformed";
  return mechanism === "LOGIN" ? readLogin(first, ask) : readXoauth2(first, ask);
}

/** LOGIN (draft-murchison-sasl-login). */
async function readLogin(initial: string | undefined, ask: Ask): Promise<Credential | Problem> {
  const name = initial ?? (await answerTo("Username:", ask));
  if (name === "*" && initial === undefined) return "aborted";
  const user = decode(name);
  if (user === "" || /\p{Cc}/u.test(user)) return "malformed";
  const answer = await answerTo("Password:", ask);
  return answer === "*" ? "aborted" : { user, password: decode(answer) };
}

/** XOAUTH2 ("Authenticate an IMAP, POP or SMTP connection using OAuth", Learn). */
async function readXoauth2(initial: string | undefined, ask: Ask): Promise<Credential | Problem> {
  const text = initial ?? (await answerTo("", ask));
  if (text === "*" && initial === undefined) return "aborted";
  const fields = decode(text)
    .split("\x01")
    .map((field): [string, string] => {
      const [key = "", ...value] = field.split("=");
      return [key.toLowerCase(), value.join("=").trim()];
    });
  const { user = "", auth = "" } = Object.fromEntries(fields);
  const [, token = ""] = /^bearer\s+(\S.*)$/i.exec(auth) ?? [];
  return user === "" || token === "" || /\p{Cc}/u.test(user) ? "malformed" : { user, token };
}

/** The client's line after a challenge; a client that leaves aborts. */
async function answerTo(challenge: string, ask: Ask): Promise<string> {
  const encoded = Buffer.from(challenge).toString("base64");
  return ((await ask(smtpReply("submission.challenge", { challenge: encoded }))) ?? "*").trim();
}

const decode = (text: string): string => Buffer.from(text, "base64").toString();
