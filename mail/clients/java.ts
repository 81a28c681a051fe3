import type { Client } from "./client.ts";
import { authorityOf } from "./nodemailer.ts";
import { doubleQuoted } from "./quote.ts";
import type { ClientSettings } from "./settings.ts";

/**
 * Jakarta Mail (Angus Mail), with tokens by Microsoft's identity library.
 *
 * @see https://eclipse-ee4j.github.io/angus-mail/docs/api/org.eclipse.angus.mail/org/eclipse/angus/mail/smtp/package-summary.html
 * @see https://eclipse-ee4j.github.io/angus-mail/OAuth2
 * @see https://learn.microsoft.com/java/api/overview/azure/identity-readme
 */
export const java: Client = {
  name: "java",
  title: "Jakarta Mail, for Java",
  ways: ["address", "password", "secret", "federatedIdentity"],
  tested: [],
  otherwise:
    "Java takes a certificate from a key store, whose password would stand in the command; for a connector, let a Postfix in front present the certificate, and for OAuth use nodemailer or .NET",
  files: (settings) => [{ path: "Send.java", text: program(settings) }],
};

function program(settings: ClientSettings): string {
  const { way, host, port, from } = settings;
  const azure = way === "secret" || way === "federatedIdentity";
  const properties = [
    ["mail.smtp.host", host],
    ["mail.smtp.port", String(port)],
    ["mail.smtp.starttls.enable", "true"],
    ["mail.smtp.starttls.required", "true"],
    ["mail.smtp.ssl.checkserveridentity", "true"],
    ...(way === "address"
      ? []
      : [
          ["mail.smtp.auth", "true"],
          ["mail.smtp.auth.mechanisms", way === "password" ? "LOGIN" : "XOAUTH2"],
        ]),
  ];
  const run = way === "address" ? "java -Djava.net.preferIPv4Stack=true" : "java";
  return `// On the class path: org.eclipse.angus:angus-mail${azure ? " and com.azure:azure-identity" : ""}. ${run} Send.java RECIPIENT
${azure ? "import com.azure.core.credential.TokenRequestContext;\nimport com.azure.identity.*;\n" : ""}import jakarta.mail.*;
import jakarta.mail.internet.*;
${way === "address" ? "" : "import java.nio.file.*;\n"}import java.util.Properties;

class Send {
    public static void main(String[] args) throws Exception {
${way === "address" ? '        // Connectors match IPv4 only.\n        System.setProperty("java.net.preferIPv4Stack", "true");\n' : ""}        var properties = new Properties();
${properties.map(([key = "", value = ""]) => `        properties.put(${doubleQuoted(key)}, ${doubleQuoted(value)});`).join("\n")}
        var session = Session.getInstance(properties);
        var message = new MimeMessage(session);
        message.setFrom(new InternetAddress(${doubleQuoted(from)}));
        message.setRecipient(Message.RecipientType.TO, new InternetAddress(args[0]));
        message.setSubject("test");
        message.setText("hello");
${send(settings)}    }
}
`;
}

function send(settings: ClientSettings): string {
  const { way, oauth, places } = settings;
  const user = doubleQuoted(settings.user);
  if (way === "address") return "        Transport.send(message);\n";
  if (way === "password") {
    return `        Transport.send(message, ${user}, Files.readString(Path.of(${doubleQuoted(places.secret)})));\n`;
  }
  const { authority, tenant } = authorityOf(oauth.tokenEndpoint);
  const [builder, credential] =
    way === "secret"
      ? [
          "ClientSecretCredentialBuilder",
          `.clientSecret(Files.readString(Path.of(${doubleQuoted(places.secret)})))`,
        ]
      : [
          "ClientAssertionCredentialBuilder",
          `.clientAssertion(() -> {
                try {
                    return Files.readString(Path.of(${doubleQuoted(places.assertion)})).trim();
                } catch (java.io.IOException error) {
                    throw new java.io.UncheckedIOException(error);
                }
            })`,
        ];
  return `        var credential = new ${builder}()
            .authorityHost(${doubleQuoted(authority)})
            .tenantId(${doubleQuoted(tenant)})
            .clientId(${doubleQuoted(oauth.clientId)})
            ${credential}
            .build();
        var context = new TokenRequestContext().addScopes(${doubleQuoted(oauth.scope)});
        var token = credential.getToken(context).block().getToken();
        Transport.send(message, ${user}, token);
`;
}
