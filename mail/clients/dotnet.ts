import type { Client } from "./client.ts";
import { authorityOf } from "./nodemailer.ts";
import { doubleQuoted } from "./quote.ts";
import type { ClientSettings, Way } from "./settings.ts";

/**
 * MailKit, with tokens by Microsoft's identity library. .NET's own SmtpClient has no OAuth.
 *
 * @see https://github.com/jstedfast/MailKit (SmtpClient, SaslMechanismOAuth2)
 * @see https://learn.microsoft.com/dotnet/api/overview/azure/identity-readme
 */
export const dotnet: Client = {
  name: "dotnet",
  title: "MailKit, for .NET",
  ways: ["address", "certificate", "password", "secret", "federatedIdentity", "signInCertificate"],
  tested: [],
  otherwise: "",
  files: (settings) => [{ path: "Program.cs", text: program(settings) }],
};

function program(settings: ClientSettings): string {
  const { way, host, port, from } = settings;
  const relays = way === "address" || way === "certificate";
  const azure =
    way === "address" || way === "certificate" || way === "password" ? "" : " Azure.Identity";
  return `// In a project that dotnet new console makes: dotnet add package MailKit${azure === "" ? "" : `; dotnet add package${azure}`}; dotnet run RECIPIENT
${azure === "" ? "" : "using Azure.Core;\nusing Azure.Identity;\n"}using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

var host = ${doubleQuoted(host)};
var from = ${doubleQuoted(from)};
var message = new MimeMessage();
message.From.Add(new MailboxAddress(null, from));
message.To.Add(new MailboxAddress(null, args[0]));
message.Subject = "test";
message.Body = new TextPart("plain") { Text = "hello" };

using var client = new SmtpClient();
${PARTS[way](settings)}${
  relays
    ? `// Connectors match IPv4 only.
var addresses = await Dns.GetHostAddressesAsync(host, AddressFamily.InterNetwork);
using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
await socket.ConnectAsync(addresses.First(), ${port});
await client.ConnectAsync(socket, host, ${port}, SecureSocketOptions.StartTls);
`
    : `await client.ConnectAsync(host, ${port}, SecureSocketOptions.StartTls);
await client.AuthenticateAsync(mechanism);
`
}await client.SendAsync(message);
await client.DisconnectAsync(true);
`;
}

const PARTS: Readonly<Record<Way, (settings: ClientSettings) => string>> = {
  address: () => "",
  certificate: ({ places }) =>
    `// .NET sends the chain's other certificates only if it finds them: import them into the store of intermediate CAs.
client.ClientCertificates = new X509CertificateCollection {
    X509Certificate2.CreateFromPemFile(${doubleQuoted(places.chain)}, ${doubleQuoted(places.key)}),
};
`,
  password: ({ places, user }) =>
    `var mechanism = new SaslMechanismLogin(${doubleQuoted(user)}, File.ReadAllText(${doubleQuoted(places.secret)}));\n`,
  secret: (settings) =>
    withToken(
      settings,
      "ClientSecretCredential",
      `File.ReadAllText(${doubleQuoted(settings.places.secret)})`,
    ),
  federatedIdentity: (settings) =>
    withToken(
      settings,
      "ClientAssertionCredential",
      `() => File.ReadAllText(${doubleQuoted(settings.places.assertion)}).Trim()`,
    ),
  signInCertificate: (settings) => {
    const { chain, key } = settings.places;
    const certificate = `X509Certificate2.CreateFromPemFile(${doubleQuoted(chain)}, ${doubleQuoted(key)})`;
    return withToken(settings, "ClientCertificateCredential", certificate);
  },
};

function withToken({ oauth, user }: ClientSettings, identity: string, credential: string): string {
  const { authority, tenant } = authorityOf(oauth.tokenEndpoint);
  return `var credential = new ${identity}(
    ${doubleQuoted(tenant)},
    ${doubleQuoted(oauth.clientId)},
    ${credential},
    new ${identity}Options { AuthorityHost = new Uri(${doubleQuoted(authority)}) });
var token = await credential.GetTokenAsync(new TokenRequestContext(new[] { ${doubleQuoted(oauth.scope)} }), default);
var mechanism = new SaslMechanismOAuth2(${doubleQuoted(user)}, token.Token);
`;
}
