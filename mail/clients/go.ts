import type { Client } from "./client.ts";
import { authorityOf } from "./nodemailer.ts";
import { doubleQuoted } from "./quote.ts";
import type { ClientSettings } from "./settings.ts";

/**
 * Go's own net/smtp, with tokens by Microsoft's identity library.
 *
 * @see https://pkg.go.dev/net/smtp
 * @see https://pkg.go.dev/github.com/Azure/azure-sdk-for-go/sdk/azidentity
 */
export const go: Client = {
  name: "go",
  title: "Go's net/smtp",
  ways: ["address", "certificate", "secret", "federatedIdentity"],
  tested: [],
  otherwise:
    "net/smtp has no LOGIN, and the identity library takes no certificate as a file; use nodemailer or MailKit",
  files: (settings) => [{ path: "main.go", text: program(settings) }],
};

function program(settings: ClientSettings): string {
  const { way, host, port, from, user, places } = settings;
  const relays = way === "address" || way === "certificate";
  const imports = [
    ...(relays ? [] : ["context"]),
    "crypto/tls",
    "fmt",
    "log",
    "net",
    "net/smtp",
    "os",
    ...(way === "federatedIdentity" ? ["strings"] : []),
  ].map((path) => `\t"${path}"`);
  const azure = "github.com/Azure/azure-sdk-for-go/sdk";
  const modules = relays
    ? []
    : [
        "",
        `\t"${azure}/azcore"`,
        `\t"${azure}/azcore/cloud"`,
        `\t"${azure}/azcore/policy"`,
        `\t"${azure}/azidentity"`,
      ];
  const certificate =
    way === "certificate"
      ? `\tpair, err := tls.LoadX509KeyPair(${doubleQuoted(places.chain)}, ${doubleQuoted(places.key)})
\tcheck(err)
\tconfig.Certificates = []tls.Certificate{pair}
`
      : "";
  return `// go mod init send; go mod tidy; go run . RECIPIENT
package main

import (
${[...imports, ...modules].join("\n")}
)

func check(err error) {
\tif err != nil {
\t\tlog.Fatal(err)
\t}
}

${relays ? "" : xoauth2(user)}func main() {
\thost := ${doubleQuoted(host)}
\tfrom := ${doubleQuoted(from)}
\tto := os.Args[1]
\tconfig := &tls.Config{ServerName: host}
${certificate}\tconnection, err := net.Dial("${relays ? "tcp4" : "tcp"}", net.JoinHostPort(host, "${port}"))
\tcheck(err)
\tclient, err := smtp.NewClient(connection, host)
\tcheck(err)
\tcheck(client.StartTLS(config))
${relays ? "" : tokenLines(settings)}\tcheck(client.Mail(from))
\tcheck(client.Rcpt(to))
\twriter, err := client.Data()
\tcheck(err)
\tfmt.Fprintf(writer, "From: %s\\r\\nTo: %s\\r\\nSubject: test\\r\\n\\r\\nhello\\r\\n", from, to)
\tcheck(writer.Close())
\tcheck(client.Quit())
}
`;
}

const xoauth2 = (user: string): string => `type xoauth2 string

func (token xoauth2) Start(*smtp.ServerInfo) (string, []byte, error) {
\treturn "XOAUTH2", []byte("user=" + ${doubleQuoted(user)} + "\\x01auth=Bearer " + string(token) + "\\x01\\x01"), nil
}

func (token xoauth2) Next([]byte, bool) ([]byte, error) { return []byte{}, nil }

`;

function tokenLines({ way, oauth, places }: ClientSettings): string {
  const { authority, tenant } = authorityOf(oauth.tokenEndpoint);
  const ids = `${doubleQuoted(tenant)}, ${doubleQuoted(oauth.clientId)}`;
  const options = (name: string) =>
    `&azidentity.${name}Options{ClientOptions: azcore.ClientOptions{Cloud: cloud.Configuration{ActiveDirectoryAuthorityHost: ${doubleQuoted(`${authority}/`)}}}}`;
  const credential =
    way === "secret"
      ? `\tsecret, err := os.ReadFile(${doubleQuoted(places.secret)})
\tcheck(err)
\tcredential, err := azidentity.NewClientSecretCredential(${ids}, string(secret), ${options("ClientSecretCredential")})
`
      : `\tassertion := func(context.Context) (string, error) {
\t\ttext, err := os.ReadFile(${doubleQuoted(places.assertion)})
\t\treturn strings.TrimSpace(string(text)), err
\t}
\tcredential, err := azidentity.NewClientAssertionCredential(${ids}, assertion, ${options("ClientAssertionCredential")})
`;
  return `${credential}\tcheck(err)
\ttoken, err := credential.GetToken(context.Background(), policy.TokenRequestOptions{Scopes: []string{${doubleQuoted(oauth.scope)}}})
\tcheck(err)
\tcheck(client.Auth(xoauth2(token.Token)))
`;
}
