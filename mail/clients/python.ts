import type { Client } from "./client.ts";
import { doubleQuoted } from "./quote.ts";
import type { ClientSettings } from "./settings.ts";

/**
 * Python's own library. Without a context, smtplib verifies no certificate; without the second EHLO the reply to AUTH is
 * 503, which it takes for success.
 *
 * @see https://docs.python.org/3/library/smtplib.html
 */
export const python: Client = {
  name: "python",
  title: "Python's smtplib",
  ways: ["address", "certificate", "password", "secret", "federatedIdentity"],
  tested: ["address", "certificate", "password", "secret", "federatedIdentity"],
  otherwise:
    "Python's own library can't sign as a certificate needs it; take the token from the package msal, or use email-oauth2-proxy",
  files: (settings) => [{ path: `${settings.sender}-send.py`, text: program(settings) }],
};

function program(settings: ClientSettings): string {
  const { way, sender, host, port, from, places } = settings;
  const relays = way === "address" || way === "certificate";
  return `# python3 ${sender}-send.py RECIPIENT
import json, smtplib, ssl, sys, urllib.parse, urllib.request
from email.message import EmailMessage

message = EmailMessage()
message["From"] = ${doubleQuoted(from)}
message["To"] = sys.argv[1]
message["Subject"] = "test"
message.set_content("hello")

${pythonToken(settings)}context = ssl.create_default_context()
${way === "certificate" ? `context.load_cert_chain(${doubleQuoted(places.chain)}, ${doubleQuoted(places.key)})\n` : ""}${
  relays ? "# The source address holds it to IPv4: connectors match no other.\n" : ""
}with smtplib.SMTP(${doubleQuoted(host)}, ${port}${relays ? ', source_address=("0.0.0.0", 0)' : ""}) as smtp:
    smtp.starttls(context=context)
    smtp.ehlo()
${signIn(settings)}    smtp.send_message(message)
`;
}

function signIn({ way, user: name, places }: ClientSettings): string {
  const user = doubleQuoted(name);
  switch (way) {
    case "address":
    case "certificate":
      return "";
    case "password":
      return `    smtp.login(${user}, open(${doubleQuoted(places.secret)}).read())\n`;
    default:
      return `    smtp.auth("XOAUTH2", lambda challenge=None: "user=" + ${user} + "\\x01auth=Bearer " + token + "\\x01\\x01")\n`;
  }
}

/** The lines that request a token into `token`; empty for ways that have none. */
export function pythonToken({ way, oauth, places }: ClientSettings): string {
  if (way !== "secret" && way !== "federatedIdentity") return "";
  const credential =
    way === "secret"
      ? `"client_secret": open(${doubleQuoted(places.secret)}).read(),`
      : `"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    "client_assertion": open(${doubleQuoted(places.assertion)}).read().strip(),`;
  return `form = urllib.parse.urlencode({
    "grant_type": "client_credentials",
    "client_id": ${doubleQuoted(oauth.clientId)},
    "scope": ${doubleQuoted(oauth.scope)},
    ${credential}
}).encode()
with urllib.request.urlopen(${doubleQuoted(oauth.tokenEndpoint)}, form) as answer:
    token = json.load(answer)["access_token"]

`;
}
