import { isCredential } from "../../mail/credentialText.ts";

/** Names of environment variables whose values are secret. */
const SECRET_VARIABLE = /SECRET|TOKEN|PASSPHRASE|PASSWORD|ACCESS_KEY|_KEY$/;
/** Characters of the shortest value that can be told from ordinary text. */
const SHORTEST = 4;

/**
 * Values that no report may have: those of environment variables that hold secrets or look like it, and those that are secret in a stack's
 * configuration.
 *
 * @param raw the configuration, decrypted: each value as text, or as JSON in a text
 * @param secretKeys keys of `raw` that are secret, or contain something secret
 * @param stackFile the stack file as YAML has it, which says what of a value is secret
 */
export function secretValues(
  environment: Readonly<Record<string, string | undefined>>,
  raw: Readonly<Record<string, string>>,
  secretKeys: readonly string[],
  stackFile: Readonly<Record<string, unknown>>,
): string[] {
  const ofEnvironment = Object.entries(environment).flatMap(([name, value = ""]) =>
    SECRET_VARIABLE.test(name) || (!value.includes("\n") && isCredential(value)) ? [value] : [],
  );
  const ofConfig = secretKeys.flatMap((key) => {
    const written = stackFile[key] ?? stackFile[key.replace(/^m365-smtp-relay:/, "")];
    return secretLeaves(decoded(raw[key] ?? ""), written);
  });
  const lines = [...ofEnvironment, ...ofConfig].flatMap((value) => [
    value,
    ...value.split(/\r?\n/),
  ]);
  // The engine prints texts as JSON.
  const forms = lines.map((line) => line.trim()).flatMap((line) => [line, asJson(line)]);
  return [...new Set(forms)]
    .filter(({ length }) => length >= SHORTEST)
    .sort((a, b) => b.length - a.length);
}

const asJson = (text: string): string => JSON.stringify(text).slice(1, -1);

function decoded(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** What stands in `value` where the stack file has `secure:`. Where the file does not say, what may be a credential. */
function secretLeaves(value: unknown, written: unknown): string[] {
  if (isObject(written) && "secure" in written) return leaves(value);
  if (!isObject(value)) return written === undefined ? leaves(value) : [];
  if (written === undefined) return leaves(value).filter(isCredential);
  const parts = isObject(written) ? written : {};
  return Object.entries(value).flatMap(([key, part]) => secretLeaves(part, parts[key] ?? ""));
}

const leaves = (value: unknown): string[] =>
  isObject(value) ? Object.values(value).flatMap(leaves) : [String(value)];

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

/** Keys of what a review says in words of its own, by which its report and its exit code are made, and of its stack's name. */
const OWN_WORDS: ReadonlySet<string> = new Set(["stack", "risk", "level", "operation"]);

/** A review, or a part of one, with `[secret]` in place of these texts. */
export function withoutSecrets<T>(value: T, secrets: readonly string[]): T {
  if (typeof value === "string") {
    return secrets.reduce<string>(
      (text, secret) => text.replaceAll(secret, "[secret]"),
      value,
    ) as T;
  }
  if (Array.isArray(value)) return value.map((one) => withoutSecrets(one, secrets)) as T;
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, part]) => [
    key,
    OWN_WORDS.has(key) ? part : withoutSecrets(part, secrets),
  ]);
  return Object.fromEntries(entries) as T;
}
