import { stringify } from "yaml";
import { makeWorld } from "../src/world/make.ts";
import type { World } from "../src/world/world.ts";
import { labApplications, labSenders } from "./senders.ts";

/** The lab's stack file, its `config:` part: what the lab's customer would write. */
export function labConfig(world: World): Record<string, unknown> {
  return {
    "azuread:tenantId": world.tenant.id,
    "m365-smtp-relay:disposable": true,
    "m365-smtp-relay:domains": [{ name: world.tenant.domain, dmarc: { adopt: true } }],
    "m365-smtp-relay:senders": [
      ...labSenders(world).map(({ name, by, from, egress, host }) => ({
        name,
        from: [from.replace(/^.*@/, "*@")],
        authentication: [by === "certificate" ? "certificate" : "staticIp"],
        ...(by === "certificate" ? { certificateName: host } : {}),
        egress: [egress],
        ...(by === "sourceIp" && { fence: true }),
      })),
      ...labApplications(world).map(({ from, ...application }) => ({
        ...application,
        from: [from],
        authentication: ["oauth"],
        recipientsPerDay: 500,
      })),
    ],
  };
}

/** The seed of the lab's world when nobody names one; the committed stack file is of this world. */
export const DEFAULT_SEED = "1";

/** Salt of the lab's passphrase, committed so that no run has to write one into the stack file. */
const SALT = "v1:PWn/HdFr2Uo=:v1:3Nycit5wzzq5QTMD:wweKjeX+5Q8qS2wN6MexT1tovAx2FQ==";

/** The stack file of a lab's world, for the plain `pulumi` command. */
export function labStackFile(seed: string): string {
  const stackFile = { encryptionsalt: SALT, config: labConfig(makeWorld(seed)) };
  return `# yaml-language-server: $schema=docs/reference/config.schema.json
# The lab's stack, of the world with seed ${seed}. Written by \`npm run generate\`; see lab/stack/stackConfig.ts.
# Quote an entry that begins with *, such as "*@contoso.com": YAML takes it for an alias otherwise.
${stringify(stackFile, { lineWidth: 0 })}`;
}
