import { domainOf, isWildcard } from "../senders/mailbox.ts";
import { type Client, NO_TOKENS } from "./client.ts";
import { postfixValue, shellWord } from "./quote.ts";
import type { ClientSettings } from "./settings.ts";

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
  files: (settings) => [{ path: "/etc/postfix/main.cf", text: addition(relayLines(settings)) }],
};

/**
 * The same with SASL in front: other systems sign in at this Postfix, by Cyrus SASL's own database of users. All of its
 * smtpd services relay for these alone, so that port 25 is no open relay either.
 *
 * @see https://www.postfix.org/SASL_README.html#server_sasl and https://www.postfix.org/postconf.5.html
 *   (smtpd_sender_login_maps, reject_sender_login_mismatch, smtpd_null_access_lookup_key)
 * @see https://www.cyrusimap.org/sasl/sasl/options.html (auxprop_plugin, sasldb_path)
 */
export const postfixSasl: Client = {
  name: "postfix-sasl",
  title: "Postfix, for other systems that sign in to it with a password (SASL)",
  ways: ["address", "certificate", "password"],
  tested: ["address", "certificate", "password"],
  otherwise: NO_TOKENS,
  files: (settings) => [
    {
      path: "/etc/postfix/main.cf",
      text: addition([...relayLines(settings), ...submissionLines(settings)]),
    },
    { path: "/etc/postfix/master.cf", text: addition(["submission inet n - n - - smtpd"]) },
    { path: `/etc/postfix/sasl/${settings.sender}.conf`, text: textOf(saslLines(settings)) },
    { path: settings.places.senderLogins, text: textOf(ownerLines(settings)) },
  ],
};

const textOf = (lines: readonly string[]): string => `${lines.join("\n")}\n`;

const addition = (lines: readonly string[]): string =>
  textOf(["# Add these lines to the file.", ...lines]);

function relayLines({ way, host, port, user, places }: ClientSettings): string[] {
  const nexthop = `[${host}]:${port}`;
  return [
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
          `#   (umask 077; printf '%s %s:%s\\n' ${shellWord(nexthop)} ${shellWord(user)} "$(cat ${shellWord(places.secret)})" > ${shellWord(places.passwordTable)})`,
        ]
      : []),
  ];
}

/** The domain of the systems' user names. */
const realmOf = ({ from }: ClientSettings): string => domainOf(from);

function submissionLines(settings: ClientSettings): string[] {
  const { sender, places } = settings;
  const accounts = shellWord(places.accounts);
  return [
    "",
    "# Systems sign in over TLS, and may send only as their own addresses. Nothing else is relayed.",
    "# Key and certificate (with its chain) for the name that the systems connect to:",
    `smtpd_tls_chain_files = ${postfixValue(places.serverKey)}, ${postfixValue(places.serverChain)}`,
    "smtpd_tls_security_level = encrypt",
    "smtpd_sasl_auth_enable = yes",
    "# Debian's Postfix always reads Cyrus SASL's options from this folder.",
    "cyrus_sasl_config_path = $config_directory/sasl",
    `smtpd_sasl_path = ${sender}`,
    `smtpd_sasl_local_domain = ${realmOf(settings)}`,
    `smtpd_sender_login_maps = texthash:${places.senderLogins}`,
    "smtpd_sender_restrictions = check_sender_access inline:{ <>=REJECT }, reject_sender_login_mismatch",
    "smtpd_relay_restrictions = permit_sasl_authenticated, reject",
    "mydestination =",
    "# Sets a system's password (it asks for it), and lets Postfix read it:",
    `#   saslpasswd2 -c -f ${accounts} -u ${realmOf(settings)} ${sender}`,
    `#   chgrp postfix ${accounts} && chmod 640 ${accounts}`,
  ];
}

const saslLines = ({ places }: ClientSettings): string[] => [
  "pwcheck_method: auxprop",
  "auxprop_plugin: sasldb",
  `sasldb_path: ${places.accounts}`,
  "mech_list: PLAIN LOGIN",
];

const ownerLines = (settings: ClientSettings): string[] => [
  "# Address, and the users that may send as it, separated by commas.",
  ...settings.addresses.map((address) => {
    const key = isWildcard(address) ? address.slice(1) : address;
    return `${key} ${settings.sender}@${realmOf(settings)}`;
  }),
];
