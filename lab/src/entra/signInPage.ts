import { buildReply, type Sourced, withSource } from "../reply.ts";
import type { HttpReply } from "../web/reply.ts";
import type { EntraParts } from "./tokenRequest.ts";

const HEADERS = { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" };

/** The page on which a person enters a device code. In place of a password it asks who one is. */
export function signInPage(parts: EntraParts): Sourced<HttpReply> {
  return page(parts, "", 200);
}

/** Answers the page's form: `code`, `who` and, to decline, `answer=decline`. */
export function answerSignInPage(form: URLSearchParams, parts: EntraParts): Sourced<HttpReply> {
  const code = form.get("code") ?? "";
  const who = form.get("who") ?? parts.context.world.people.administrator;
  try {
    if (form.get("answer") === "decline") {
      parts.signIns.decline(code);
      return page(parts, buildReply("entra.page-declined").text, 200);
    }
    parts.signIns.approve(code, who);
    return page(parts, buildReply("entra.page-signed-in", { who }).text, 200);
  } catch (error) {
    return page(parts, (error as Error).message, 400);
  }
}

function page(parts: EntraParts, said: string, status: 200 | 400): Sourced<HttpReply> {
  const { administrator, exchangeAdministrator, user } = parts.context.world.people;
  const people = [administrator, exchangeAdministrator, user];
  const options = people.map((one) => `<option>${escaped(one)}</option>`).join("");
  const body = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Sign in to the lab</title>
${said === "" ? "" : `<p role="status">${escaped(said)}</p>`}
<form method="post" action="/devicelogin">
<p><label>Code <input name="code" required autofocus autocomplete="off"></label></p>
<p><label>Who you are <select name="who">${options}</select></label></p>
<p><button name="answer" value="approve">Continue</button> <button name="answer" value="decline">Cancel</button></p>
</form></html>
`;
  return withSource("entra.sign-in-page", { status, headers: HEADERS, body });
}

const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
