import * as pulumi from "@pulumi/pulumi";
import { findZones, type Zone, ZonesMissing } from "./components/cloudflareZones.ts";
import { SmtpRelay } from "./components/smtpRelay.ts";
import { type Config, ConfigError, readConfig } from "./config/read.ts";

/**
 * The program: configuration in, a relay declared, and what its users need to know as stack outputs.
 * The `pulumi` command and everything of ours that runs the stack call this same function.
 */
export default async function program() {
  const config = configured();
  const zones = await zonesOf(config.domains);
  const relay = new SmtpRelay("relay", { ...config, zones });
  const { senders, secrets, dns, pending } = relay;
  return { senders, secrets, dns, pending };
}

function configured(): Config {
  try {
    return readConfig(pulumi.runtime.allConfig(), pulumi.getStack());
  } catch (error) {
    if (error instanceof ConfigError) throw new pulumi.RunError(error.message);
    throw error;
  }
}

async function zonesOf(domains: Config["domains"]): Promise<Zone[]> {
  try {
    return await findZones(domains);
  } catch (error) {
    if (error instanceof ZonesMissing) throw new pulumi.RunError(error.message);
    throw error;
  }
}
