// Bad input for the commands of a relay's life: one sentence, nothing changed, the exit code of the contract.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { makeRandom } from "../../lab/src/random.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import { comparableWorld } from "../../lab/story/world.ts";
import { type Fixture, openFixture, requestsTo, SEED } from "./fixture.ts";
import { runWriting } from "./runScript.ts";

const SCRIPTS = {
  rotate: "scripts/rotate/main.ts",
  stop: "scripts/stop/stop.ts",
  start: "scripts/stop/start.ts",
  bootstrap: "scripts/bootstrap/main.ts",
} as const;
type Command = keyof typeof SCRIPTS;

interface Case {
  readonly title: string;
  readonly commands: readonly Command[];
  /** Beside `--stack lab`, unless they name a stack themselves. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly code: 1 | 2;
  /** What stands behind the command's name. */
  readonly says: RegExp;
}

const OTHER_TENANT = "aaaabbbb-0000-cccc-1111-dddd2222eeee";
const LIFE: readonly Command[] = ["rotate", "stop", "start"];
const CRM = ["--sender", "crm"];

const CASES: readonly Case[] = [
  {
    ...{ title: "no identity", commands: LIFE, args: CRM, env: { ARM_CLIENT_ID: "" }, code: 1 },
    says: /ARM_CLIENT_ID is missing: .*; export/,
  },
  {
    ...{ title: "no identity", commands: ["bootstrap"], args: ["--adopt"], code: 1 },
    env: { ARM_CLIENT_ID: "" },
    says: /ARM_CLIENT_ID is missing: .*; export/,
  },
  {
    ...{ title: "another tenant", commands: LIFE, args: CRM, code: 1 },
    env: { ARM_TENANT_ID: OTHER_TENANT },
    says: /ARM_TENANT_ID: .* is not the tenant of this stack/,
  },
  {
    ...{ title: "another tenant", commands: ["bootstrap"], code: 1 },
    args: ["--adopt", "--tenant", OTHER_TENANT],
    says: /--tenant \S+ is not the tenant of \S+ \(\S+\); use a stack of its own for each tenant/,
  },
  {
    ...{ title: "no tenant's id", commands: ["bootstrap"], code: 1 },
    args: ["--adopt", "--tenant", "contoso"],
    says: /--tenant: "contoso" .*; /,
  },
  {
    ...{ title: "no such sender", commands: LIFE, args: ["--sender", "crn"], code: 1 },
    says: /stack "lab" has no sender "crn"; use one of erp, .*; nothing was changed/,
  },
  {
    ...{ title: "no such stack", commands: LIFE, args: ["--stack", "nowhere", ...CRM], code: 1 },
    env: { PULUMI_OPTION_CONFIG_FILE: "" },
    says: /there is no stack file Pulumi\.nowhere\.yaml with a config: in it; use the name/,
  },
  {
    ...{ title: "no such stack", commands: ["bootstrap"], args: ["--stack", "nowhere"], code: 1 },
    env: { PULUMI_OPTION_CONFIG_FILE: "" },
    says: /there is no stack file Pulumi\.nowhere\.yaml with a config: in it; use the name/,
  },
  {
    ...{ title: "an unknown tenant", commands: ["bootstrap"], code: 1 },
    args: ["--stack", "nowhere", "--adopt"],
    env: { PULUMI_OPTION_CONFIG_FILE: "" },
    says: /the tenant is not known; add --tenant ID, or write azuread:tenantId into Pulumi\.nowhere/,
  },
  {
    ...{ title: "a backend that can't be reached", commands: ["rotate"], args: CRM, code: 1 },
    env: { PULUMI_BACKEND_URL: "file:///no/such/backend" },
    says: /stack "lab" can't be opened: .*; run npm run pulumi -- login/,
  },
  {
    ...{ title: "a sender known by its address", commands: ["rotate"], code: 1 },
    args: ["--sender", "erp"],
    says: /sender "erp" has no secret and no password, .*; there is nothing to rotate/,
  },
  {
    ...{ title: "a sender known by its certificate", commands: ["rotate"], code: 1 },
    args: ["--sender", "billing"],
    says: /sender "billing" relays with a certificate, which the stack does not hold; let/,
  },
  {
    ...{ title: "a federated identity", commands: ["rotate"], args: ["--sender", "shop"], code: 1 },
    says: /sender "shop" signs in with a federated identity, and so has no secret to rotate/,
  },
  {
    ...{ title: "a sign-in certificate", commands: ["rotate"], args: ["--sender", "app"], code: 1 },
    says: /sender "app" signs in with a certificate; list the new one beside the present one in its signInCertificate/,
  },
  {
    ...{ title: "an app of somebody else", commands: ["rotate"], code: 1 },
    args: ["--sender", "anna"],
    says: /sender "anna" signs in with an app that is not this stack's; renew its credential/,
  },
  {
    ...{ title: "a password that is in use", commands: ["rotate"], code: 1 },
    args: ["--sender", "printer", "--used"],
    says: /sender "printer" has no new password yet that it could use; .*; nothing was changed/,
  },
  ...(
    [
      [["rotate"], ["--stack", "lab"], /--sender is missing/],
      [["rotate"], [...CRM, "--wait", "soon"], /--wait soon: use a number of minutes/],
      [["rotate"], [...CRM, "--wait=-1"], /--wait -1: use a number of minutes/],
      [["rotate"], [...CRM, "--used", "--run", "true"], /--run and --wait go neither with/],
      [["rotate"], [...CRM, "--no-up", "--run", "true"], /--run and --wait go neither with/],
      [["rotate"], [...CRM, "--no-up", "--wait", "1"], /--run and --wait go neither with/],
      [["stop", "start"], [], /name one or more with --sender, or give --all/],
      [["stop", "start"], [...CRM, "--all"], /name one or more with --sender, or give --all/],
      [["stop"], [...CRM, "--irreversible"], /--irreversible belongs to --leaked/],
      [["start"], [...CRM, "--leaked"], /Unknown option '--leaked'/],
      [["bootstrap"], ["--adopt", "--remove"], /--check, --remove and --adopt exclude each other/],
      [["bootstrap"], ["--tenant", OTHER_TENANT], /--tenant goes with --adopt/],
    ] as const
  ).map(([commands, args, says]): Case => {
    return { title: args.join(" ") || "nothing but a stack", commands, args, says, code: 2 };
  }),
  ...[...LIFE, "bootstrap" as const].map(
    (command): Case => ({
      ...{ title: "no stack", commands: [command], args: ["--sender", "crm"], code: 2 },
      says: command === "bootstrap" ? /Unknown option '--sender'/ : /--stack is missing/,
    }),
  ),
];

describe("bad input of a command", () => {
  let fixture: Fixture;

  before(async () => {
    fixture = await openFixture();
    const { domain, skus } = fixture.lab.world.tenant;
    const [erp, billing, shop, crm] = labConfig(fixture.lab.world)[
      "m365-smtp-relay:senders"
    ] as object[];
    await fixture.open({
      config: {
        ...labConfig(fixture.lab.world),
        "m365-smtp-relay:senders": [
          ...[erp, billing, shop, { ...crm, name: "app" }],
          { name: "crm", from: [`sales@${domain}`], authentication: ["oauth"] },
          {
            ...{ name: "anna", from: [`anna@${domain}`], authentication: ["oauth"] },
            ...{ adoptMailbox: true, adoptApplication: OTHER_TENANT },
          },
          {
            ...{ name: "printer", from: [`printer@${domain}`], authentication: ["password"] },
            license: skus[0]?.skuPartNumber,
          },
        ],
      },
    });
  });
  after(() => fixture?.close());

  const stackFile = () => readFile(join(fixture.folder, "Pulumi.lab.yaml"), "utf8");

  // A quarter of them; all, with EXHAUSTIVE=1.
  const random = makeRandom(`${SEED}/bad commands`);
  for (const { title, commands, args, env, code, says } of CASES) {
    for (const command of commands) {
      if (process.env.EXHAUSTIVE !== "1" && random.integer(1, 4) > 1) continue;
      it(`${command}: ${title}`, async () => {
        const { lab } = fixture;
        const was = [comparableWorld(lab), await stackFile()];
        const requests = requestsTo(lab);
        const hasStack = args.includes("--stack") || title === "no stack";
        const ended = await runWriting(
          fixture,
          SCRIPTS[command],
          hasStack ? args : ["--stack", "lab", ...args],
          env,
        );
        assert.equal(ended.code, code, ended.stderr);
        const said = ended.stderr.split("\n").filter((line) => says.test(line));
        assert.equal(said.length, 1, ended.stderr);
        assert.ok(!ended.stderr.includes("    at "), ended.stderr);
        assert.equal(ended.stdout, "");
        assert.deepEqual([comparableWorld(lab), await stackFile()], was);
        if (code === 2) assert.equal(requestsTo(lab), requests);
      });
    }
  }
});
