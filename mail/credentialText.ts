// What in a text may be a key, a password or a token, so that no message repeats it.

/**
 * What looks as random as a key and is none: ids of tenants, apps and objects, of a cluster in EKS's issuer, and of a
 * domain in the address where Cloudflare takes DMARC reports.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/enable-iam-roles-for-service-accounts.html
 * @see https://developers.cloudflare.com/dmarc-management
 */
const PUBLIC_ID =
  /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=\/\/oidc\.eks\.[\w.-]+\/id\/)[0-9A-Z]{32}(?!\w)|[0-9a-f]{32}(?=@dmarc-reports\.cloudflare\.net)/gi;

/**
 * Forms of credentials.
 *
 * @see https://github.com/gitleaks/gitleaks/blob/master/config/gitleaks.toml (Entra client secrets, vendors' prefixes)
 * @see RFC 7468 (PEM), RFC 7519 (JWT), RFC 3986 section 3.2.1 (userinfo)
 */
const FORMS: readonly RegExp[] = [
  /PRIVATE[ -]?KEY|PuTTY-User-Key-File|Private-Lines:|AGE-SECRET-KEY-/,
  // How a private key in DER begins: PKCS #8, SEC 1 and PKCS #1, as base64.
  /(?<!\w)M(?:C4CAQ|FMCAQ|HcCAQ|HQCAQ|G[\w+/]AgE|II[\w+/]{3}IBA)/,
  /\beyJ[\w-]{6,}/,
  /\dQ~/,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}|\bgh[pousr]_\w{16,}|\bgithub_pat_\w+|\bgl[a-z]{2,4}-[\w-]{16,}|\bx(?:ox[a-z]|app)-[\w-]+|\bhv[sbr]\.[\w-]{8,}|\btskey-[\w-]+|\bhooks\.slack\.com\/(?:services|workflows)\/|\bSG\.[\w-]{16,}|\bsk[-_]\w{12,}/,
  // One key or hash as hex, also with separators between its octets or groups; the same as decimal numbers.
  /(?<![0-9a-z])(?:0x)?[0-9a-f]{24,}(?![g-z])/i,
  /(?:[0-9a-f]{2}[:\s-]){12,}[0-9a-f]{2}/i,
  /(?:(?:0x|\\x)?[0-9a-f]{2}[,:\s-]*){20}/i,
  /(?<![\d.])(?:\d{1,3},?\s+){15}\d{1,3}(?![\d.])/,
  /(?<![0-9a-z])(?=(?:[a-z]*\d){4})(?=(?:\d*[a-z]){4})[0-9a-z]{28,}(?![0-9a-z])/,
  /(?<![0-9A-Z])(?=(?:[A-Z]*\d){3})[0-9A-Z]{24,}(?![0-9A-Z])/,
  // user:password@host, with or without a scheme; https://token@host.
  /[a-z][a-z0-9+.-]*:\/\/[^\s/?#@]*:[^\s/?#]*@/i,
  /(?<!mailto)(?<![a-z0-9+.-])(?!mailto:)[a-z][a-z0-9+.-]*:\/\/[^\s/?#@]+@/i,
  /(?<![^\s"'`,;<({[|=])(?!mailto:)[^\s:@/"'`=]+:(?!\/\/)[^\s@/]+@[\w[]/i,
  // Parts of connection strings, headers and settings.
  /(?:pass(?:word|wd|phrase)?|pwd|secret|token|credentials?|api[-_ ]?key|(?:account|shared|access|private|user|service|storage)[-_ ]?(?:access[-_ ]?)?key|signature|\bsig)["']?\s*=\s*\S/i,
  /\b(?:Bearer|Basic)\s+(?:(?=\S*[\d=])[\w+/=~.-]{6,}|[\w+/=~.-]{16,})/i,
  /(?<!\S)--?pass(?:word|wd)?[\s=]+\S/i,
];

/** The same in a value, where nothing of ours stands before the colon. */
const NAMED_VALUE =
  /(?:pass(?:word|wd|phrase|code|wort)?|pwd|kennwort|mot de passe|contrase\u00f1a|secret|token|(?:api|access|auth|account|shared)[-_ ]?key|credentials?)["']?\s*[:=]\s*\S|\b(?:pw|pin|psk|key)["']?\s*[:=]\s*\S|ConvertTo-SecureString/i;

/** A run of the characters that base64, base64url and client secrets consist of. */
const RUN = /[\w+/=~-]{20,}/g;

/**
 * Whether a run changes between lower case, upper case and digits as often as a random one: about 0.6 times a
 * character. In CamelCase names it is 0.35 times.
 */
function isRandom(run: string): boolean {
  const changes = run.match(/[a-z]+|[A-Z]+|[0-9]+/g)?.length ?? 0;
  const length = run.replace(/[^a-z0-9]/gi, "").length;
  const hasAll = [/[a-z]/, /[A-Z]/, /[0-9]/].every((kind) => kind.test(run));
  return changes >= length * ((hasAll ? 0.37 : 0.45) - (length < 28 ? 0 : 0.06));
}

/** Names of attributes, as in `OU=…`, and Exchange's marks `<I>` and `<S>` of issuer and subject. */
const ATTRIBUTE = /<[IS]>|(?<![a-z])[a-z]+=/gi;
/** Marks, a wildcard and a scheme that stand before an address or a name. */
const BEFORE_NAME = /^["'<(]+|(?<=^["'<(]*)(?:mailto:|[a-z]+:\/\/)(?:\/\/)?|\*[.@]/gi;

/** A term of SPF, which may have macros. */
const SPF_TERM = /^[-+~?]?(?:include|exists|a|mx|ptr):[\w.%{}+/_-]+$/i;

/**
 * Whether a word has what rules for passwords ask for, or is one with a mark at its end, such as `winter2026!`. Of an
 * address the part before the `@` is judged, of an attribute such as `OU=…` its value. Tags such as `v=DMARC1;`
 * and terms of SPF are none.
 */
function isPassword(word: string): boolean {
  if (/^[^a-z0-9]*v=/i.test(word) || SPF_TERM.test(word)) return false;
  const [bare = "", ...domain] = word
    .replace(ATTRIBUTE, "")
    .replace(BEFORE_NAME, "")
    .split(/@(?=[\w-]+\.)/);
  if (bare.length < 8) return false;
  const mark = domain.length > 0 ? /[!#$%^&*?~|<>;@]/ : /[!#$%^&*?+=~|<>@;]/;
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, mark];
  return (
    kinds.every((kind) => kind.test(bare)) || /^(?=.*[a-z])(?=.*\d)[^:/=]+[!?$](?:$|\.)/i.test(bare)
  );
}

/** Whether a message repeats something that may be a credential. */
function hasCredential(text: string): boolean {
  const bare = text.replace(PUBLIC_ID, "…");
  return FORMS.some((form) => form.test(bare)) || (bare.match(RUN) ?? []).some(isRandom);
}

/** Whether a value that somebody wrote may be a credential, or contain one. */
export function isCredential(value: string): boolean {
  const joined = value.replace(/\s*[\r\n]\s*/g, "");
  return [value, joined].some(
    (text) => hasCredential(text) || NAMED_VALUE.test(text) || text.split(/\s+/).some(isPassword),
  );
}

/** Whether the entries of a list may be a credential, one of them or together, such as the lines of a key. */
export function isCredentialList(entries: readonly unknown[]): boolean {
  const texts = entries.filter((entry) => typeof entry === "string");
  return [...texts, texts.join("\n"), texts.join(" ")].some(isCredential);
}

/**
 * The parts of values and keys, at any depth, that may be credentials by themselves, without what stands around them
 * such as the rest of a domain name.
 */
export function credentialsIn(value: unknown): string[] {
  if (typeof value === "object" && value !== null) {
    const keys = Array.isArray(value) ? [] : Object.keys(value);
    return [...keys, ...Object.values(value)].flatMap(credentialsIn);
  }
  if (typeof value !== "string" || !isCredential(value)) return [];
  return value
    .split(/[\s"'`,;()[\]{}.@:/=]+/)
    .filter((part) => part.length >= 8 && isCredential(part));
}

const HIDDEN = "(not shown)";

/** A text without the words that have one of these credentials in them, in any letter case. An empty one hides nothing. */
export function withoutThese(text: string, credentials: readonly string[]): string {
  const known = credentials.filter(Boolean).map((credential) => credential.toLowerCase());
  return text.replace(/[^\s"'`,;()[\]]+/g, (word) =>
    known.some((credential) => word.toLowerCase().includes(credential)) ? HIDDEN : word,
  );
}

/** A text without the words that may be a credential; `(not shown)` stands in their place. */
export function withoutCredentials(text: string): string {
  if (!hasCredential(text)) return text;
  const rest = text.replace(/[^\s"'`,;()[\]]+/g, (word) => (isCredential(word) ? HIDDEN : word));
  return hasCredential(rest) ? HIDDEN : rest;
}
