// What `npm run bootstrap` refuses: in one sentence, with the contract's exit code, and with nothing changed.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { makeRandom } from "../../../lab/src/random.ts";
import { SEED } from "../fixture.ts";
import { type BootstrapBench, openBootstrap } from "./bench.ts";

/** How many are tried without EXHAUSTIVE. */
const TRIED = 3;

interface RefusedCase {
  readonly what: string;
  readonly args: readonly string[];
  readonly code: 1 | 2;
  readonly says: RegExp;
  /** Variables beside the tokens. */
  readonly env?: (bench: BootstrapBench) => Promise<Record<string, string>> | object;
  /** Files in the script's folder. */
  readonly files?: (bench: BootstrapBench) => Promise<Record<string, string>>;
  /** What somebody has done before. */
  readonly before?: (bench: BootstrapBench) => void;
}

const STACK = ["--stack", "lab"];
const YES = [...STACK, "--yes"];

/** A token as Entra would give it, but for its signature. */
const tokenOf = (claims: object): string =>
  `x.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.x`;
const HOUR = 3_600;
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;
const OTHER = "99999999-0000-4000-8000-000000000000";

const certificateIn = async ({ fixture }: BootstrapBench) =>
  fixture.lab.issueCertificate({ names: ["deploy.example"], issuer: "self-signed", key: "rsa" });

const CASES: readonly RefusedCase[] = [
  {
    what: "nobody to sign in",
    args: YES,
    env: () => ({ M365_SMTP_RELAY_GRAPH_TOKEN: "", M365_SMTP_RELAY_EXCHANGE_TOKEN: "" }),
    code: 2,
    says: /^bootstrap: nobody can sign in here; export access tokens/,
  },
  { what: "nobody to ask", args: STACK, code: 2, says: /^bootstrap: .*; add --yes$/ },
  {
    what: "no such stack file",
    args: ["--stack", "nowhere", "--yes"],
    env: () => ({ PULUMI_OPTION_CONFIG_FILE: "" }),
    code: 1,
    says: /^bootstrap: there is no stack file Pulumi\.nowhere\.yaml/,
  },
  {
    what: "a stack file without a tenant",
    args: YES,
    env: ({ fixture }) => ({ PULUMI_OPTION_CONFIG_FILE: join(fixture.folder, "none.yaml") }),
    files: async () => ({ "none.yaml": "config:\n  m365-smtp-relay:disposable: true\n" }),
    code: 1,
    says: /azuread:tenantId: is missing/,
  },
  {
    what: "two modes",
    args: [...STACK, "--check", "--remove"],
    code: 2,
    says: /^bootstrap: --check, --remove and --adopt exclude each other$/,
  },
  { what: "no stack", args: ["--yes"], code: 2, says: /^bootstrap: --stack is missing$/ },
  {
    what: "an option that would be ignored",
    args: [...STACK, "--adopt", "--github", "contoso/relay"],
    code: 2,
    says: /^bootstrap: --adopt does not take --github; leave one of them out$/,
  },
  {
    what: "a repository that is none",
    args: [...YES, "--github", "relay"],
    code: 2,
    says: /^bootstrap: --github: "relay" can't be read; write owner\/repository/,
  },
  {
    what: "an extra right that the stack has no use for",
    args: [...YES, "--extra", "purge"],
    code: 2,
    says: /^bootstrap: --extra: "purge" gives a right that no sender of this stack needs; leave/,
  },
  {
    what: "a certificate for no app",
    args: [...YES, "--certificate", "deploy.pem"],
    code: 2,
    says: /^bootstrap: --certificate: "deploy\.pem" can't be read; write deploy=FILE or read=FILE/,
  },
  {
    what: "a certificate that is not there",
    args: [...YES, "--certificate", "read=no.pem"],
    code: 1,
    says: /^bootstrap: --certificate: "no\.pem" can't be read \(ENOENT\); name a file$/,
  },
  {
    what: "a certificate with its key",
    args: [...YES, "--certificate", "deploy=both.pem"],
    files: async (bench) => {
      const { key, chain } = await certificateIn(bench);
      return { "both.pem": key + chain };
    },
    code: 1,
    says: /^bootstrap: --certificate: "both\.pem" holds a private key, which must not leave/,
  },
  {
    what: "a file that is no certificate",
    args: [...YES, "--certificate", "deploy=text.pem"],
    files: async () => ({ "text.pem": "certificate" }),
    code: 1,
    says: /^bootstrap: --certificate: "text\.pem" holds no certificate; name one in PEM or DER/,
  },
  {
    what: "a token that is none",
    args: YES,
    env: () => ({ M365_SMTP_RELAY_GRAPH_TOKEN: "x" }),
    code: 1,
    says: /^bootstrap: M365_SMTP_RELAY_GRAPH_TOKEN: is not an access token/,
  },
  ...(["GRAPH", "EXCHANGE"] as const).map(
    (resource): RefusedCase => ({
      what: `a token of another tenant for ${resource}`,
      args: YES,
      env: () => ({
        [`M365_SMTP_RELAY_${resource}_TOKEN`]: tokenOf({ tid: OTHER, exp: inSeconds(HOUR) }),
      }),
      code: 1,
      says: new RegExp(`^bootstrap: M365_SMTP_RELAY_${resource}_TOKEN: is a token for tenant "9`),
    }),
  ),
  {
    what: "a token that has expired",
    args: YES,
    env: ({ fixture }) => ({
      M365_SMTP_RELAY_EXCHANGE_TOKEN: tokenOf({
        tid: fixture.lab.world.tenant.id,
        exp: inSeconds(-HOUR),
      }),
    }),
    code: 1,
    says: /^bootstrap: M365_SMTP_RELAY_EXCHANGE_TOKEN: has expired on .*; export a new one/,
  },
  {
    what: "the token for Graph in place of that for Exchange",
    args: YES,
    env: ({ tokens }) => ({
      M365_SMTP_RELAY_EXCHANGE_TOKEN: tokens.M365_SMTP_RELAY_GRAPH_TOKEN,
    }),
    code: 1,
    says: /^bootstrap: .*Exchange did not accept the token/,
  },
  {
    what: "a token without a permission",
    args: YES,
    env: ({ fixture: { lab } }) => {
      lab.world.directory.permissionGrants = [];
      return lab.adminEnv({ scopes: ["Application.ReadWrite.All"] });
    },
    code: 1,
    says: /^bootstrap: M365_SMTP_RELAY_GRAPH_TOKEN: lacks the delegated permission AppRoleAssignment\.ReadWrite\.All, RoleManagement\.Read\.Directory; export/,
  },
  {
    what: "a person without a role",
    args: YES,
    env: async ({ fixture: { lab } }) => {
      const { directory, people } = lab.world;
      const [grant] = directory.permissionGrants;
      assert.ok(grant);
      // An administrator has consented for everybody.
      directory.permissionGrants.push(
        ...directory.users.map(({ id }) => ({ ...grant, principalId: id })),
      );
      return lab.adminEnv({ who: people.user });
    },
    code: 1,
    says: /^bootstrap: Get-OrganizationConfig: .* may not run it; sign in as somebody with the directory role/,
  },
  {
    what: "a role group of that name that is somebody else's",
    args: YES,
    before: ({ fixture: { lab } }) =>
      void lab.admin("New-RoleGroup", { Name: "m365-smtp-relay lab read" }),
    code: 1,
    says: /^bootstrap: the role group "m365-smtp-relay lab read" has no mark .*; nothing was changed$/,
  },
  {
    what: "an organisation that was never customised",
    args: YES,
    before: ({ fixture: { lab } }) => {
      lab.world.organization.isDehydrated = true;
    },
    code: 2,
    says: /^bootstrap: .*; add --customize-organization$/,
  },
];

describe("npm run bootstrap is refused, and changes nothing", () => {
  let bench: BootstrapBench;
  before(async () => {
    bench = await openBootstrap();
  });
  after(() => bench?.fixture.close());
  beforeEach(() => bench.back());

  const random = makeRandom(`${SEED}/bootstrap`);
  const picked = Array.from({ length: TRIED }, () => random.pick(CASES));
  const chosen = process.env.EXHAUSTIVE === "1" ? CASES : picked;
  for (const { what, args, env, code, says, files, before: act } of new Set(chosen)) {
    it(`for ${what}`, async () => {
      const { folder } = bench.fixture;
      for (const [name, text] of Object.entries((await files?.(bench)) ?? {}))
        await writeFile(join(folder, name), text);
      act?.(bench);
      const more = { ...bench.tokens, ...(await env?.(bench)) };
      const start = bench.world();
      const ended = await bench.run(args, more);
      assert.equal(ended.code, code, ended.stderr);
      const lines = ended.stderr.split("\n").filter((line) => says.test(line));
      assert.equal(lines.length, 1, ended.stderr);
      assert.doesNotMatch(ended.stderr, /^\s+at /m);
      assert.equal(ended.stdout, "");
      assert.deepEqual(bench.world(), start);
    });
  }
});
