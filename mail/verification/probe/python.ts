import { pythonToken } from "../../clients/python.ts";
import { doubleQuoted } from "../../clients/quote.ts";
import type { ClientSettings } from "../../clients/settings.ts";
import { headLines, type ProbeClient, type ProbeOrder } from "./probe.ts";

/**
 * Python's own library. Its set_debuglevel shows what signs in, so the dialogue is printed by what it overrides.
 *
 * @see https://docs.python.org/3/library/smtplib.html
 */
export const python: ProbeClient = {
  name: "python",
  ways: ["address", "certificate", "password", "secret", "federatedIdentity"],
  tested: true,
  text: program,
};

function program(order: ProbeOrder): string {
  const { settings, to, id, undated, follow } = order;
  const { way, host, port, from, places } = settings;
  const relays = way === "address" || way === "certificate";
  return `${headLines(order, "Python 3.8 or later")
    .map((line) => `# ${line}\n`)
    .join(
      "",
    )}import email.utils, json, os, smtplib, ssl, sys, urllib.error, urllib.parse, urllib.request

HOST, PORT = ${doubleQuoted(host)}, ${port}
place = os.environ.get("CONNECT_TO", "%s:%d" % (HOST, PORT)).rsplit(":", 1)
local = os.environ.get("LOCAL_ADDRESS", ${relays ? '"0.0.0.0"' : '""'})${relays ? "  # holds it to IPv4" : ""}


class Probe(smtplib.SMTP):
    signing_in = False

    def putcmd(self, command, args=""):
        if command.upper() == "AUTH":
            self.signing_in = True
            print("> AUTH " + args.split(" ")[0] + (" (not shown)" if " " in args else ""))
        else:
            print("> (not shown)" if self.signing_in else ("> %s %s" % (command, args)).rstrip())
        super().putcmd(command, args)

    def getreply(self):
        code, text = super().getreply()
        for line in text.decode("utf-8", "replace").split("\\n"):
            print("< %d %s" % (code, line))
        if code != 334:
            self.signing_in = False
        return code, text


def demand(code, text):
    if code != 250:
        sys.exit("refused: %d %s" % (code, text.decode("utf-8", "replace")))


${tokenLines(settings)}context = ssl.create_default_context()
${way === "certificate" ? certificateLines(places) : ""}message = "\\r\\n".join([
    "Date: " + email.utils.formatdate(),
${undated.map((line) => `    ${doubleQuoted(line)},\n`).join("")}    "",
]).encode()
try:
    with Probe(timeout=120, source_address=(local, 0) if local else None) as smtp:
        code, text = smtp.connect(place[0], int(place[1]))
        if code != 220:
            raise smtplib.SMTPConnectError(code, text)
        smtp._host = HOST  # the name that the certificate has to have
        smtp.starttls(context=context)
        smtp.ehlo()
${signIn(settings)}        for command in [${[`MAIL FROM:<${from}>`, ...to.map((one) => `RCPT TO:<${one}>`)].map(doubleQuoted).join(", ")}]:
            demand(*smtp.docmd(command))
        demand(*smtp.data(message))
except smtplib.SMTPResponseException as error:
    demand(error.smtp_code, error.smtp_error)
except (OSError, smtplib.SMTPException) as error:
    sys.exit("no connection to %s:%s, or it was closed: %s" % (place[0], place[1], error))
print()
print(${doubleQuoted(`Message-ID: ${id}`)})
print(${doubleQuoted(`To follow it: ${follow}`)})
`;
}

const certificateLines = ({ chain, key }: ClientSettings["places"]): string => `try:
    context.load_cert_chain(${doubleQuoted(chain)}, ${doubleQuoted(key)})
except OSError as error:
    sys.exit("no certificate with its key: %s; look at " % error + ${doubleQuoted(`${chain}, ${key}`)})
`;

function tokenLines(settings: ClientSettings): string {
  const token = pythonToken(settings);
  if (token === "") return "";
  return `try:
${token
  .trimEnd()
  .split("\n")
  .map((line) => `    ${line}\n`)
  .join("")}except urllib.error.HTTPError as error:
    sys.exit("no token: " + error.read().decode("utf-8", "replace"))
except OSError as error:
    sys.exit("no token: %s" % error)
`;
}

function signIn({ way, user: name, places }: ClientSettings): string {
  const user = doubleQuoted(name);
  switch (way) {
    case "address":
    case "certificate":
      return "";
    case "password":
      return `        smtp.user, smtp.password = ${user}, open(${doubleQuoted(places.secret)}).read().strip("\\r\\n")
        smtp.auth("LOGIN", smtp.auth_login, initial_response_ok=False)
`;
    default:
      return `        response = "user=" + ${user} + "\\x01auth=Bearer " + token + "\\x01\\x01"
        smtp.auth("XOAUTH2", lambda challenge=None: response if challenge is None else "")
`;
  }
}
