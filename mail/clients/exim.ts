import { type Client, NO_TOKENS } from "./client.ts";
import { eximText } from "./quote.ts";
import type { ClientSettings } from "./settings.ts";

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

function eximConf({ way, sender, host, port, user, places }: ClientSettings): string {
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
    `  client_send = : ${eximText(user)} : \${readfile{${places.secret}}{}}`,
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
