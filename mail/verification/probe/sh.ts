import { doubleQuoted, shellWord } from "../../clients/quote.ts";
import type { ClientSettings } from "../../clients/settings.ts";
import { PRINT_TOKEN, tokenRequest } from "../../clients/tokenProgram.ts";
import { headLines, type ProbeClient, type ProbeOrder } from "./probe.ts";

/**
 * A POSIX shell with openssl, which shows what TLS and the server really say; curl requests the token.
 *
 * @see https://docs.openssl.org/3.0/man1/openssl-s_client/
 */
export const sh: ProbeClient = {
  name: "sh",
  ways: ["address", "certificate", "password", "secret", "federatedIdentity", "signInCertificate"],
  tested: true,
  text: program,
};

function program(order: ProbeOrder): string {
  const { settings, to, id, undated, follow } = order;
  const { way, host, port, from } = settings;
  const relays = way === "address" || way === "certificate";
  const needed = `openssl 3${relays || way === "password" ? "" : " and curl"}`;
  return `#!/bin/sh
${headLines(order, needed)
  .map((line) => `# ${line}\n`)
  .join("")}set -eu
umask 077
trap '' PIPE
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cr=$(printf '\\r')
fail() { printf '%s\\n' "$*" >&2; exit 1; }

${tokenLines(settings)}place=\${CONNECT_TO:-${host}:${port}}
mkfifo "$work/in" "$work/out"
openssl s_client -quiet -starttls smtp -connect "$place" ${relays ? "-4 " : ""}\${LOCAL_ADDRESS:+-bind "$LOCAL_ADDRESS:0"} \\
  -servername ${shellWord(host)} -verify_hostname ${shellWord(host)} -verify_return_error${certificateOptions(settings)} \\
  <"$work/in" >"$work/out" 2>"$work/err" &
exec 3>"$work/in" 4<"$work/out"

# Prints a reply; its last line is in $reply.
hear() {
  while IFS= read -r reply <&4; do
    reply=\${reply%"$cr"}
    printf '< %s\\n' "$reply"
    case $reply in ???-*) ;; *) return 0 ;; esac
  done
  cat "$work/err" >&2
  fail "no connection to $place, or it was closed"
}
# Says a line, shows the second argument in place of it if there is one, and wants a reply that begins with $want.
say() {
  printf '> %s\\n' "\${2-$1}"
  printf '%s\\r\\n' "$1" >&3 || { cat "$work/err" >&2; fail "no connection to $place, or it was closed"; }
  hear
  case $reply in "$want"*) ;; *) fail "refused: $reply" ;; esac
}

want=250
say "EHLO $(hostname)"
${signIn(settings)}want=250
say ${shellWord(`MAIL FROM:<${from}>`)}
${to.map((one) => `say ${shellWord(`RCPT TO:<${one}>`)}\n`).join("")}want=354
say DATA
want=250
printf '%s\\r\\n' \\
  "Date: $(LC_ALL=C date -u '+%a, %d %b %Y %H:%M:%S +0000')" \\
${undated.map((line) => `  ${shellWord(line)} \\\n`).join("")}  >&3
say .
want=221
say QUIT
exec 3>&-

printf '%s\\n' '' ${shellWord(`Message-ID: ${id}`)} ${shellWord(`To follow it: ${follow}`)}
`;
}

/** The chain without its first certificate, which openssl sends by itself. */
function certificateOptions({ way, places }: ClientSettings): string {
  if (way !== "certificate") return "";
  return ` \\
  -cert ${shellWord(places.chain)} -key ${shellWord(places.key)} \${rest:+-cert_chain "$rest"}`;
}

function tokenLines(settings: ClientSettings): string {
  const { way, places, oauth } = settings;
  switch (way) {
    case "address":
    case "password":
      return "";
    case "certificate":
      return `rest=
sed '1,/-END CERTIFICATE-/d' ${shellWord(places.chain)} >"$work/rest"
if grep -q BEGIN "$work/rest"; then rest=$work/rest; fi

`;
    case "signInCertificate": {
      const claims = `{"aud":${doubleQuoted(oauth.tokenEndpoint)},"iss":${doubleQuoted(oauth.clientId)},"sub":${doubleQuoted(oauth.clientId)},`;
      return `base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
thumbprint=$(openssl x509 -in ${shellWord(places.chain)} -outform der | openssl dgst -sha256 -binary | base64url)
now=$(date +%s)
header=$(printf '{"alg":"PS256","typ":"JWT","x5t#S256":"%s"}' "$thumbprint" | base64url)
claims=$(printf '%s"jti":"%s","nbf":%s,"exp":%s}' ${shellWord(claims)} "$(openssl rand -hex 16)" "$now" "$((now + 600))" | base64url)
signature=$(printf '%s.%s' "$header" "$claims" | openssl dgst -sha256 -sign ${shellWord(places.key)} -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 -binary | base64url)
printf '%s.%s.%s' "$header" "$claims" "$signature" >"$work/assertion"
${requestLines(settings, '"$work/assertion"')}`;
    }
    default:
      return requestLines(settings);
  }
}

const requestLines = (settings: ClientSettings, assertion?: string): string =>
  `answer=$(${tokenRequest(settings, assertion)}) || fail "no token: \${answer:-curl says above why}"
token=$(${PRINT_TOKEN})

`;

function signIn({ way, user, places }: ClientSettings): string {
  switch (way) {
    case "address":
    case "certificate":
      return "";
    case "password":
      return `want=334
say 'AUTH LOGIN'
say "$(printf '%s' ${shellWord(user)} | openssl base64 -A)" '(not shown)'
want=235
say "$(tr -d '\\r\\n' <${shellWord(places.secret)} | openssl base64 -A)" '(not shown)'
`;
    default:
      return `want=235
say "AUTH XOAUTH2 $(printf 'user=%s\\001auth=Bearer %s\\001\\001' ${shellWord(user)} "$token" | openssl base64 -A)" 'AUTH XOAUTH2 (not shown)'
`;
  }
}
