import { type Client, PROXY_INSTEAD } from "./client.ts";
import { eximText, postfixValue, shellWord } from "./quote.ts";
import type { ClientSettings } from "./settings.ts";

const NO_TOKENS = `it has no OAuth for the server that it sends through; ${PROXY_INSTEAD}`;

/**
 * Postfix 3.4 or newer. The password is in a table that a command writes.
 *
 * @see https://www.postfix.org/postconf.5.html and https://www.postfix.org/SASL_README.html#client_sasl
 */
export const postfix: Client = {
  name: "postfix",
  title: "Postfix",
  ways: ["address", "certificate", "password"],
  tested: ["address", "certificate", "password"],
  otherwise: NO_TOKENS,
  files: (settings) => [{ path: "/etc/postfix/main.cf", text: mainCf(settings) }],
};

function mainCf({ way, host, port, from, places }: ClientSettings): string {
  const nexthop = `[${host}]:${port}`;
  const lines = [
    `relayhost = ${nexthop}`,
    "smtp_tls_security_level = secure",
    "smtp_tls_secure_cert_match = nexthop",
    "smtp_tls_CApath = /etc/ssl/certs",
    ...(way === "password" ? [] : ["# Connectors match IPv4 only.", "inet_protocols = ipv4"]),
    ...(way === "certificate"
      ? [`smtp_tls_chain_files = ${postfixValue(places.key)}, ${postfixValue(places.chain)}`]
      : []),
    ...(way === "password"
      ? [
          "smtp_sasl_auth_enable = yes",
          "smtp_sasl_security_options = noanonymous",
          "smtp_sasl_mechanism_filter = login",
          `smtp_sasl_password_maps = texthash:${places.passwordTable}`,
          "# The table is written by:",
          `#   (umask 077; printf '%s %s:%s\\n' ${shellWord(nexthop)} ${shellWord(from)} "$(cat ${shellWord(places.secret)})" > ${shellWord(places.passwordTable)})`,
        ]
      : []),
  ];
  return `${lines.join("\n")}\n`;
}

/**
 * Exim: a router, a transport and an authenticator.
 *
 * @see https://www.exim.org/exim-html-current/doc/html/spec_html/ch-the_smtp_transport.html
 * @see https://www.exim.org/exim-html-current/doc/html/spec_html/ch-the_plaintext_authenticator.html
 */
export const exim: Client = {
  name: "exim",
  title: "Exim",
  ways: ["address", "certificate", "password"],
  tested: [],
  otherwise: NO_TOKENS,
  files: (settings) => [{ path: "exim.conf", text: eximConf(settings) }],
};

function eximConf({ way, sender, host, port, from, places }: ClientSettings): string {
  const name = `relay_${sender.replaceAll("-", "_")}`;
  const transport = [
    `${name}_smtp:`,
    "  driver = smtp",
    `  port = ${port}`,
    "  hosts_require_tls = *",
    "  tls_verify_certificates = system",
    "  tls_verify_hosts = *",
    `  tls_verify_cert_hostnames = ${host}`,
    ...(way === "certificate"
      ? [`  tls_certificate = ${places.chain}`, `  tls_privatekey = ${places.key}`]
      : []),
    ...(way === "password" ? ["  hosts_require_auth = *"] : []),
  ];
  const authenticator = [
    "",
    "# After `begin authenticators`:",
    `${name}_login:`,
    "  driver = plaintext",
    "  public_name = LOGIN",
    `  client_send = : ${eximText(from)} : \${readfile{${places.secret}}{}}`,
  ];
  const lines = [
    ...(way === "password"
      ? []
      : ["# In the main part: connectors match IPv4 only.", "disable_ipv6 = true", ""]),
    "# After `begin routers`, before the router that looks up DNS:",
    `${name}:`,
    "  driver = manualroute",
    "  domains = ! +local_domains",
    `  route_list = * ${host} byname`,
    `  transport = ${name}_smtp`,
    "  no_more",
    "",
    "# After `begin transports`:",
    ...transport,
    ...(way === "password" ? authenticator : []),
  ];
  return `${lines.join("\n")}\n`;
}
