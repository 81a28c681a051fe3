import * as pulumi from "@pulumi/pulumi";

/** A stack's configuration as Pulumi hands it to a program, for `readConfig`. */
export interface RawConfig {
  /** Each value as text, or as JSON in a text; secrets are decrypted. */
  readonly raw: Readonly<Record<string, string>>;
  readonly stack: string;
  /** Keys of `raw` that are secret, or contain something secret. */
  readonly secretKeys: readonly string[];
}

/** The configuration of the stack whose program calls this. */
export function rawConfig(): RawConfig {
  const raw = pulumi.runtime.allConfig();
  // Exported, but left out of the SDK's types.
  const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret(key: string): boolean };
  return { raw, stack: pulumi.getStack(), secretKeys: Object.keys(raw).filter(isConfigSecret) };
}
