import type { Client } from "./client.ts";
import { doubleQuoted } from "./quote.ts";
import type { ClientSettings, Way } from "./settings.ts";

/**
 * nodemailer, with tokens by Microsoft's identity library.
 *
 * @see https://nodemailer.com/smtp/ and https://nodemailer.com/smtp/oauth2/
 * @see https://learn.microsoft.com/javascript/api/overview/azure/identity-readme
 */
export const nodemailer: Client = {
  name: "nodemailer",
  title: "nodemailer, for Node.js",
  ways: ["address", "certificate", "password", "secret", "federatedIdentity", "signInCertificate"],
  tested: [
    "address",
    "certificate",
    "password",
    "secret",
    "federatedIdentity",
    "signInCertificate",
  ],
  otherwise: "",
  files: (settings) => [{ path: `${settings.sender}-send.mjs`, text: program(settings) }],
};

function program(settings: ClientSettings): string {
  const { way, sender, host, port, from } = settings;
  const relays = way === "address" || way === "certificate";
  const parts = PARTS[way](settings);
  const packages = ["nodemailer", ...(parts.identity === undefined ? [] : ["@azure/identity"])];
  return `// npm install ${packages.join(" ")}; node ${sender}-send.mjs RECIPIENT
import { readFileSync } from "node:fs";
${relays ? 'import { resolve4 } from "node:dns/promises";\n' : ""}${parts.identity === undefined ? "" : `import { ${parts.identity} } from "@azure/identity";\n`}import { createTransport } from "nodemailer";

const host = ${doubleQuoted(host)};
${parts.before}const transport = createTransport({
  host${relays ? ": (await resolve4(host))[0], // connectors match IPv4 only" : ","}
  port: ${port},
  requireTLS: true,
  ${parts.tls}
${parts.auth === "" ? "" : `  auth: ${parts.auth},\n`}});
await transport.sendMail({
  from: ${doubleQuoted(from)},
  to: process.argv[2],
  subject: "test",
  text: "hello",
});
`;
}

interface Parts {
  readonly identity?: string;
  readonly before: string;
  readonly tls: string;
  readonly auth: string;
}

const TLS = "tls: { servername: host },";

const PARTS: Readonly<Record<Way, (settings: ClientSettings) => Parts>> = {
  address: () => ({ before: "", tls: TLS, auth: "" }),
  certificate: ({ places }) => ({
    before: "",
    tls: `tls: { servername: host, key: readFileSync(${doubleQuoted(places.key)}), cert: readFileSync(${doubleQuoted(places.chain)}) },`,
    auth: "",
  }),
  password: ({ user, places }) => ({
    before: `const pass = readFileSync(${doubleQuoted(places.secret)}, "utf8");\n`,
    tls: TLS,
    auth: `{ method: "LOGIN", user: ${doubleQuoted(user)}, pass }`,
  }),
  secret: (settings) =>
    withToken(
      settings,
      "ClientSecretCredential",
      `readFileSync(${doubleQuoted(settings.places.secret)}, "utf8")`,
    ),
  federatedIdentity: (settings) =>
    withToken(
      settings,
      "ClientAssertionCredential",
      `async () => readFileSync(${doubleQuoted(settings.places.assertion)}, "utf8").trim()`,
    ),
  signInCertificate: (settings) => {
    const { key, chain } = settings.places;
    const pem = `readFileSync(${doubleQuoted(key)}, "utf8") + "\\n" + readFileSync(${doubleQuoted(chain)}, "utf8")`;
    return withToken(settings, "ClientCertificateCredential", `{ certificate: ${pem} }`);
  },
};

function withToken({ user, oauth }: ClientSettings, identity: string, credential: string): Parts {
  const { authority, tenant } = authorityOf(oauth.tokenEndpoint);
  return {
    identity,
    before: `const credential = new ${identity}(
  ${doubleQuoted(tenant)},
  ${doubleQuoted(oauth.clientId)},
  ${credential},
  { authorityHost: ${doubleQuoted(authority)}, disableInstanceDiscovery: true },
);
const { token: accessToken } = await credential.getToken(${doubleQuoted(oauth.scope)});
`,
    tls: TLS,
    auth: `{ type: "OAuth2", user: ${doubleQuoted(user)}, accessToken }`,
  };
}

/** What Microsoft's identity libraries want in place of a token endpoint. */
export function authorityOf(tokenEndpoint: string): { authority: string; tenant: string } {
  const { origin, pathname } = new URL(tokenEndpoint);
  return { authority: origin, tenant: pathname.split("/")[1] ?? "" };
}
