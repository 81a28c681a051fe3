import type { TeardownBench, Variables } from "./bench.ts";

/** A teardown that is not meant, or that can't be done. */
export interface RefusedCase {
  readonly what: string;
  /** @default those that answer every question */
  readonly args?: readonly string[];
  /** @default 1 */
  readonly code?: number;
  /** The one sentence that it says. */
  readonly says: RegExp;
  readonly env?: Variables;
  /** Text of the stack file; undefined where there is none. @default the stack's own */
  readonly file?: (own: string) => string | undefined;
}

const OTHER = "11111111-2222-4333-8444-555555555555";
const FLAG = /m365-smtp-relay:disposable: .*\n {2}/;

const flagged = (value: string) => (own: string) =>
  own.replace(FLAG, value && `m365-smtp-relay:disposable: ${value}\n  `);

/** A production stack, every way. */
export function productionCases({ confirmed, fixture }: TeardownBench): readonly RefusedCase[] {
  const says =
    /^stack "lab": is not disposable by its stack file, .*; two steps allow it: set m365-smtp-relay:disposable: true in refused-\d+\.yaml, and run npm run pulumi -- up --stack lab, /;
  const off = { says, file: flagged('"false"') };
  return [
    { what: "without the flag", says, file: flagged("") },
    { what: "with the flag off", ...off },
    { what: "to look", args: ["--dry-run"], ...off },
    { what: "to purge", args: [...confirmed, "--purge"], ...off },
    { what: "by a pipeline", args: [...confirmed, "--json"], env: { CI: "true" }, ...off },
    {
      what: "by its full name",
      args: ["--stack", "organization/m365-smtp-relay/lab", ...confirmed],
      ...off,
    },
    {
      what: "with its state lost",
      env: { PULUMI_BACKEND_URL: `file://${fixture.folder}/nowhere` },
      ...off,
    },
    {
      what: "with a flag that is none",
      says: /^1 problem in .*:\n.*disposable: "perhaps" is not true or false; use true or false$/,
      file: flagged("perhaps"),
    },
  ];
}

/** What somebody has got wrong, or does not have. */
export const mistakeCases = ({
  tenant,
  domain,
  fixture,
}: TeardownBench): readonly RefusedCase[] => [
  {
    what: "in another tenant than the state's",
    args: ["--yes", "--tenant", OTHER],
    says: new RegExp(`azuread:tenantId: "${OTHER}" is another tenant than ${tenant}, in which`),
    file: (own) => own.replaceAll(tenant, OTHER),
    env: { ARM_TENANT_ID: OTHER },
  },
  {
    what: "with another tenant's id",
    args: ["--yes", "--tenant", OTHER],
    says: /^the tenant's id: .* is not that of the tenant of stack "lab"; give /,
  },
  {
    what: "with no tenant's id",
    args: ["--yes", "--tenant", "lab"],
    says: /^the tenant's id: "lab" is not the id of a tenant \(a GUID\); give /,
  },
  { what: "with --yes alone", args: ["--yes"], code: 2, says: /^--yes needs --tenant\n\nnpm run / },
  {
    what: "where nobody can be asked",
    args: [],
    code: 2,
    says: /\nnobody can be asked "the tenant's id:" here; add --yes and --tenant$/,
  },
  {
    what: "where nobody can be asked, with the tenant's id",
    args: ["--tenant", tenant],
    code: 2,
    says: /\nnobody can be asked "tear it down\? \(yes\/no\)" here; add --yes$/,
  },
  {
    what: "with an identity of another tenant",
    says: /^ARM_TENANT_ID: .* is another tenant than the one in /,
    env: { ARM_TENANT_ID: OTHER },
  },
  {
    what: "without an identity",
    says: /^ARM_CLIENT_ID is missing: /,
    env: { ARM_CLIENT_ID: undefined, ARM_CLIENT_SECRET: undefined },
  },
  { what: "with a wrong secret", says: /AADSTS7000215: /, env: { ARM_CLIENT_SECRET: "wrong" } },
  {
    what: "without Cloudflare's token",
    says: /^CLOUDFLARE_API_TOKEN is not set; set it to /,
    env: { CLOUDFLARE_API_TOKEN: undefined },
  },
  {
    what: "with a wrong token of Cloudflare's",
    says: /^Cloudflare: .*Invalid access token .*; give the token in CLOUDFLARE_API_TOKEN /,
    env: { CLOUDFLARE_API_TOKEN: "x".repeat(40) },
  },
  {
    what: "with a backend that is not there",
    says: /^stack "lab" can't be opened: .*; run npm run pulumi -- login, or set /,
    env: { PULUMI_BACKEND_URL: `file://${fixture.folder}/nowhere` },
  },
  {
    what: "without the passphrase",
    says: /^stack "lab" can't be opened: .*passphrase must be set with PULUMI_CONFIG_PASSPHRASE/,
    env: { PULUMI_CONFIG_PASSPHRASE: undefined },
  },
  {
    what: "of a stack that is not there",
    args: ["--stack", "nobody", "--yes", "--tenant", tenant],
    says: /^there is no stack file Pulumi\.nobody\.yaml /,
    env: { PULUMI_OPTION_CONFIG_FILE: undefined },
  },
  {
    what: "without a stack file",
    says: /^there is no stack file Pulumi\.lab\.yaml /,
    file: () => undefined,
  },
  {
    what: "with a broken stack file",
    says: /^the stack's configuration can't be read: invalid YAML file: .*; correct the file /,
    file: () => "config: [\n",
  },
  {
    what: "with a domain that is none",
    says: new RegExp(`^1 problem in .*:\n.*"${domain}_" is not a domain name; write `),
    file: (own) => own.replace(`name: ${domain}`, `name: ${domain}_`),
  },
];
