/** A stack file that is wrong in one way, known from the file alone. */
export interface BadConfig {
  readonly title: string;
  /** Changes the good configuration. */
  readonly spoil: (config: StackConfig) => void;
  /** Follows the message's fix in the spoiled configuration. No rule may refuse what comes of it. */
  readonly fixed: (config: StackConfig) => void;
  /** What the one sentence has to say: the key, the value and the rule. */
  readonly says: RegExp;
}

export interface StackConfig {
  [key: string]: unknown;
  "m365-smtp-relay:domains": Record<string, unknown>[];
  "m365-smtp-relay:senders": Record<string, unknown>[];
}

/** A good configuration to spoil; each call gives a new one. */
export function goodConfig(): StackConfig {
  return {
    "azuread:tenantId": "00000000-0000-4000-8000-000000000001",
    "m365-smtp-relay:disposable": true,
    "m365-smtp-relay:domains": [{ name: "contoso.com" }],
    "m365-smtp-relay:senders": [
      {
        name: "erp",
        from: ["*@contoso.com"],
        authentication: ["staticIp"],
        egress: ["198.51.100.7"],
      },
      {
        name: "billing",
        from: ["invoices@contoso.com"],
        authentication: ["certificate"],
        certificateName: "relay.contoso.com",
      },
    ],
  };
}

/** A DKIM key of another service, and a CNAME to one. */
const DKIM_KEY = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
const CNAME = { selector: "k1", target: "dkim.crm.example" };

const domain = (change: Record<string, unknown>) => (config: StackConfig) =>
  void Object.assign(config["m365-smtp-relay:domains"][0] ?? {}, change);
const erp = (change: Record<string, unknown>) => (config: StackConfig) =>
  void Object.assign(config["m365-smtp-relay:senders"][0] ?? {}, change);
const billing = (change: Record<string, unknown>) => (config: StackConfig) =>
  void Object.assign(config["m365-smtp-relay:senders"][1] ?? {}, change);
const top = (key: string, value: unknown) => (config: StackConfig) => {
  if (value === undefined) delete config[key];
  else config[key] = value;
};

/** Makes the first sender one that signs in, with these keys beside. */
const signingIn = (change: Record<string, unknown>) =>
  erp({ from: ["erp@contoso.com"], authentication: ["oauth"], egress: undefined, ...change });
/** One that has an account of High Volume Email. */
const highVolume = (change: Record<string, unknown>) =>
  signingIn({
    ...{ authentication: ["oauth", "password"], external: 0, method: "highVolumeEmail" },
    ...change,
  });
/** A sender of direct send. */
const door = (change: Record<string, unknown>) => ({
  ...{ name: "door", from: ["door@contoso.com"], authentication: ["none"], external: 0 },
  ...change,
});
const issuedBy = (issuer: string) => signingIn({ federatedIdentity: { issuer, subject: "x" } });
const IDENTITY = { issuer: "https://gitlab.com", subject: "x" };
const STAGING = { issuer: "https://gitlab.com", subject: "staging" };
const identities = (...federatedIdentity: readonly unknown[]) => signingIn({ federatedIdentity });
const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    ...IDENTITY,
    subject: `x${index}`,
    name: `n${index}`,
  }));
const KEY = "-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----\n";
const certificates = (...names: readonly (string | undefined)[]) =>
  names.map((name) => ({ certificate: CERTIFICATE, ...(name !== undefined && { name }) }));
const both =
  (...changes: readonly ((config: StackConfig) => void)[]) =>
  (config: StackConfig) => {
    for (const change of changes) change(config);
  };

const CRM = { name: "crm", from: ["crm@contoso.com"], authentication: ["none"] };

const TENANT_ID = "aaaabbbb-0000-cccc-1111-dddd2222eeee";

/** A certificate alone, as a sender that signs in gives it. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIICnDCCAYSgAwIBAgIID9SQ5VjtMXowDQYJKoZIhvcNAQELBQAwDjEMMAoGA1UE
AxMDY3JtMB4XDTI2MDEwMTAwMDAwMFoXDTQ2MDEwMTAwMDAwMFowDjEMMAoGA1UE
AxMDY3JtMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAxHHMcNK12v8V
h76am1C8R1IT+nW1MIk0v6Q/gi9P9md7gQa4TuEFUlQsiT/ObmICx3NxWgxMzuLL
pVYruhFjAj0U+mL9nQSqi2XGXfNaftvM3b8y857OKQBSz4AeiLFmzXvnnDzomwei
6qLe1O49BaOHUFJnrPVzptngjf6V4WSe1v92467PciL8KFV/qvGSPxctq+RSnMV3
aP/+nNSttNWulKGDjwtH52IvvWyils2x57ORiT25FhEDx3Adi2poUVVD0QVO3EF8
qERN8sxqPJUV7WymG1uHg+KlPRSYKTtJFCuvj8Vq2n2dtmGTxG/X7w017gx1UiuF
gw0XCZBrqwIDAQABMA0GCSqGSIb3DQEBCwUAA4IBAQBVkyYuAMU3Pt0T6NqctLJJ
dhVaqyXUcmf42+zLiNC85MT6aKcSFGFsNW4jJ+RNfmtGJvVgM8zPx9jPiYyLAiGS
k1H20s7wtZf6ZvabnJI/tvQMnocpXYc6wtO4Ps2LvOrWzRmlm9mqUr8Fb2h7TVSJ
PCKk8qDKQiXEl7wfmANDZxeKj1R/Ny8quZaz8vfniKB2+KQDA8LbHy2I60AgHcKx
hJU/RISjCai7gPaUDGuFUubdWab9gT47Ydmq0aecv1YhcslW+9BhCZwc+DLk1z76
xbCIY+jl/FOuxtWdWEa2MphazJSXsWBOr9t4UXm7AHaPJpqKejhapJkixo8v6rih
-----END CERTIFICATE-----
`;

const manyAddresses = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `address-${index}@contoso.com`);

/** An address whose pattern has more than 128 characters: each plus sign takes two. */
const LONG_ADDRESS = `a${"+".repeat(57)}bb@contoso.com`;

export const BAD_CONFIGS: readonly BadConfig[] = [
  {
    title: "an unknown key",
    spoil: top("m365-smtp-relay:sender", []),
    fixed: top("m365-smtp-relay:sender", undefined),
    says: /m365-smtp-relay:sender: is not a known key; rename it to m365-smtp-relay:senders$/,
  },
  {
    title: "an unknown key in a sender",
    spoil: erp({ egres: [] }),
    fixed: erp({ egres: undefined }),
    says: /senders\["erp"\]\.egres: is not a known key; rename it to egress$/,
  },
  {
    title: "a description that colours a terminal",
    spoil: erp({ description: "\u001b[31mThe „ERP“ of Delft" }),
    fixed: erp({ description: "[31mThe „ERP“ of Delft" }),
    says: /senders\["erp"\]\.description: "\\u001b\[31m.*" has the invisible character U\+001B; delete this character$/,
  },
  {
    title: "a mailbox for a whole domain",
    spoil: erp({ authentication: ["oauth"], egress: [] }),
    fixed: erp({ from: ["erp@contoso.com"] }),
    says: /senders\["erp"\]\.authentication: \["oauth"\] leaves the sender no submission method \(client submission with OAuth: its from stands for every address of a domain, and a mailbox sends as addresses that are listed; .*; list its addresses in from one by one; or add certificate to authentication/,
  },
  {
    title: "two senders with one mailbox",
    spoil: (config) => {
      const oauth = { from: ["invoices@contoso.com"], authentication: ["oauth"], egress: [] };
      erp({ ...oauth })(config);
      billing({ ...oauth, from: ["Invoices@contoso.com"], certificateName: undefined })(config);
    },
    fixed: billing({ from: ["billing@contoso.com"] }),
    says: /senders\["billing"\]\.from\[0\]: "invoices@contoso\.com" is already what another sender signs in as/,
  },
  {
    title: "a fence of a sender that signs in",
    spoil: signingIn({ fence: true }),
    fixed: erp({ fence: undefined }),
    says: /senders\["erp"\]\.fence: true has no effect, because a sender that signs in may send as its own addresses alone; remove it$/,
  },
  {
    title: "a fence of a certificate whose addresses nobody knows",
    spoil: billing({ fence: true }),
    fixed: billing({ egress: ["198.51.100.9"] }),
    says: /senders\["billing"\]\.fence: true needs egress: a mail flow rule knows a sender's mail by the address that it comes from, and not by its certificate; add egress, e\.g\. \["198\.51\.100\.7"\], or remove fence$/,
  },
  {
    title: "a fence for an address that no pattern takes",
    spoil: erp({ fence: true, from: [`${"a".repeat(64)}@contoso.com`, LONG_ADDRESS] }),
    fixed: erp({ from: ["*@contoso.com"] }),
    says: /senders\["erp"\]\.from\[1\]: .* makes a pattern of 132 characters, and a mail flow rule takes 128; write ".*", or remove fence$/,
  },
  {
    title: "a fence with more addresses than a rule has room for",
    spoil: erp({ fence: true, from: manyAddresses(300) }),
    fixed: erp({ from: ["*@contoso.com"] }),
    says: /senders\["erp"\]\.fence: true makes a mail flow rule of about 1\d,\d{3} characters of 300 addresses in from and 1 in egress, and Exchange takes 8,192; write from: \["\*@contoso\.com"\] and ranges in egress, or remove fence$/,
  },
  {
    title: "fences with more patterns than a tenant has room for",
    spoil: (config) => {
      config["m365-smtp-relay:senders"] = Array.from({ length: 9 }, (_, index) => ({
        name: `erp-${index}`,
        from: manyAddresses(120),
        authentication: ["staticIp"],
        egress: [`198.51.100.${index}`],
        fence: true,
      }));
    },
    fixed: (config) => {
      for (const one of config["m365-smtp-relay:senders"]) one.from = ["*@contoso.com"];
    },
    says: /m365-smtp-relay:senders: has fences whose patterns have 2\d,\d{3} characters, and Exchange takes 20,480 in all mail flow rules of a tenant; write "\*@" and the domain in place of the addresses of from, or remove fence from some senders$/,
  },
  {
    title: "an issuer that is no URL",
    spoil: erp({
      from: ["erp@contoso.com"],
      authentication: ["oauth"],
      egress: [],
      federatedIdentity: { issuer: "github", subject: "x" },
    }),
    fixed: erp({
      federatedIdentity: { issuer: "https://token.actions.githubusercontent.com", subject: "x" },
    }),
    says: /senders\["erp"\]\.federatedIdentity\.issuer: "github" is not the URL of a token issuer; use the value of iss/,
  },
  {
    title: "a private key in the stack file",
    spoil: erp({
      from: ["erp@contoso.com"],
      authentication: ["oauth"],
      egress: [],
      signInCertificate: "-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----\n",
    }),
    fixed: erp({ signInCertificate: CERTIFICATE }),
    says: /senders\["erp"\]\.signInCertificate: contains a private key, which must stay with the sender: treat that key as compromised; use the certificate alone/,
  },
  {
    title: "a generation before the first",
    spoil: erp({ credentialGeneration: 0 }),
    fixed: erp({ credentialGeneration: 1 }),
    says: /senders\["erp"\]\.credentialGeneration: 0 is less than 1; use a whole number from 1 on, e\.g\. 1/,
  },
  ...(
    [
      [1.5, 1, /1\.5 is not a whole number; use a whole number from 1 on, e\.g\. 1$/],
      [null, 1, /credentialGeneration: is empty; use a whole number from 1 on, e\.g\. 1$/],
      [[], [2], /\[\] is empty; list the valid generation, e\.g\. \[2\]$/],
      [[1, 0], [1], /\[1,0\] has an entry that is less than 1; list whole numbers from 1 on$/],
      [
        [3, 2, 1],
        [3, 2],
        /\[3,2,1\] lists 3 generations, and two can be valid at most; list the newest one alone, \[3\], or with the one before it, \[3, 2\]$/,
      ],
      [[4, 2], [4], /\[4,2\] does not list two generations that follow each other; list the /],
      [[1, 1], [1], /\[1,1\] does not list two generations .*; list the newest one alone, \[1\]$/],
    ] as const
  ).map(([spoilt, right, says]) => ({
    title: `generations of a secret: ${JSON.stringify(spoilt)}`,
    spoil: signingIn({ credentialGeneration: spoilt }),
    fixed: signingIn({ credentialGeneration: right }),
    says,
  })),
  {
    title: "two generations of a password",
    spoil: signingIn({
      ...{ authentication: ["password"], license: "EXCHANGESTANDARD" },
      credentialGeneration: [2, 1],
    }),
    fixed: signingIn({
      ...{ authentication: ["password"], license: "EXCHANGESTANDARD" },
      credentialGeneration: [2],
    }),
    says: /credentialGeneration: \[2,1\] lists two generations, and a user has one password; list the newest one alone, \[2\]$/,
  },
  ...(
    [
      ["credentialGeneration", [2, 1], [2], /: \[2,1\] lists two generations, .*newest one alone/],
      ["adoptMailbox", true, undefined, /: has no effect, .* uses High Volume Email; remove adopt/],
      ["license", "EXCHANGESTANDARD", undefined, /: has no effect, .* Email; remove license$/],
      [
        "billingPolicyId",
        "ours",
        undefined,
        /: "ours" is not the id of a billing policy \(a GUID\);/,
      ],
      ["fence", true, undefined, /: true has no effect, because a sender that signs in may send/],
      ["restrictToDomains", true, undefined, /: true has no effect, .* as its own addresses alone/],
      ["requireTls", false, undefined, /: false has no effect, .* always uses TLS; remove it$/],
      ["adoptConnector", "ERP", undefined, /: "ERP" has no effect, .* has no connector; remove it/],
      [
        "egress",
        ["198.51.100.7"],
        undefined,
        /: .* has no effect, .* sends from Exchange; remove egr/,
      ],
    ] as const
  ).map(([key, spoilt, right, says]) => ({
    title: `${key} of an account of High Volume Email`,
    spoil: highVolume({ [key]: spoilt }),
    fixed: highVolume({ [key]: right }),
    says: new RegExp(`senders\\["erp"\\]\\.${key}${says.source}`),
  })),
  {
    title: "a licence of a sender that gets an account of High Volume Email without asking for it",
    spoil: signingIn({ authentication: ["password"], external: 0, license: "X" }),
    fixed: signingIn({
      ...{ authentication: ["password"], external: 0, license: "X" },
      method: "smtpAuth",
    }),
    says: /license: has no effect, .* Email; set method to smtpAuth, or remove license$/,
  },
  {
    title: "High Volume Email in a cloud that has none",
    spoil: both(
      top("azuread:environment", "china"),
      highVolume({ authentication: ["password", "oauth"] }),
    ),
    fixed: highVolume({ method: undefined }),
    says: /senders\["erp"\]\.method: "highVolumeEmail" does not fit the sender \(High Volume Email: its tenant is in the cloud "china", .* alone, since 2026-03-31\); have it use another method, or remove method to let it use client submission with OAuth$/,
  },
  {
    title: "a billing policy for a connector",
    spoil: erp({ billingPolicyId: TENANT_ID }),
    fixed: erp({ billingPolicyId: undefined }),
    says: /\.billingPolicyId: has no effect, because the sender uses connector by address; remove bil/,
  },
  {
    title: "a mailbox and an account of High Volume Email with one address",
    spoil: both(
      highVolume({}),
      billing({
        ...{ from: ["erp@contoso.com"], authentication: ["oauth"], certificateName: undefined },
      }),
    ),
    fixed: billing({ from: ["billing@contoso.com"] }),
    says: /senders\["billing"\]\.from\[0\]: "erp@contoso\.com" is already what another sender signs/,
  },
  {
    title: "a mailbox limited to domains",
    spoil: erp({
      from: ["erp@contoso.com"],
      authentication: ["oauth"],
      egress: [],
      restrictToDomains: true,
    }),
    fixed: erp({ restrictToDomains: undefined }),
    says: /senders\["erp"\]\.restrictToDomains: true has no effect, because a sender that signs in may send as its own addresses alone; remove it/,
  },
  {
    title: "no tenant",
    spoil: top("azuread:tenantId", undefined),
    fixed: top("azuread:tenantId", TENANT_ID),
    says: /azuread:tenantId: is missing; add it, e\.g\. "aaaabbbb/,
  },
  {
    title: "a tenant that is no GUID",
    spoil: top("azuread:tenantId", "contoso.onmicrosoft.com"),
    fixed: top("azuread:tenantId", TENANT_ID),
    says: /azuread:tenantId: "contoso\.onmicrosoft\.com" is not a GUID/,
  },
  {
    title: "an unknown cloud",
    spoil: top("azuread:environment", "german"),
    fixed: top("azuread:environment", "global"),
    says: /azuread:environment: "german" is not an allowed value; use one of global, /,
  },
  {
    title: "disposable that is no boolean",
    spoil: top("m365-smtp-relay:disposable", "maybe"),
    fixed: top("m365-smtp-relay:disposable", true),
    says: /disposable: "maybe" is not true or false; use true or false/,
  },
  {
    title: "no domain",
    spoil: top("m365-smtp-relay:domains", []),
    fixed: top("m365-smtp-relay:domains", [{ name: "contoso.com" }]),
    says: /domains: \[\] is empty; list at least one, e\.g\. /,
  },
  {
    title: "a domain that is none",
    spoil: top("m365-smtp-relay:domains", [{ name: "contoso.com" }, { name: "con toso" }]),
    fixed: top("m365-smtp-relay:domains", [{ name: "contoso.com" }]),
    says: /domains\[1\]\.name: "con toso" is not a domain name/,
  },
  ...["contoso.onmicrosoft.com", "contoso.mail.onmicrosoft.com", "contoso.onmicrosoft.us"].map(
    (name): BadConfig => ({
      title: `Microsoft's domain ${name}`,
      spoil: top("m365-smtp-relay:domains", [{ name: "contoso.com" }, { name }]),
      fixed: top("m365-smtp-relay:domains", [{ name: "contoso.com" }]),
      says: /domains\[1\]\.name: "contoso\..*onmicrosoft\.(com|us)" is Microsoft's own domain.*100 external/,
    }),
  ),
  {
    title: "a domain twice",
    spoil: top("m365-smtp-relay:domains", [{ name: "contoso.com" }, { name: "Contoso.com" }]),
    fixed: top("m365-smtp-relay:domains", [{ name: "contoso.com" }]),
    says: /domains\[1\]\.name: "contoso\.com" is listed already/,
  },
  {
    title: "DNS that is kept nowhere we know",
    spoil: domain({ dns: { host: "route53" } }),
    fixed: domain({ dns: { host: "external" } }),
    says: /domains\["contoso\.com"\]\.dns\.host: "route53" is not an allowed value; use one of cloudflare, external/,
  },
  {
    title: "DKIM records that nobody publishes",
    spoil: domain({ dkim: { records: "no" } }),
    fixed: domain({ dkim: { records: "published" } }),
    says: /domains\["contoso\.com"\]\.dkim\.records: "no" is not an allowed value; use one of publish, published/,
  },
  {
    title: "a DMARC policy that is none",
    spoil: domain({ dmarc: { policy: "monitor" } }),
    fixed: domain({ dmarc: { policy: "none" } }),
    says: /domains\["contoso\.com"\]\.dmarc\.policy: "monitor" is not an allowed value; use one of none, quarantine, reject/,
  },
  {
    title: "a DMARC tag that is gone",
    spoil: domain({ dmarc: { pct: 25 } }),
    fixed: domain({ dmarc: {} }),
    says: /domains\["contoso\.com"\]\.dmarc\.pct: is not a known key; use one of: policy, /,
  },
  {
    title: "reports to an address that is no URI",
    spoil: domain({ dmarc: { rua: ["dmarc@contoso.com"] } }),
    fixed: domain({ dmarc: { rua: ["mailto:dmarc@contoso.com"] } }),
    says: /domains\["contoso\.com"\]\.dmarc\.rua\[0\]: "dmarc@contoso\.com" is not a mailto: URI; use one mailto: URI/,
  },
  {
    title: "an MTA-STS id with a dot",
    spoil: domain({ mtaSts: { id: "policy.two" } }),
    fixed: domain({ mtaSts: { id: "20261123" } }),
    says: /domains\["contoso\.com"\]\.mtaSts\.id: "policy\.two" is not a valid id of an MTA-STS policy; use 1 to 32 letters and digits/,
  },
  {
    title: "TLS reports that go nowhere",
    spoil: domain({ tlsRpt: { rua: [] } }),
    fixed: domain({ tlsRpt: { rua: ["mailto:tls@contoso.com"] } }),
    says: /domains\["contoso\.com"\]\.tlsRpt\.rua: \[\] is empty/,
  },
  {
    title: "a wait of a day",
    spoil: top("m365-smtp-relay:waitMinutes", 1440),
    fixed: top("m365-smtp-relay:waitMinutes", 60),
    says: /waitMinutes: 1440 is more than 60; use a whole number from 0 to 60/,
  },
  {
    title: "a wait of half a minute",
    spoil: top("m365-smtp-relay:waitMinutes", 0.5),
    fixed: top("m365-smtp-relay:waitMinutes", 15),
    says: /waitMinutes: 0\.5 is not a whole number/,
  },
  {
    title: "no sender",
    spoil: top("m365-smtp-relay:senders", []),
    fixed: top("m365-smtp-relay:senders", goodConfig()["m365-smtp-relay:senders"]),
    says: /senders: \[\] is empty/,
  },
  {
    title: "senders that are no list",
    spoil: top("m365-smtp-relay:senders", "erp"),
    fixed: top("m365-smtp-relay:senders", goodConfig()["m365-smtp-relay:senders"]),
    says: /senders: "erp" is not a list; use a list, e\.g\. /,
  },
  {
    title: "a sender without a name",
    spoil: erp({ name: undefined }),
    fixed: erp({ name: "erp" }),
    says: /senders\[0\]\.name: is missing/,
  },
  {
    title: "two senders of one name",
    spoil: billing({ name: "erp" }),
    fixed: billing({ name: "billing" }),
    says: /senders\[1\]\.name: "erp" is already the name of another sender/,
  },
  {
    title: "a sender's name with a space",
    spoil: erp({ name: "my erp" }),
    fixed: erp({ name: "my-erp" }),
    says: /senders\[0\]\.name: "my erp" is not a valid name of a sender; use 1 to 30 lower-case letters/,
  },
  {
    title: "no from address",
    spoil: erp({ from: [] }),
    fixed: erp({ from: ["invoices@contoso.com"] }),
    says: /senders\["erp"\]\.from: \[\] is empty/,
  },
  {
    title: "a bad from address",
    spoil: erp({ from: ["contoso.com"] }),
    fixed: erp({ from: ["*@contoso.com"] }),
    says: /senders\["erp"\]\.from\[0\]: "contoso\.com" is not an email address/,
  },
  {
    title: "a from address outside the stack's domains",
    spoil: erp({ from: ["a@fabrikam.com"] }),
    fixed: erp({ from: ["a@contoso.com"] }),
    says: /senders\["erp"\]\.from\[0\]: "a@fabrikam\.com" is in none of the stack's domains \(contoso\.com\)/,
  },
  {
    title: "a from address in Microsoft's domain, which is no domain to add",
    spoil: erp({ from: ["a@contoso.onmicrosoft.com"] }),
    fixed: erp({ from: ["a@contoso.com"] }),
    says: /from\[0\]: "a@contoso\.onmicrosoft\.com" is in none of the stack's domains \(contoso\.com\); use an address in one of these$/,
  },
  {
    title: "a domain with a dash in place of a hyphen",
    spoil: top("m365-smtp-relay:domains", [{ name: "contoso.com" }, { name: "con\u2011toso.com" }]),
    fixed: top("m365-smtp-relay:domains", [{ name: "contoso.com" }, { name: "con-toso.com" }]),
    says: /domains\[1\]\.name: .* has the dash .* \(U\+2011\), which only looks like a hyphen; replace it by "-"$/,
  },
  {
    title: "an address whose domain has a dash in place of a hyphen",
    spoil: erp({ from: ["a@con\u2013toso.com"] }),
    fixed: erp({ from: ["a@contoso.com"] }),
    says: /from\[0\]: .* has the dash .* \(U\+2013\), which only looks like a hyphen; replace it by "-"$/,
  },
  {
    title: "a sender's name with a dash in place of a hyphen",
    spoil: erp({ name: "er\u2013p" }),
    fixed: erp({ name: "er-p" }),
    says: /senders\[0\]\.name: .* has the dash .* \(U\+2013\), which only looks like a hyphen; replace it by "-"$/,
  },
  {
    title: "an address for reports with an invisible character, which then looks like a credential",
    spoil: domain({ dmarc: { rua: ["mai\u200blto:dmarc@contoso.com"] } }),
    fixed: domain({ dmarc: { rua: ["mailto:dmarc@contoso.com"] } }),
    says: /dmarc\.rua\[0\]: has the invisible character U\+200B, zero width space; delete this character$/,
  },
  {
    title: "a private address",
    spoil: erp({ egress: ["10.0.0.5"] }),
    fixed: erp({ egress: ["198.51.100.7"] }),
    says: /senders\["erp"\]\.egress\[0\]: "10\.0\.0\.5" is a private address/,
  },
  {
    title: "a loopback address",
    spoil: erp({ egress: ["127.0.0.1"] }),
    fixed: erp({ egress: ["198.51.100.7"] }),
    says: /egress\[0\]: "127\.0\.0\.1" is a loopback address/,
  },
  {
    title: "an IPv6 address",
    spoil: erp({ egress: ["2001:db8::25"] }),
    fixed: erp({ egress: ["198.51.100.7"] }),
    says: /egress\[0\]: "2001:db8::25" is an IPv6 address/,
  },
  {
    title: "the whole internet",
    spoil: erp({ egress: ["0.0.0.0/0"] }),
    fixed: erp({ egress: ["198.51.100.0/28"] }),
    says: /egress\[0\]: "0\.0\.0\.0\/0" opens the relay to the whole internet/,
  },
  {
    title: "a range wider than /24",
    spoil: erp({ egress: ["198.51.0.0/16"] }),
    fixed: erp({ egress: ["198.51.100.0/24"] }),
    says: /egress\[0\]: "198\.51\.0\.0\/16" covers 65,536 addresses/,
  },
  {
    title: "a range that does not begin at its first address",
    spoil: erp({ egress: ["198.51.100.7/28"] }),
    fixed: erp({ egress: ["198.51.100.0/28"] }),
    says: /egress\[0\]: "198\.51\.100\.7\/28" is not the first address/,
  },
  {
    title: "no address at all",
    spoil: erp({ egress: [] }),
    fixed: erp({ egress: ["198.51.100.7"] }),
    says: /senders\["erp"\]\.authentication: \["staticIp"\] includes staticIp, but egress is empty/,
  },
  {
    title: "an address twice",
    spoil: erp({ egress: ["198.51.100.7", "198.51.100.7/32"] }),
    fixed: erp({ egress: ["198.51.100.7"] }),
    says: /egress\[1\]: "198\.51\.100\.7" is listed already/,
  },
  {
    title: "an address that is a number",
    spoil: erp({ egress: [198] }),
    fixed: erp({ egress: ["198.51.100.7"] }),
    says: /egress\[0\]: "198" is not an IPv4 address or CIDR range; list the public IPv4 addresses/,
  },
  {
    title: "two senders behind one address",
    spoil: billing({
      authentication: ["staticIp"],
      certificateName: undefined,
      egress: ["198.51.100.0/28"],
    }),
    fixed: billing({ egress: ["198.51.100.16/28"] }),
    says: /senders\["billing"\]\.egress: "198\.51\.100\.0\/28" shares addresses with 198\.51\.100\.7 of "erp"/,
  },
  {
    title: "an authentication that is not known",
    spoil: erp({ authentication: ["kerberos"] }),
    fixed: erp({ authentication: ["staticIp"] }),
    says: /authentication\[0\]: "kerberos" is not an allowed value; use one of oauth, certificate, staticIp, password/,
  },
  {
    title: "a certificate without its name",
    spoil: billing({ certificateName: undefined }),
    fixed: billing({ certificateName: "relay.contoso.com" }),
    says: /senders\["billing"\]\.authentication: \["certificate"\] includes certificate, but certificateName is missing/,
  },
  {
    title: "a certificate name that is an address",
    spoil: billing({ certificateName: "198.51.100.7" }),
    fixed: billing({ certificateName: "relay.contoso.com" }),
    says: /certificateName: "198\.51\.100\.7" is an IP address/,
  },
  {
    title: "a certificate name without effect",
    spoil: erp({ certificateName: "relay.contoso.com" }),
    fixed: erp({ certificateName: undefined }),
    says: /senders\["erp"\]\.certificateName: "relay\.contoso\.com" has no effect/,
  },
  {
    title: "one certificate for two senders",
    spoil: erp({ authentication: ["certificate"], certificateName: "relay.contoso.com" }),
    fixed: billing({ certificateName: "billing.contoso.com" }),
    says: /senders\["billing"\]\.certificateName: "relay\.contoso\.com" is matched by "erp" already/,
  },
  {
    title: "a connector to adopt whose name is too long",
    spoil: erp({ adoptConnector: "x".repeat(65) }),
    fixed: erp({ adoptConnector: "x".repeat(64) }),
    says: /adoptConnector: "x+" has 65 characters/,
  },
  {
    title: "a credential in the stack file",
    spoil: top("azuread:clientSecret", "hunter2"),
    fixed: top("azuread:clientSecret", undefined),
    says: /azuread:clientSecret: is a credential, which Pulumi would copy into the state; run pulumi config rm azuread:clientSecret, and set the environment variable ARM_CLIENT_SECRET/,
  },
  {
    title: "one connector to adopt for two senders",
    spoil(config) {
      erp({ adoptConnector: "Old relay" })(config);
      billing({ adoptConnector: "old relay" })(config);
    },
    fixed: billing({ adoptConnector: "Other relay" }),
    says: /senders\["billing"\]\.adoptConnector: "old relay" is already adopted by another sender/,
  },
  {
    title: "a misspelt key of the azuread plugin",
    spoil: both(top("azuread:tenantId", undefined), top("azuread:tenantID", TENANT_ID)),
    fixed: both(top("azuread:tenantID", undefined), top("azuread:tenantId", TENANT_ID)),
    says: /azuread:tenantID: is not a known key; rename it to azuread:tenantId$/,
  },
  {
    title: "a cloud under a misspelt key",
    spoil: top("azuread:enviroment", "china"),
    fixed: both(top("azuread:enviroment", undefined), top("azuread:environment", "china")),
    says: /azuread:enviroment: is not a known key; rename it to azuread:environment$/,
  },
  {
    title: "a key of the azuread plugin that there is not",
    spoil: top("azuread:retries", 3),
    fixed: top("azuread:retries", undefined),
    says: /azuread:retries: is not a known key; use one of: azuread:tenantId, azuread:environment$/,
  },
  {
    title: "a key in a misspelt namespace",
    spoil: top("m365-smtp-rely:waitMinutes", 5),
    fixed: both(
      top("m365-smtp-rely:waitMinutes", undefined),
      top("m365-smtp-relay:waitMinutes", 5),
    ),
    says: /m365-smtp-rely:waitMinutes: is not a known key; rename it to m365-smtp-relay:waitMinutes$/,
  },
  {
    title: "a setting that the azuread plugin alone would read",
    spoil: top("azuread:clientId", TENANT_ID),
    fixed: top("azuread:clientId", undefined),
    says: /azuread:clientId: is read by Pulumi's plugin alone.*; run pulumi config rm azuread:clientId, and set the environment variable ARM_CLIENT_ID instead$/,
  },
  {
    title: "a way to sign in that only the azuread plugin has",
    spoil: top("azuread:useCli", true),
    fixed: top("azuread:useCli", undefined),
    says: /azuread:useCli: is read by Pulumi's plugin alone.*; run pulumi config rm azuread:useCli$/,
  },
  {
    title: "Cloudflare's service key",
    spoil: top("cloudflare:apiUserServiceKey", "v1.0-hunter2"),
    fixed: top("cloudflare:apiUserServiceKey", undefined),
    says: /cloudflare:apiUserServiceKey: is a credential, .* CLOUDFLARE_API_TOKEN instead$/,
  },
  {
    title: "a credential under a misspelt key",
    spoil: top("cloudflare:api_token", "hunter2"),
    fixed: top("cloudflare:api_token", undefined),
    says: /cloudflare:api_token: is a credential, .* CLOUDFLARE_API_TOKEN instead$/,
  },
  {
    title: "a tenant that is a placeholder",
    spoil: top("azuread:tenantId", "00000000-0000-0000-0000-000000000000"),
    fixed: top("azuread:tenantId", TENANT_ID),
    says: /azuread:tenantId: "00000000-.*" is a placeholder; use the Tenant ID that the Entra admin centre shows/,
  },
  {
    title: "the tenant of personal accounts",
    spoil: top("azuread:tenantId", "9188040d-6c67-4c5b-b112-36a304b66dad"),
    fixed: top("azuread:tenantId", TENANT_ID),
    says: /azuread:tenantId: "9188.*" is a tenant of Microsoft's own; use the Tenant ID that the Entra admin centre shows/,
  },
  {
    title: "a tenant of digits counted up",
    spoil: top("azuread:tenantId", "12345678-1234-1234-1234-123456789abc"),
    fixed: top("azuread:tenantId", TENANT_ID),
    says: /azuread:tenantId: "1234.*" is a placeholder; use the Tenant ID/,
  },
  {
    title: "an issuer on the sender's own machine",
    spoil: issuedBy("https://localhost:8080/idp"),
    fixed: issuedBy("https://idp.example"),
    says: /issuer: "https:.*" is at a host that Entra can't reach, so it can't read the issuer's keys; use the value of iss/,
  },
  {
    title: "yes for true",
    spoil: top("m365-smtp-relay:disposable", "yes"),
    fixed: top("m365-smtp-relay:disposable", true),
    says: /disposable: "yes" is not true or false; use true$/,
  },
  {
    title: "off for false, below a key",
    spoil: domain({ dmarc: { adopt: "off" } }),
    fixed: domain({ dmarc: { adopt: false } }),
    says: /dmarc\.adopt: "off" is not true or false; use false$/,
  },
  {
    title: "a number in words",
    spoil: top("m365-smtp-relay:waitMinutes", "ten"),
    fixed: top("m365-smtp-relay:waitMinutes", "10"),
    says: /waitMinutes: "ten" is not a number; use a whole number from 0 to 60, e\.g\. 15$/,
  },
  {
    title: "a key with nothing after it",
    spoil: top("m365-smtp-relay:waitMinutes", ""),
    fixed: top("m365-smtp-relay:waitMinutes", 15),
    says: /waitMinutes: is empty; add it, e\.g\. 15$/,
  },
  {
    title: "an empty entry of a list",
    spoil: erp({ egress: ["198.51.100.7", null] }),
    fixed: erp({ egress: ["198.51.100.7"] }),
    says: /egress\[1\]: is empty; remove it, or add a value, e\.g\. "198\.51\.100\.7"$/,
  },
  {
    title: "an empty list of ways to authenticate",
    spoil: erp({ authentication: [] }),
    fixed: erp({ authentication: ["staticIp"] }),
    says: /authentication: \[\] is empty; list at least one/,
  },
  {
    title: "true for an object",
    spoil: domain({ mtaSts: true }),
    fixed: domain({ mtaSts: { id: "20261123" } }),
    says: /mtaSts: true is not an object; use an object, e\.g\. \{"id":"20261123"\}$/,
  },
  {
    title: "one value where a list is taken",
    spoil: erp({ from: "invoices@contoso.com" }),
    fixed: erp({ from: ["invoices@contoso.com"] }),
    says: /from: "invoices@contoso\.com" is not a list; use a list, e\.g\. \["invoices@contoso\.com"\]$/,
  },
  {
    title: "a space at the end of an address",
    spoil: erp({ from: ["erp@contoso.com "] }),
    fixed: erp({ from: ["erp@contoso.com"] }),
    says: /from\[0\]: "erp@contoso\.com " ends with a space; delete the space$/,
  },
  {
    title: "a line break at the end of an issuer",
    spoil: issuedBy("https://token.actions.githubusercontent.com\n"),
    fixed: issuedBy("https://token.actions.githubusercontent.com"),
    says: /issuer: "https:.*\\n" ends with a line break; delete the line break$/,
  },
  {
    title: "a no-break space",
    spoil: erp({ certificateName: undefined, egress: ["198.51.100.7\u00a0"] }),
    fixed: erp({ egress: ["198.51.100.7"] }),
    says: /egress\[0\]: "198\.51\.100\.7\\u00a0" has the character U\+00A0, no-break space/,
  },
  {
    title: "an invisible character in a value of a list of values",
    spoil: erp({ authentication: ["\u200bstaticIp"] }),
    fixed: erp({ authentication: ["staticIp"] }),
    says: /authentication\[0\]: "\\u200bstaticIp" has the invisible character U\+200B, zero width space; delete this character$/,
  },
  {
    title: "an invisible character in a key",
    spoil: erp({ egress: undefined, "egress\ufeff": ["198.51.100.7"] }),
    fixed: erp({ egress: ["198.51.100.7"], "egress\ufeff": undefined }),
    says: /is not a known key, because it has the invisible character U\+FEFF, byte order mark; rename it to egress$/,
  },
  {
    title: "quotation marks of a word processor",
    spoil: erp({ from: ["\u201c*@contoso.com\u201d"] }),
    fixed: erp({ from: ["*@contoso.com"] }),
    says: /from\[0\]: .* has the quotation mark \u201c \(U\+201C\); delete it/,
  },
  {
    title: "GitHub's issuer with a slash at its end",
    spoil: issuedBy("https://token.actions.githubusercontent.com/"),
    fixed: issuedBy("https://token.actions.githubusercontent.com"),
    says: /issuer: "https:.*\/" ends with a slash, and the issuer of GitHub's tokens does not; use "https:\/\/token\.actions\.githubusercontent\.com"$/,
  },
  {
    title: "an issuer in capital letters",
    spoil: issuedBy("https://IDP.contoso.com/a"),
    fixed: issuedBy("https://idp.contoso.com/a"),
    says: /issuer: ".*" is not written as in tokens, .*; use "https:\/\/idp\.contoso\.com\/a"$/,
  },
  {
    title: "the address of an issuer's settings",
    spoil: issuedBy("https://idp.contoso.com/.well-known/openid-configuration"),
    fixed: issuedBy("https://idp.contoso.com"),
    says: /issuer: ".*" is the address of the issuer's settings; use "https:\/\/idp\.contoso\.com"/,
  },
  {
    title: "GitHub's site as an issuer",
    spoil: issuedBy("https://github.com/contoso"),
    fixed: issuedBy("https://token.actions.githubusercontent.com"),
    says: /issuer: ".*" is GitHub's site, which issues no tokens; use "https:\/\/token/,
  },
  {
    title: "a wildcard in a subject",
    spoil: signingIn({ federatedIdentity: { issuer: "https://gitlab.com", subject: "x:*" } }),
    fixed: signingIn({ federatedIdentity: { issuer: "https://gitlab.com", subject: "x:y" } }),
    says: /subject: "x:\*" has a \*, which Entra does not take for a wildcard; use the value in the sender's tokens/,
  },
  {
    title: "an empty subject",
    spoil: signingIn({ federatedIdentity: { issuer: "https://gitlab.com", subject: "" } }),
    fixed: signingIn({ federatedIdentity: { issuer: "https://gitlab.com", subject: "x" } }),
    says: /subject: "" is empty, too long, or begins or ends with a space; use the value in the sender's tokens/,
  },
  {
    title: "two identities without a name",
    spoil: identities(IDENTITY, STAGING),
    fixed: identities(IDENTITY, { ...STAGING, name: "staging" }),
    says: /federatedIdentity\[1\]: has no name, and neither has one before it; give all but one of them a name, and leave the one that is in use already without$/,
  },
  {
    title: "two identities of one name",
    spoil: identities({ ...IDENTITY, name: "a" }, { ...STAGING, name: "a" }),
    fixed: identities({ ...IDENTITY, name: "a" }, { ...STAGING, name: "b" }),
    says: /federatedIdentity\[1\]\.name: "a" is the name of one before it; use another name$/,
  },
  {
    title: "a name of an identity with other characters",
    spoil: identities({ ...IDENTITY, name: "My CI" }),
    fixed: identities({ ...IDENTITY, name: "my-ci" }),
    says: /federatedIdentity\[0\]\.name: "My CI" is not a valid name of a credential; use 1 to 30 lower-case letters/,
  },
  {
    title: "an identity twice",
    spoil: identities(IDENTITY, { ...IDENTITY, audience: "api://own", name: "own" }),
    fixed: identities(IDENTITY),
    says: /federatedIdentity\[1\]: has the issuer and subject of one before it, which Entra takes once for an app; remove it$/,
  },
  {
    title: "more identities than an app can have",
    spoil: identities(...numbered(21)),
    fixed: identities(...numbered(20)),
    says: /federatedIdentity: lists 21 identities, and an app in Entra can have 20; list 20 at the most, and give the others a sender with a mailbox of its own$/,
  },
  {
    title: "no identity in a list",
    spoil: identities(),
    fixed: identities(IDENTITY),
    says: /federatedIdentity: \[\] is empty; list at least one/,
  },
  {
    title: "an identity in a list without its subject",
    spoil: identities(IDENTITY, { issuer: STAGING.issuer, name: "staging" }),
    fixed: identities(IDENTITY, { ...STAGING, name: "staging" }),
    says: /federatedIdentity\[1\]\.subject: is missing; add it, e\.g\. "repo:contoso/,
  },
  {
    title: "a text in a list of identities",
    spoil: identities(IDENTITY, "staging"),
    fixed: identities(IDENTITY),
    says: /federatedIdentity\[1\]: "staging" is not an object; use an object, e\.g\. \{"issuer":/,
  },
  {
    title: "a misspelt key of the only identity",
    spoil: signingIn({ federatedIdentity: { issuer: IDENTITY.issuer, subjct: "x" } }),
    fixed: signingIn({ federatedIdentity: IDENTITY }),
    says: /federatedIdentity\.subjct: is not a known key; rename it to subject$/,
  },
  {
    title: "a misspelt key of an identity in a list",
    spoil: identities({ issuer: IDENTITY.issuer, subjct: "x" }),
    fixed: identities(IDENTITY),
    says: /federatedIdentity\[0\]\.subjct: is not a known key; rename it to subject$/,
  },
  {
    title: "a PFX for a certificate",
    spoil: signingIn({ signInCertificate: "MIIJagIBAzCCCSAGCSqGSIb3DQEHAaCCCREEggkN" }),
    fixed: signingIn({ signInCertificate: CERTIFICATE }),
    says: /signInCertificate: is a PFX \(PKCS #12\), which contains the private key, which must stay with the sender.*; use the certificate alone, as PEM/,
  },
  {
    title: "a private key without its lines for a certificate",
    spoil: signingIn({ signInCertificate: "MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8=" }),
    fixed: signingIn({ signInCertificate: CERTIFICATE }),
    says: /signInCertificate: is a private key, which must stay with the sender/,
  },
  {
    title: "a thumbprint for a certificate",
    spoil: signingIn({ signInCertificate: "D1:E2:F3:04:".repeat(5).slice(0, -1) }),
    fixed: signingIn({ signInCertificate: CERTIFICATE }),
    says: /signInCertificate: is the thumbprint of a certificate, not the certificate; use the certificate/,
  },
  {
    title: "a path for a certificate",
    spoil: signingIn({ signInCertificate: "./certs/erp.pem" }),
    fixed: signingIn({ signInCertificate: CERTIFICATE }),
    says: /signInCertificate: is the path of a file, not its content; use the certificate/,
  },
  {
    title: "a certificate without its lines",
    spoil: signingIn({ signInCertificate: CERTIFICATE.replace(/-.*-|\s/g, "") }),
    fixed: signingIn({ signInCertificate: CERTIFICATE }),
    says: /signInCertificate: is base64 without the line "-----BEGIN CERTIFICATE-----"; use the certificate/,
  },
  {
    title: "a certificate request",
    spoil: signingIn({
      signInCertificate: CERTIFICATE.replaceAll("CERTIFICATE", "CERTIFICATE REQUEST"),
    }),
    fixed: signingIn({ signInCertificate: CERTIFICATE }),
    says: /signInCertificate: is of the type CERTIFICATE REQUEST, not a certificate; use the certificate/,
  },
  {
    title: "two certificates",
    spoil: signingIn({ signInCertificate: `${CERTIFICATE}${CERTIFICATE}` }),
    fixed: signingIn({ signInCertificate: CERTIFICATE }),
    says: /signInCertificate: is not exactly one certificate; use the certificate alone/,
  },
  {
    title: "a broken certificate",
    spoil: signingIn({ signInCertificate: CERTIFICATE.replace("MIIC", "AAAA") }),
    fixed: signingIn({ signInCertificate: CERTIFICATE }),
    says: /signInCertificate: can't be read as a certificate; use the certificate alone/,
  },
  {
    title: "three certificates",
    spoil: signingIn({ signInCertificate: certificates(undefined, "b", "c") }),
    fixed: signingIn({ signInCertificate: certificates(undefined) }),
    says: /signInCertificate: lists 3 certificates, and two can be valid at most; list the one in use and the one that takes its place/,
  },
  {
    title: "a certificate twice",
    spoil: signingIn({ signInCertificate: certificates(undefined, "b") }),
    fixed: signingIn({ signInCertificate: certificates("b") }),
    says: /signInCertificate\[1\]: is the certificate before it once more; remove it$/,
  },
  {
    title: "a private key in a list of certificates",
    spoil: signingIn({ signInCertificate: [{ certificate: KEY }] }),
    fixed: signingIn({ signInCertificate: certificates(undefined) }),
    says: /signInCertificate\[0\]\.certificate: contains a private key, which must stay with the sender/,
  },
  {
    title: "a private key beside a certificate",
    spoil: signingIn({ signInCertificate: [CERTIFICATE, KEY] }),
    fixed: signingIn({ signInCertificate: [CERTIFICATE] }),
    says: /signInCertificate\[1\]: contains a private key, which must stay with the sender/,
  },
  {
    title: "a misspelt key beside a certificate",
    spoil: signingIn({ signInCertificate: { nmae: "a", certificate: CERTIFICATE } }),
    fixed: signingIn({ signInCertificate: { name: "a", certificate: CERTIFICATE } }),
    says: /signInCertificate\.nmae: is not a known key; rename it to name$/,
  },
  {
    title: "a named certificate without the certificate",
    spoil: signingIn({ signInCertificate: [CERTIFICATE, { name: "a" }] }),
    fixed: signingIn({ signInCertificate: CERTIFICATE }),
    says: /signInCertificate\[1\]\.certificate: is missing; add it, e\.g\. "-----BEGIN/,
  },
  {
    title: "reports to an address with slashes",
    spoil: domain({ dmarc: { rua: ["mailto://dmarc@contoso.com"] } }),
    fixed: domain({ dmarc: { rua: ["mailto:dmarc@contoso.com"] } }),
    says: /rua\[0\]: "mailto:\/\/dmarc@contoso\.com" is not a mailto: URI/,
  },
  {
    title: "two places for reports in one text",
    spoil: domain({ dmarc: { rua: ["mailto:a@contoso.com,mailto:b@contoso.com"] } }),
    fixed: domain({ dmarc: { rua: ["mailto:a@contoso.com", "mailto:b@contoso.com"] } }),
    says: /rua\[0\]: ".*" is more than one URI; use one mailto: URI/,
  },
  {
    title: "a size limit of reports",
    spoil: domain({ dmarc: { rua: ["mailto:a@contoso.com!10m"] } }),
    fixed: domain({ dmarc: { rua: ["mailto:a@contoso.com"] } }),
    says: /rua\[0\]: ".*" has a size limit, which receivers ignore; use one mailto: URI/,
  },
  {
    title: "a federated identity of a sender that relays",
    spoil: erp({ federatedIdentity: { issuer: "https://gitlab.com", subject: "x" } }),
    fixed: erp({ federatedIdentity: undefined }),
    says: /federatedIdentity: has no effect, because authentication does not include oauth/,
  },
  {
    title: "two ways to request tokens",
    spoil: signingIn({
      federatedIdentity: { issuer: "https://gitlab.com", subject: "x" },
      signInCertificate: CERTIFICATE,
    }),
    fixed: signingIn({ signInCertificate: undefined }),
    says: /signInCertificate: is given together with federatedIdentity, which is the safer one; remove one of the two$/,
  },
  {
    title: "a second generation of a secret that there is not",
    spoil: signingIn({ signInCertificate: CERTIFICATE, credentialGeneration: 2 }),
    fixed: signingIn({ credentialGeneration: undefined }),
    says: /credentialGeneration: 2 has no effect, because the sender has no secret; remove it$/,
  },
  {
    title: "addresses of a sender that signs in",
    spoil: signingIn({ egress: ["198.51.100.7"] }),
    fixed: signingIn({ egress: undefined }),
    says: /egress: \["198\.51\.100\.7"\] has no effect, because a sender that signs in sends from Exchange; remove egress$/,
  },
  {
    title: "a connector to adopt of a sender that signs in",
    spoil: signingIn({ adoptConnector: "Old relay" }),
    fixed: signingIn({ adoptConnector: undefined }),
    says: /adoptConnector: "Old relay" has no effect, because a sender that signs in has no connector; remove it/,
  },
  {
    title: "a mailbox to adopt of a sender that signs in with a password",
    spoil: signingIn({
      ...{ authentication: ["password"], license: "EXCHANGESTANDARD", adoptMailbox: true },
    }),
    fixed: signingIn({ authentication: ["oauth"], adoptMailbox: true, license: undefined }),
    says: /adoptMailbox: true is given for a sender that signs in with a password, and the stack knows the password of no mailbox that it did not create; add oauth to authentication and remove license, or remove adoptMailbox$/,
  },
  {
    title: "a mailbox to adopt of a sender that uses a connector",
    spoil: erp({ adoptMailbox: true }),
    fixed: erp({ adoptMailbox: undefined }),
    says: /adoptMailbox: has no effect, because authentication does not include oauth; remove adoptMailbox$/,
  },
  {
    title: "the same with one address, which could sign in",
    spoil: erp({ from: ["erp@contoso.com"], adoptMailbox: true }),
    fixed: signingIn({ adoptMailbox: true }),
    says: /adoptMailbox: has no effect, because authentication does not include oauth; add oauth to authentication, or remove adoptMailbox$/,
  },
  {
    title: "an app to adopt that is no client id",
    spoil: signingIn({ adoptMailbox: true, adoptApplication: "shop" }),
    fixed: signingIn({ adoptMailbox: true, adoptApplication: TENANT_ID }),
    says: /adoptApplication: "shop" is not the client id of an app \(a GUID\); use the "Application \(client\) ID" that Entra shows/,
  },
  {
    title: "an app to adopt without its mailbox",
    spoil: signingIn({ adoptApplication: TENANT_ID }),
    fixed: signingIn({ adoptApplication: TENANT_ID, adoptMailbox: true }),
    says: /adoptApplication: is given without adoptMailbox, and an app that exists sends from a mailbox that exists; add adoptMailbox: true, or remove adoptApplication to let the stack create an app$/,
  },
  {
    title: "a certificate for an app that is adopted",
    spoil: signingIn({
      ...{ adoptApplication: TENANT_ID, adoptMailbox: true, credentialGeneration: 2 },
    }),
    fixed: signingIn({
      ...{ adoptApplication: TENANT_ID, adoptMailbox: true, credentialGeneration: undefined },
    }),
    says: /credentialGeneration: is given together with adoptApplication, and the credentials of an adopted app stay with its owner; remove credentialGeneration$/,
  },
  {
    title: "requireTls of a sender that signs in",
    spoil: signingIn({ requireTls: false }),
    fixed: signingIn({ requireTls: undefined }),
    says: /requireTls: false has no effect, because a sender that signs in always uses TLS; remove it$/,
  },
  {
    title: "a DMARC policy of a record that is left as it is",
    spoil: domain({ unmanaged: ["spf", "dmarc"], dmarc: { policy: "reject" } }),
    fixed: domain({ unmanaged: ["spf"], dmarc: { policy: "reject" } }),
    says: /domains\["contoso.com"\]\.dmarc: has no effect, because unmanaged lists dmarc; remove dmarc from unmanaged, or remove this key$/,
  },
  {
    title: "a part of a domain that is left as it is, twice",
    spoil: domain({ unmanaged: ["spf", "spf"] }),
    fixed: domain({ unmanaged: ["spf"] }),
    says: /unmanaged: \["spf","spf"\] lists a part twice; list each part once$/,
  },
  {
    title: "a term of another service that is for everybody",
    spoil: domain({ otherServices: [{ name: "crm", spf: ["a:crm.example", "-all"] }] }),
    fixed: domain({ otherServices: [{ name: "crm", spf: ["a:crm.example"] }] }),
    says: /otherServices\[0\]\.spf\[1\]: "-all" decides on everybody's mail, and not on that of the service; remove it$/,
  },
  {
    title: "a key of another service as the target of its CNAME",
    spoil: domain({
      otherServices: [{ name: "crm", dkim: [{ selector: "k1", target: DKIM_KEY }] }],
    }),
    fixed: domain({
      otherServices: [{ name: "crm", dkim: [{ selector: "k1", publicKey: DKIM_KEY }] }],
    }),
    says: /otherServices\[0\]\.dkim\[0\]\.target: .* is a key, and no host name; write it as publicKey, in place of target$/,
  },
  {
    title: "a selector of two other services",
    spoil: domain({ otherServices: ["crm", "news"].map((name) => ({ name, dkim: [CNAME] })) }),
    fixed: domain({ otherServices: [{ name: "crm", dkim: [CNAME] }] }),
    says: /otherServices\[1\]\.dkim\[0\]\.selector: "k1" is a selector of the service "crm" too; list each selector once$/,
  },
  {
    title: "a licence for a mailbox that is adopted",
    spoil: signingIn({ adoptMailbox: true, license: "EXCHANGESTANDARD" }),
    fixed: signingIn({ adoptMailbox: true, license: undefined }),
    says: /license: "EXCHANGESTANDARD" is given together with adoptMailbox, and the licences of an adopted mailbox stay as they are; remove license$/,
  },
  {
    title: "more recipients than a mailbox may have",
    spoil: signingIn({ recipientsPerDay: 20_000 }),
    fixed: signingIn({ recipientsPerDay: 10_000 }),
    says: /authentication: \["oauth"\] leaves the sender no submission method \(client submission with OAuth: it sends to 20,000, and the limit is 10,000 recipients in 24 hours; .*; split it into several senders/,
  },
  ...(
    [
      [
        { messagesPerDay: 1, peakPerMinute: 500 },
        { messagesPerDay: 500 },
        /peakPerMinute: 500 is more than messagesPerDay \(1\); use 1 or less, or set messagesPerDay to 500 or more$/,
      ],
      [
        { recipientsPerMessage: 400, recipientsPerDay: 100 },
        { recipientsPerMessage: 100 },
        /recipientsPerMessage: 400 is more than recipientsPerDay \(100\); /,
      ],
      [
        { messagesPerDay: 5000, recipientsPerDay: 100 },
        { recipientsPerDay: 5000 },
        /messagesPerDay: 5000 is more than recipientsPerDay \(100\); /,
      ],
    ] as const
  ).map(([load, change, says]) => ({
    title: `numbers that can't all be true, ${JSON.stringify(load)}`,
    spoil: erp(load),
    fixed: erp({ ...load, ...change }),
    says,
  })),
  {
    title: "direct send from the address of a connector",
    spoil: (config) =>
      void config["m365-smtp-relay:senders"].push(door({ egress: ["198.51.100.0/28"] })),
    fixed: (config) => {
      config["m365-smtp-relay:senders"].pop();
      config["m365-smtp-relay:senders"].push(door({ via: "erp" }));
    },
    says: /senders\["door"\]\.egress: "198\.51\.100\.0\/28" is matched by the connector of "erp", which Exchange takes this sender for; set via to "erp" and remove egress, or give it an address of its own$/,
  },
  {
    title: "a message of no size",
    spoil: erp({ largestMessageMB: 0 }),
    fixed: erp({ largestMessageMB: 0.1 }),
    says: /largestMessageMB: 0 is not more than 0; use a number above 0, e\.g\. 10$/,
  },
  {
    title: "a method that can't carry the mail",
    spoil: signingIn({ method: "smtpAuth", peakPerMinute: 45 }),
    fixed: signingIn({ method: "smtpAuth", peakPerMinute: 45, urgency: "deferrable" }),
    says: /method: "smtpAuth" does not fit the sender \(client submission with OAuth: it peaks at 45, and the limit is 30 messages a minute/,
  },
  {
    title: "a service that delivers its mail itself",
    spoil: (config) =>
      config["m365-smtp-relay:senders"].push(
        door({ runsOn: "saas", external: 1, egress: undefined }),
      ),
    fixed: (config) => {
      config["m365-smtp-relay:senders"].pop();
      Object.assign(config["m365-smtp-relay:domains"][0] ?? {}, {
        otherServices: [{ name: "door", spf: ["include:_spf.crm.example"] }],
      });
    },
    says: /authentication: \["none"\] leaves the sender no submission method \(direct send: it is a service that delivers its mail itself; .*\); remove the sender, and list the service in otherServices of its domain$/,
  },
  {
    title: "a peak of two senders that is too much for the mailbox of one",
    spoil: both(signingIn({ messagesPerDay: 100, peakPerMinute: 16 }), (config) =>
      config["m365-smtp-relay:senders"].push({
        ...{ ...CRM, via: "erp" },
        ...{ messagesPerDay: 100, peakPerMinute: 15 },
      }),
    ),
    fixed: (config) =>
      void Object.assign(config["m365-smtp-relay:senders"].at(-1) ?? {}, { peakPerMinute: 14 }),
    says: /senders\["erp"\]\.authentication: .* it peaks at 31, .* set peakPerMinute to 30 or less, .*; what counts is what "erp", "crm" send together: change the entries that it comes from$/,
  },
  {
    title: "mail for people inside that is too much for a licensed mailbox",
    spoil: signingIn({
      ...{ authentication: ["password"], license: "EXCHANGESTANDARD" },
      messagesPerDay: 20_000,
    }),
    fixed: erp({ external: 0, license: undefined }),
    says: /; set external to 0 if all its recipients are inside, and remove license; or split it/,
  },
  {
    title: "marketing mail through a connector",
    spoil: erp({ purpose: "marketing", method: "connector" }),
    fixed: erp({ purpose: "transactional", method: "connector" }),
    says: /method: "connector" does not fit the sender \(.*it sends marketing mail, which Microsoft calls misuse of a connector/,
  },
  {
    title: "an address of many that can't reach port 25, too much for a mailbox",
    spoil: signingIn({
      ...{ from: ["*@contoso.com"], authentication: ["certificate", "oauth"] },
      ...{ certificateName: "erp.contoso.com", runsOn: "googleCloud", recipientsPerDay: 60_000 },
    }),
    fixed: signingIn({
      ...{ from: ["*@contoso.com"], authentication: ["certificate", "oauth"] },
      ...{ certificateName: "erp.contoso.com", runsOn: "googleCloud", recipientsPerDay: 60_000 },
      method: "azureCommunicationServices",
    }),
    says: /senders\["erp"\]\.authentication: .* no submission method \(connector by certificate: Google Cloud .*set port25 to true if its project may; or .*; or set method to azureCommunicationServices$/,
  },
  {
    title: "no authentication where its address would do",
    spoil: (config) =>
      void config["m365-smtp-relay:senders"].push(door({ egress: ["203.0.113.8"], external: 0.5 })),
    fixed: (config) => {
      config["m365-smtp-relay:senders"].pop();
      config["m365-smtp-relay:senders"].push(
        door({ egress: ["203.0.113.8"], external: 0.5, authentication: ["staticIp"] }),
      );
    },
    says: /senders\["door"\]\.authentication: \["none"\] leaves .*; set authentication to \[staticIp\]$/,
  },
  {
    title: "marketing mail through the mailbox of another sender",
    spoil: both(signingIn({}), (config) =>
      config["m365-smtp-relay:senders"].push({ ...CRM, via: "erp", purpose: "marketing" }),
    ),
    fixed: both(signingIn({}), (config) => {
      config["m365-smtp-relay:senders"].splice(-1, 1, {
        ...CRM,
        ...{ authentication: ["oauth"], purpose: "marketing" },
      });
    }),
    says: /senders\["erp"\]\.authentication: .* leaves the sender, with what is sent through it by "crm", no submission method .*"crm" sends marketing mail through it.*; remove via from "crm" and have it sign in, or remove it and send this mail/,
  },
  {
    title: "on-premises Exchange without a server",
    spoil: erp({ method: "onPremisesExchange" }),
    fixed: both(
      billing({ exchangeServer: true }),
      erp({
        method: "onPremisesExchange",
        via: "billing",
        authentication: ["none"],
        egress: undefined,
      }),
    ),
    says: /method: "onPremisesExchange" does not fit the sender .*; set via to the name of a sender with exchangeServer: true, and authentication to \[none\]/,
  },
  {
    title: "no authentication beside one",
    spoil: erp({ authentication: ["staticIp", "none"] }),
    fixed: erp({ authentication: ["staticIp"] }),
    says: /authentication: \["staticIp","none"\] includes none beside ways to authenticate; remove none/,
  },
  {
    title: "a sender that sends through itself",
    spoil: erp({ via: "erp", authentication: ["none"], egress: undefined }),
    fixed: erp({ via: "billing", authentication: ["none"], egress: undefined }),
    says: /via: "erp" is the sender itself; use one of billing/,
  },
  {
    title: "a sender that sends through one that is not there",
    spoil: erp({ via: "exchange", authentication: ["none"], egress: undefined }),
    fixed: erp({ via: "billing", authentication: ["none"], egress: undefined }),
    says: /via: "exchange" is not the name of a sender of the stack; use one of billing/,
  },
  {
    title: "a sender that sends through one that sends through another one",
    spoil: both(erp({ via: "billing", authentication: ["none"], egress: undefined }), (config) =>
      config["m365-smtp-relay:senders"].push({ ...CRM, via: "erp" }),
    ),
    fixed: both(erp({ via: "billing", authentication: ["none"], egress: undefined }), (config) =>
      config["m365-smtp-relay:senders"].splice(2, 1, { ...CRM, via: "billing" }),
    ),
    says: /senders\["crm"\]\.via: "erp" sends through "billing" itself; use "billing"/,
  },
  {
    title: "an address of a sender that sends through another one",
    spoil: erp({ via: "billing", authentication: ["none"] }),
    fixed: erp({ via: "billing", authentication: ["none"], egress: undefined }),
    says: /egress: has no effect, because the sender sends through "billing"; remove egress/,
  },
  {
    title: "authentication of a sender that sends through another one",
    spoil: erp({ via: "billing", egress: undefined }),
    fixed: erp({ via: "billing", authentication: ["none"], egress: undefined }),
    says: /authentication: \["staticIp"\] has no effect, because the sender sends through "billing"; use \[none\]/,
  },
  {
    title: "a password without a licence",
    spoil: signingIn({ authentication: ["password"] }),
    fixed: signingIn({ authentication: ["password"], license: "EXCHANGESTANDARD" }),
    says: /authentication: \["password"\] lists only password, but license is missing/,
  },
  {
    title: "a licence by its name for people",
    spoil: signingIn({ license: "Exchange Online (Plan 1)" }),
    fixed: signingIn({ license: "EXCHANGESTANDARD" }),
    says: /license: "Exchange Online \(Plan 1\)" is not the part number of a SKU; use the skuPartNumber/,
  },
  {
    title: "a certificate name that is none",
    spoil: billing({ certificateName: "relay_contoso" }),
    fixed: billing({ certificateName: "relay.contoso.com" }),
    says: /certificateName: "relay_contoso" is not a certificate name/,
  },
  {
    title: "a domain in letters of another script",
    spoil: top("m365-smtp-relay:domains", [
      { name: "contoso.com" },
      { name: "m\u00fcnchen.example" },
    ]),
    fixed: top("m365-smtp-relay:domains", [
      { name: "contoso.com" },
      { name: "xn--mnchen-3ya.example" },
    ]),
    says: /domains\[1\]\.name: "m\u00fcnchen\.example" has characters that are not ASCII \(U\+00FC\); .*"xn--mnchen-3ya\.example"$/,
  },
  {
    title: "a list as broken JSON",
    spoil: top("m365-smtp-relay:domains", '[{"name": "contoso.com", "pin": "hunter2"'),
    fixed: top("m365-smtp-relay:domains", '[{"name": "contoso.com"}]'),
    says: /domains: is text that is not valid JSON; use a list, e\.g\. \[\{"name":"contoso\.com"\}\]$/,
  },
];
