import * as pulumi from "@pulumi/pulumi";
import { findZones } from "./components/cloudflareZones.ts";
import { SmtpRelay } from "./components/smtpRelay.ts";
import { rawConfig } from "./config/fromPulumi.ts";
import { outputsOf } from "./config/outputs.ts";
import { type Config, ConfigError, readConfig } from "./config/read.ts";

/**
 * The program: reads the configuration, declares a relay, and returns what its users need to know as stack outputs.
 * The `pulumi` command and everything of ours that runs the stack call this same function.
 */
export default async function program() {
  const config = readStackConfig();
  const relay = new SmtpRelay("relay", { ...config, ...(await findZones(config.domains)) });
  const { senders, secrets, dns, pending } = relay;
  return { ...outputsOf<unknown>({ senders, secrets, dns }), pending };
}

/** @throws RunError, which Pulumi prints without a stack trace */
function readStackConfig(): Config {
  const { raw, stack, secretKeys } = rawConfig();
  try {
    return readConfig(raw, stack, secretKeys);
  } catch (error) {
    throw error instanceof ConfigError ? new pulumi.RunError(error.message) : error;
  }
}
