import { spawn } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loopbackOf } from "../../lab/src/world/nat.ts";
import { labApplications, labSenders, signInCertificate } from "../../lab/stack/senders.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import type { SenderOutput } from "../../mail/clients/settings.ts";
import type { Verification } from "../../mail/verification/verification.ts";
import { projectRoot } from "../../scripts/setup/root.ts";
import { openFixture } from "./fixture.ts";
import { scriptEnv } from "./runScript.ts";

/** How the command ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A stack that is up with a sender of each way, and the files of their machines. */
export async function openVerifyScene() {
  const fixture = await openFixture();
  const { lab, folder } = fixture;
  const { world } = lab;
  const { domain } = world.tenant;
  world.settings.traceDelayMs = 0;
  const [erp, billing] = labSenders(world);
  const [shop] = labApplications(world);
  const config = labConfig(world);
  const declared = config["m365-smtp-relay:senders"] as {
    readonly name: string;
    readonly [key: string]: unknown;
  }[];
  declared.push(
    ...[
      { name: "api", from: [`api@${domain}`], authentication: ["oauth"] },
      {
        ...{ name: "printer", from: [`printer@${domain}`], authentication: ["password"] },
        license: world.tenant.skus[0]?.skuPartNumber,
      },
    ],
  );
  const files = join(folder, "senders");
  await mkdir(files);
  const secret = (name: string, text: string) =>
    writeFile(join(files, name), text, { mode: 0o600 });
  const certificate = await lab.issueCertificate({ names: [billing.host], issuer: "public" });
  const signIn = signInCertificate(lab.seed);
  await Promise.all([
    secret("billing.key", certificate.key),
    secret("billing.chain.pem", certificate.chain),
    secret("crm.key", signIn.key),
    secret("crm.chain.pem", signIn.certificate),
  ]);
  const assertion = async () => {
    const { issuer = "", subject = "" } = shop.federatedIdentity ?? {};
    const order = { issuer, subject, audience: "api://AzureADTokenExchange" };
    await secret("shop.assertion", await lab.issueAssertion(order));
  };
  await assertion();
  const stack = await fixture.open({ config });
  const { outputs } = await stack.up({ skipPreview: true });
  for (const [name, text] of Object.entries(outputs.secrets as Record<string, string>)) {
    await secret(`${name}.secret`, text);
  }
  const [mailbox] = lab.outsideMailboxes;
  if (mailbox === undefined) throw new Error("no mailbox outside");
  const { address: to, password } = mailbox;

  /** Runs the command on the stack. */
  async function verify(...args: string[]): Promise<Ended> {
    return verifyWith({}, ...args);
  }

  /** The same, with further variables. */
  async function verifyWith(
    more: Readonly<Record<string, string>>,
    ...args: string[]
  ): Promise<Ended> {
    const child = await start(args, more);
    return new Promise((resolve) => {
      let [stdout, stderr] = ["", ""];
      child.stdout.setEncoding("utf8").on("data", (chunk) => {
        stdout += chunk;
      });
      child.stderr.setEncoding("utf8").on("data", (chunk) => {
        stderr += chunk;
      });
      child.on("close", (code) => resolve({ code, stdout, stderr }));
    });
  }

  async function start(args: readonly string[], more: Readonly<Record<string, string>> = {}) {
    await assertion();
    const all = [join(projectRoot, "scripts/verify/main.ts"), "--stack", "lab", ...args];
    const env = { ...scriptEnv(fixture), M365_SMTP_RELAY_IMAP_PASSWORD: password, ...more };
    return spawn(process.execPath, all, { cwd: projectRoot, env });
  }

  return {
    fixture,
    lab,
    stack,
    config,
    to,
    verify,
    verifyWith,
    /** Begins to run the command. */
    start: (...args: string[]) => start(args),
    /** Of this machine, as it has to be for erp. */
    localAddress: loopbackOf(erp.egress),
    /** Mailboxes, by sender. */
    mailboxes: Object.fromEntries(
      Object.entries(outputs.senders as Record<string, SenderOutput>).map(([name, output]) => [
        name,
        output.mailbox,
      ]),
    ),
    /** What sending needs here: the address that Exchange knows erp by, and the files. */
    here: ["--local-address", loopbackOf(erp.egress), "--files", files],
    /** The folder of the senders' files. */
    files,
    /** Where messages are looked for. */
    there: ["--imap", `localhost:${mailbox.imap.port}`, "--imap-user", to],
    /** In the order of the stack file. */
    senders: declared.map(({ name }) => name),
    /** Of apps, by sender. */
    clientIds: Object.fromEntries(
      Object.entries(outputs.senders as Record<string, SenderOutput>).map(([name, output]) => [
        name,
        output.clientId,
      ]),
    ),
    /** Every secret that a dialogue or an output could hold. */
    secrets: async (): Promise<string[]> => [
      ...lab.secrets(),
      ...Object.values(outputs.secrets as Record<string, string>),
      await readFile(join(files, "shop.assertion"), "utf8"),
      password,
    ],
    close: () => fixture.close(),
  };
}

export type VerifyScene = Awaited<ReturnType<typeof openVerifyScene>>;

/** What `--json` wrote, by sender. */
export function verificationsIn({ stdout }: Ended): Map<string, Verification> {
  const { verifications } = JSON.parse(stdout) as { verifications: Verification[] };
  return new Map(verifications.map((one) => [one.sender, one]));
}

/** What became of one check. */
export const judgedOf = (of: Verification | undefined, check: string) =>
  of?.judged.find((one) => one.check === check);
