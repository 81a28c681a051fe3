import * as pulumi from "@pulumi/pulumi";
import { SmtpRelay } from "./components/smtpRelay.ts";
import { type Config, ConfigError, readConfig } from "./config.ts";

/**
 * The program: configuration in, a relay declared, and what its users need to know as stack outputs.
 * The `pulumi` command and everything of ours that runs the stack call this same function.
 */
export default async function program() {
  const { tenantId, environment, disposable, domains, senders } = configured();
  const relay = new SmtpRelay("relay", {
    tenantId,
    environment,
    disposable,
    domains,
    senders,
  });
  return { senders: relay.senders, pending: relay.pending };
}

function configured(): Config {
  try {
    return readConfig(pulumi.runtime.allConfig(), pulumi.getStack());
  } catch (error) {
    if (error instanceof ConfigError) throw new pulumi.RunError(error.message);
    throw error;
  }
}
