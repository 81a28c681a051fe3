import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { readConfig } from "../../../config/read.ts";
import type { Lab } from "../../../lab/src/lab.ts";
import { labConfig } from "../../../lab/stack/stackConfig.ts";
import type { SenderOutput } from "../../../mail/clients/settings.ts";
import type { Finding } from "../../../mail/doctor/finding.ts";
import type { Sender } from "../../../mail/senders/sender.ts";
import { runChecks } from "../../../scripts/doctor/check.ts";
import { CHECKS } from "../../../scripts/doctor/checks.ts";
import { openContext } from "../../../scripts/doctor/context.ts";
import type { Limits } from "../../../scripts/doctor/patience.ts";
import type { KnownDomain } from "../../../scripts/stack/config.ts";
import { openFixture } from "../fixture.ts";

/** A finding, and which check made it. */
export type Told = Finding & { readonly check: string };

/** A stack file's keys. */
export type Settings = Readonly<Record<string, unknown>>;

/** A relay of which nothing is to be told, with senders of every kind, and what doctor says of it. */
export interface Bench {
  readonly lab: Lab;
  readonly domain: string;
  /** Address of the mailbox that a sender signs in as. */
  mailboxOf(sender: string): string;
  /** Client id of the app that a sender signs in as. */
  appOf(sender: string): string;
  /** A sender presents this chain (PEM) from now on. */
  present(sender: string, chain: string): Promise<void>;
  /**
   * What is not well, seen with these variables beside those of an app that only reads.
   *
   * @param edit changes the senders of the stack file, without an up
   */
  doctor(
    env?: Readonly<Record<string, string>>,
    edit?: (senders: readonly Sender[]) => readonly Sender[],
    limits?: Limits,
  ): Promise<Told[]>;
  /** Puts the world back as it was when all was well. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Brings a relay up with senders of every kind.
 *
 * @param change changes the stack file before that
 */
export async function openBench(
  change: (settings: Settings, lab: Lab) => Settings = (settings) => settings,
): Promise<Bench> {
  const fixture = await openFixture();
  const { lab, env } = fixture;
  const reader = lab.world.readers.find(({ name }) => name === "role-group");
  reader?.appRoles.graph.push("Policy.Read.All");
  const variables = { ...process.env };
  Object.assign(process.env, env);
  setDefaultCACertificates([...getCACertificates("bundled"), readFileSync(lab.caFile, "utf8")]);
  const { domain, skus } = lab.world.tenant;
  lab.admin("New-Mailbox", {
    ...{ Shared: true, Name: "Info", PrimarySmtpAddress: `info@${domain}` },
  });
  // A drawn SPF record may end in ?all, of which doctor tells.
  lab.editZone(domain, (records) =>
    records.map((one) => ({ ...one, content: one.content.replace("?all", "~all") })),
  );
  const ofLab = labConfig(lab.world);
  const settings = change(
    {
      ...ofLab,
      "m365-smtp-relay:senders": [
        ...(ofLab["m365-smtp-relay:senders"] as Record<string, unknown>[]),
        { name: "alerts", from: [`alerts@${domain}`, `info@${domain}`], authentication: ["oauth"] },
        {
          ...{ name: "printer", from: [`printer@${domain}`], authentication: ["password"] },
          license: skus[0]?.skuPartNumber,
        },
      ],
    },
    lab,
  );
  const stack = await fixture.open({ config: settings });
  const { outputs } = await stack.up({ skipPreview: true });
  const texts = Object.entries(settings).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const senders = outputs.senders as Record<string, SenderOutput>;
  const known = {
    stack: "lab",
    config: readConfig(Object.fromEntries(texts), "lab"),
    lastUp: new Map(Object.entries(senders)),
    domains: new Map(Object.entries(outputs.dns as Record<string, KnownDomain>)),
  };
  const restore = await fixture.snapshot();
  const certificateFiles = new Map<string, string>();
  // Resolvers would go on with what they know of a world that was put back.
  const { M365_SMTP_RELAY_PUBLIC_RESOLVERS: _, ...ownEnv } = env;
  return {
    lab,
    domain,
    mailboxOf: (sender) => senders[sender]?.mailbox ?? "",
    appOf: (sender) => senders[sender]?.clientId ?? "",
    async present(sender, chain) {
      const file = join(fixture.folder, `${sender}.chain.pem`);
      await writeFile(file, chain);
      certificateFiles.set(sender, file);
    },
    async doctor(more = {}, edit = (senders) => senders, limits) {
      const reader = { ...ownEnv, ...lab.readerEnvs["role-group"], ...more };
      const config = { ...known.config, senders: edit(known.config.senders) };
      const context = openContext({ ...known, config }, reader, {
        certificateFiles,
        ...(limits && { limits }),
      });
      const checked = await runChecks(CHECKS, context, () => {});
      return checked.flatMap(({ check, findings }) =>
        findings
          .filter(({ severity }) => severity !== "ok")
          .map((finding) => ({ check: check.name, ...finding })),
      );
    },
    async restore() {
      certificateFiles.clear();
      await restore();
    },
    async close() {
      for (const name of Object.keys(env)) delete process.env[name];
      Object.assign(process.env, variables);
      await fixture.close();
    },
  };
}
