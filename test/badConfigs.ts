/** A stack file that is wrong in one way, known from the file alone. */
export interface BadConfig {
  readonly title: string;
  /** Changes the good configuration. */
  readonly spoil: (config: StackConfig) => void;
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

export const BAD_CONFIGS: readonly BadConfig[] = [
  {
    title: "an unknown key",
    spoil: top("m365-smtp-relay:sender", []),
    says: /m365-smtp-relay:sender: \[\] is not a known key; use one of: .*m365-smtp-relay:senders/,
  },
  {
    title: "an unknown key in a sender",
    spoil: erp({ egres: [] }),
    says: /senders\[0\]\.egres: \[\] is not a known key; use one of: .*egress/,
  },
  {
    title: "a mailbox for a whole domain",
    spoil: erp({ authentication: ["oauth"], egress: [] }),
    says: /senders\[0\]\.from\[0\]: "\*@contoso\.com" stands for every address of a domain, but a sender that signs in needs one mailbox; list the addresses one by one/,
  },
  {
    title: "two senders with one mailbox",
    spoil: (config) => {
      const oauth = { from: ["invoices@contoso.com"], authentication: ["oauth"], egress: [] };
      erp({ ...oauth })(config);
      billing({ ...oauth, from: ["Invoices@contoso.com"], certificateName: undefined })(config);
    },
    says: /senders\[1\]\.from\[0\]: "invoices@contoso\.com" is already the mailbox of another sender/,
  },
  {
    title: "an issuer that is no URL",
    spoil: erp({
      from: ["erp@contoso.com"],
      authentication: ["oauth"],
      egress: [],
      federatedIdentity: { issuer: "github", subject: "x" },
    }),
    says: /senders\[0\]\.federatedIdentity\.issuer: "github" is not the URL of a token issuer; use the value of iss/,
  },
  {
    title: "a private key in the stack file",
    spoil: erp({
      from: ["erp@contoso.com"],
      authentication: ["oauth"],
      egress: [],
      signInCertificate: "-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----\n",
    }),
    says: /senders\[0\]\.signInCertificate: contains a private key, which must stay with the sender: treat that key as compromised; use the certificate alone/,
  },
  {
    title: "a generation before the first",
    spoil: erp({ credentialGeneration: 0 }),
    says: /senders\[0\]\.credentialGeneration: 0 is less than 1; use a whole number from 1 on, e\.g\. 1/,
  },
  {
    title: "a mailbox limited to domains",
    spoil: erp({
      from: ["erp@contoso.com"],
      authentication: ["oauth"],
      egress: [],
      restrictToDomains: true,
    }),
    says: /senders\[0\]\.restrictToDomains: true has no effect, because a sender that signs in may send as its own addresses alone; remove it/,
  },
  {
    title: "a limit without oauth",
    spoil: erp({ recipientsPerDay: 100 }),
    says: /senders\[0\]\.recipientsPerDay: has no effect, because authentication does not include oauth/,
  },
  {
    title: "no tenant",
    spoil: top("azuread:tenantId", undefined),
    says: /azuread:tenantId: is missing; add it, e\.g\. "00000000/,
  },
  {
    title: "a tenant that is no GUID",
    spoil: top("azuread:tenantId", "contoso.onmicrosoft.com"),
    says: /azuread:tenantId: "contoso\.onmicrosoft\.com" is not a GUID/,
  },
  {
    title: "an unknown cloud",
    spoil: top("azuread:environment", "german"),
    says: /azuread:environment: "german" is not an allowed value; use one of global, /,
  },
  {
    title: "disposable that is no boolean",
    spoil: top("m365-smtp-relay:disposable", "maybe"),
    says: /disposable: "maybe" is not true or false; use true or false/,
  },
  {
    title: "no domain",
    spoil: top("m365-smtp-relay:domains", []),
    says: /domains: \[\] is empty; list at least one, e\.g\. /,
  },
  {
    title: "a domain that is none",
    spoil: top("m365-smtp-relay:domains", [{ name: "contoso.com" }, { name: "con toso" }]),
    says: /domains\[1\]\.name: "con toso" is not a domain name/,
  },
  ...["contoso.onmicrosoft.com", "contoso.mail.onmicrosoft.com", "contoso.onmicrosoft.us"].map(
    (name): BadConfig => ({
      title: `Microsoft's domain ${name}`,
      spoil: top("m365-smtp-relay:domains", [{ name: "contoso.com" }, { name }]),
      says: /domains\[1\]\.name: "contoso\..*onmicrosoft\.(com|us)" is Microsoft's own domain.*100 external/,
    }),
  ),
  {
    title: "a domain twice",
    spoil: top("m365-smtp-relay:domains", [{ name: "contoso.com" }, { name: "Contoso.com" }]),
    says: /domains\[1\]\.name: "contoso\.com" is listed already/,
  },
  {
    title: "DNS that is kept nowhere we know",
    spoil: domain({ dns: { host: "route53" } }),
    says: /domains\[0\]\.dns\.host: "route53" is not an allowed value; use one of cloudflare, external/,
  },
  {
    title: "DKIM records that nobody publishes",
    spoil: domain({ dkim: { records: "no" } }),
    says: /domains\[0\]\.dkim\.records: "no" is not an allowed value; use one of publish, published/,
  },
  {
    title: "a DMARC policy that is none",
    spoil: domain({ dmarc: { policy: "monitor" } }),
    says: /domains\[0\]\.dmarc\.policy: "monitor" is not an allowed value; use one of none, quarantine, reject/,
  },
  {
    title: "a DMARC tag that is gone",
    spoil: domain({ dmarc: { pct: 25 } }),
    says: /domains\[0\]\.dmarc\.pct: 25 is not a known key/,
  },
  {
    title: "reports to an address that is no URI",
    spoil: domain({ dmarc: { rua: ["dmarc@contoso.com"] } }),
    says: /domains\[0\]\.dmarc\.rua\[0\]: "dmarc@contoso\.com" is not a mailto: URI; use one mailto: URI/,
  },
  {
    title: "an MTA-STS id with a dot",
    spoil: domain({ mtaSts: { id: "policy.two" } }),
    says: /domains\[0\]\.mtaSts\.id: "policy\.two" is not a valid id of an MTA-STS policy; use 1 to 32 letters and digits/,
  },
  {
    title: "TLS reports that go nowhere",
    spoil: domain({ tlsRpt: { rua: [] } }),
    says: /domains\[0\]\.tlsRpt\.rua: \[\] is empty/,
  },
  {
    title: "a wait of a day",
    spoil: top("m365-smtp-relay:waitMinutes", 1440),
    says: /waitMinutes: 1440 is more than 60; use a whole number from 0 to 60/,
  },
  {
    title: "a wait of half a minute",
    spoil: top("m365-smtp-relay:waitMinutes", 0.5),
    says: /waitMinutes: 0\.5 is not a whole number/,
  },
  { title: "no sender", spoil: top("m365-smtp-relay:senders", []), says: /senders: \[\] is empty/ },
  {
    title: "senders that are no list",
    spoil: top("m365-smtp-relay:senders", "erp"),
    says: /senders: "erp" is not a list; use a list, e\.g\. /,
  },
  {
    title: "a sender without a name",
    spoil: erp({ name: undefined }),
    says: /senders\[0\]\.name: is missing/,
  },
  {
    title: "two senders of one name",
    spoil: billing({ name: "erp" }),
    says: /senders\[1\]\.name: "erp" is already the name of another sender/,
  },
  {
    title: "a sender's name with a space",
    spoil: erp({ name: "my erp" }),
    says: /senders\[0\]\.name: "my erp" is not a valid name of a sender; use 1 to 30 lower-case letters/,
  },
  { title: "no from address", spoil: erp({ from: [] }), says: /senders\[0\]\.from: \[\] is empty/ },
  {
    title: "a bad from address",
    spoil: erp({ from: ["contoso.com"] }),
    says: /senders\[0\]\.from\[0\]: "contoso\.com" is not an email address/,
  },
  {
    title: "a from address outside the stack's domains",
    spoil: erp({ from: ["a@fabrikam.com"] }),
    says: /senders\[0\]\.from\[0\]: "a@fabrikam\.com" is in none of the stack's domains \(contoso\.com\)/,
  },
  {
    title: "a private address",
    spoil: erp({ egress: ["10.0.0.5"] }),
    says: /senders\[0\]\.egress\[0\]: "10\.0\.0\.5" is a private address/,
  },
  {
    title: "a loopback address",
    spoil: erp({ egress: ["127.0.0.1"] }),
    says: /egress\[0\]: "127\.0\.0\.1" is a loopback address/,
  },
  {
    title: "an IPv6 address",
    spoil: erp({ egress: ["2001:db8::25"] }),
    says: /egress\[0\]: "2001:db8::25" is an IPv6 address/,
  },
  {
    title: "the whole internet",
    spoil: erp({ egress: ["0.0.0.0/0"] }),
    says: /egress\[0\]: "0\.0\.0\.0\/0" opens the relay to the whole internet/,
  },
  {
    title: "a range wider than /24",
    spoil: erp({ egress: ["198.51.0.0/16"] }),
    says: /egress\[0\]: "198\.51\.0\.0\/16" covers 65,536 addresses/,
  },
  {
    title: "a range that does not begin at its first address",
    spoil: erp({ egress: ["198.51.100.7/28"] }),
    says: /egress\[0\]: "198\.51\.100\.7\/28" is not the first address/,
  },
  {
    title: "no address at all",
    spoil: erp({ egress: [] }),
    says: /senders\[0\]\.authentication: \["staticIp"\] includes staticIp, but egress is empty/,
  },
  {
    title: "an address twice",
    spoil: erp({ egress: ["198.51.100.7", "198.51.100.7/32"] }),
    says: /egress\[1\]: "198\.51\.100\.7" is listed already/,
  },
  {
    title: "an address that is a number",
    spoil: erp({ egress: [198] }),
    says: /egress\[0\]: 198 is not a string; use a string, e\.g\. "198\.51\.100\.7"/,
  },
  {
    title: "two senders behind one address",
    spoil: billing({
      authentication: ["staticIp"],
      certificateName: undefined,
      egress: ["198.51.100.0/28"],
    }),
    says: /senders\[1\]\.egress: "198\.51\.100\.0\/28" shares addresses with 198\.51\.100\.7 of "erp"/,
  },
  {
    title: "an authentication that is not known",
    spoil: erp({ authentication: ["kerberos"] }),
    says: /authentication\[0\]: "kerberos" is not an allowed value; use one of oauth, certificate, staticIp, password/,
  },
  {
    title: "a certificate without its name",
    spoil: billing({ certificateName: undefined }),
    says: /senders\[1\]\.authentication: \["certificate"\] includes certificate, but certificateName is missing/,
  },
  {
    title: "a certificate name that is an address",
    spoil: billing({ certificateName: "198.51.100.7" }),
    says: /certificateName: "198\.51\.100\.7" is an IP address/,
  },
  {
    title: "a certificate name without effect",
    spoil: erp({ certificateName: "relay.contoso.com" }),
    says: /senders\[0\]\.certificateName: "relay\.contoso\.com" has no effect/,
  },
  {
    title: "one certificate for two senders",
    spoil: erp({ authentication: ["certificate"], certificateName: "relay.contoso.com" }),
    says: /senders\[1\]\.certificateName: "relay\.contoso\.com" is matched by "erp" already/,
  },
  {
    title: "a connector to adopt whose name is too long",
    spoil: erp({ adoptConnector: "x".repeat(65) }),
    says: /adoptConnector: "x+" has 65 characters/,
  },
  {
    title: "a credential in the stack file",
    spoil: top("azuread:clientSecret", "hunter2"),
    says: /azuread:clientSecret: is a credential, which Pulumi would copy into the state; run pulumi config rm azuread:clientSecret, and set the environment variable ARM_CLIENT_SECRET/,
  },
  {
    title: "one connector to adopt for two senders",
    spoil(config) {
      erp({ adoptConnector: "Old relay" })(config);
      billing({ adoptConnector: "old relay" })(config);
    },
    says: /senders\[1\]\.adoptConnector: "old relay" is already adopted by another sender/,
  },
];
