// How `npm run bootstrap` is called.
import type { Problem } from "../../mail/problem.ts";
import type { ExtraName } from "../../mail/rights/needs.ts";
import { EXTRA_NAMES, type Right } from "../../mail/rights/rights.ts";
import type { readOptions } from "../setup/options.ts";

export const HELP = `npm run bootstrap -- --stack NAME [--check | --remove | --adopt] [options]

Makes two apps in the tenant of a stack, one that deploys and one that only reads, with exactly the rights that the stack's
configuration needs: permissions with consent, a role group in Exchange, and what the apps sign in with. You sign in by device
code as an administrator, or give access tokens in M365_SMTP_RELAY_GRAPH_TOKEN and M365_SMTP_RELAY_EXCHANGE_TOKEN. Each step is
shown with its reason and its undo before it is taken. It can be cut off and run again. More: docs/how-to/prepare-the-tenant.md.

  --stack NAME              the stack: prod, or organization/project/prod
  --github OWNER/REPOSITORY lets its jobs sign in: those of the environment NAME deploy; pull requests and main read
  --gitlab GROUP/PROJECT    lets jobs of its branch main sign in
  --azure-devops APP=ISSUER,SUBJECT
                            lets a service connection sign in, as Azure DevOps shows it; APP is deploy or read; repeatable
  --certificate APP=FILE    lets the app sign in with a certificate: the public part, PEM or DER; repeatable
  --directory-role          assigns Exchange Administrator and Global Reader in place of role groups: far broader
  --extra NAME              also gives a right that the stack can live without: sign-in-log, with which npm run rotate sees
                            that a new secret is used; purge, for npm run teardown -- --purge; policies, with which npm run doctor
                            sees policies that forbid secrets or passwords, for both apps; repeatable
  --customize-organization  allows Enable-OrganizationCustomization, where Exchange wants it; this can't be undone
  --check                   changes nothing: says which rights are missing or too much, and how far each is proved
  --remove                  takes back what it made
  --adopt                   writes the stack file of a relay that was made by hand, as the app that ARM_CLIENT_ID names: see
                            docs/how-to/adopt-a-relay.md
  --tenant ID               with --adopt, where the stack file does not name the tenant
  --yes                     takes every step without asking, but for --customize-organization
  --dry-run                 shows the steps alone
  --json                    writes one object to stdout

Exit codes: 0 done, or nothing to do; 7 --check found something missing or too much; 1 failed or declined, the text says what
was changed; 2 wrong usage, or nobody to ask; 130 Ctrl-C.`;

export const options = {
  stack: { type: "string" },
  github: { type: "string" },
  gitlab: { type: "string" },
  "azure-devops": { type: "string", multiple: true },
  certificate: { type: "string", multiple: true },
  "directory-role": { type: "boolean", default: false },
  extra: { type: "string", multiple: true },
  "customize-organization": { type: "boolean", default: false },
  check: { type: "boolean", default: false },
  remove: { type: "boolean", default: false },
  adopt: { type: "boolean", default: false },
  tenant: { type: "string" },
  yes: { type: "boolean", default: false },
  "dry-run": { type: "boolean", default: false },
  json: { type: "boolean", default: false },
} as const;

export type Options = ReturnType<typeof readOptions<typeof options>>;

/** What one run does. */
const MODES = ["check", "remove", "adopt"] as const;
type Mode = (typeof MODES)[number] | "make";

/** The modes that an option is for; `--stack` and `--json` are for all. */
const TAKEN_BY: Readonly<Partial<Record<keyof Options, readonly Mode[]>>> = {
  github: ["make"],
  gitlab: ["make"],
  "azure-devops": ["make"],
  certificate: ["make"],
  "directory-role": ["make", "check"],
  extra: ["make"],
  "customize-organization": ["make"],
  tenant: ["adopt"],
  yes: ["make", "remove"],
  "dry-run": ["make", "remove", "adopt"],
};

/** What is wrong with the options together; an option that would be ignored is wrong. */
export function misuseOf(given: Options): string | undefined {
  const modes = MODES.filter((mode) => given[mode]);
  if (modes.length > 1) return "--check, --remove and --adopt exclude each other";
  if (given.stack === undefined) return "--stack is missing";
  const [mode = "make"] = modes;
  const isGiven = (name: keyof Options) => given[name] !== undefined && given[name] !== false;
  for (const [name, takers] of Object.entries(TAKEN_BY)) {
    if (!isGiven(name as keyof Options) || takers.includes(mode)) continue;
    return mode === "make"
      ? `--${name} goes with ${takers.map((taker) => `--${taker}`).join(" or ")}`
      : `--${mode} does not take --${name}; leave one of them out`;
  }
  const isForApp = (value: string) => /^(deploy|read)=./.test(value);
  const value = given.certificate?.find((one) => !isForApp(one));
  return value === undefined
    ? undefined
    : `--certificate: "${value}" can't be read; write deploy=FILE or read=FILE, as each app has a certificate of its own`;
}

/** The rights that `--extra` asks for by name; problems where there is no such right, or this stack has no use for it. */
export function extrasOf(
  names: readonly string[],
  deploy: readonly Right[],
): { readonly names: readonly ExtraName[]; readonly problems: readonly Problem[] } {
  const useful = EXTRA_NAMES.filter((name) => deploy.some(({ extra }) => extra === name));
  const isUseful = (name: string): name is ExtraName =>
    (useful as readonly string[]).includes(name);
  const fix =
    useful.length === 0
      ? "leave it out: this stack has no use for any"
      : `use ${useful.join(" or ")}, or leave it out`;
  const problems = names
    .filter((name) => !isUseful(name))
    .map((value): Problem => {
      const isKnown = (EXTRA_NAMES as readonly string[]).includes(value);
      const rule = isKnown
        ? "gives a right that no sender of this stack needs"
        : "is no such right";
      return { key: "--extra", value, rule, fix };
    });
  return { names: names.filter(isUseful), problems };
}
