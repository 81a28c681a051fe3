// What in a text may be a key, a password or a token, so that no message repeats it.

/** Ids of tenants, apps and objects are no secrets, though they look as random. */
const GUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

/**
 * Forms of credentials.
 *
 * @see https://github.com/gitleaks/gitleaks/blob/master/config/gitleaks.toml (Entra client secrets, vendors' prefixes)
 * @see RFC 7468 (PEM), RFC 7519 (JWT), RFC 3986 section 3.2.1 (userinfo)
 */
const FORMS: readonly RegExp[] = [
  /PRIVATE[ -]?KEY|PuTTY-User-Key-File|Private-Lines:|AGE-SECRET-KEY-/,
  /\beyJ[\w-]{6,}/,
  /\dQ~/,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}|\bgh[pousr]_\w{16,}|\bgithub_pat_\w+|\bgl[a-z]{2,4}-[\w-]{16,}|\bxox[a-z]-[\w-]+|\bSG\.[\w-]{16,}|\bsk[-_]\w{12,}/,
  // One key or hash as hex, also with a separator between its octets.
  /(?<![0-9a-z])(?:0x)?[0-9a-f]{24,}(?![g-z])/i,
  /(?:[0-9a-f]{2}[:\s-]){12,}[0-9a-f]{2}/i,
  /(?<![0-9a-z])(?=(?:[a-z]*\d){4})(?=(?:\d*[a-z]){4})[0-9a-z]{28,}(?![0-9a-z])/,
  /(?<![0-9A-Z])(?=(?:[A-Z]*\d){3})[0-9A-Z]{24,}(?![0-9A-Z])/,
  // user:password@host, with or without a scheme; https://token@host.
  /[a-z][a-z0-9+.-]*:\/\/[^\s/?#@]*:[^\s/?#]*@/i,
  /(?<!mailto)(?<![a-z0-9+.-])(?!mailto:)[a-z][a-z0-9+.-]*:\/\/[^\s/?#@]+@/i,
  /(?<![^\s"'`,;<({[|=])(?!mailto:)[^\s:@/"'`=]+:(?!\/\/)[^\s@/]+@[\w[]/i,
  // Parts of connection strings, headers and settings.
  /(?:pass(?:word|wd|phrase)?|pwd|secret|token|credentials?|api[-_ ]?key|(?:account|shared|access|private|user|service|storage)[-_ ]?(?:access[-_ ]?)?key|signature|\bsig)["']?\s*=\s*\S/i,
  /\b(?:Bearer|Basic)\s+(?=\S*[\d=])[\w+/=~.-]{6,}/i,
];

/** The same in a value, where nothing of ours stands before the colon. */
const NAMED_VALUE =
  /(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[-_ ]?key|access[-_ ]?key|credentials?)["']?\s*:\s*\S/i;

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

/** Whether a word has what rules for passwords ask for, and is neither an address nor a tag such as `v=DMARC1;`. */
function isPassword(word: string): boolean {
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[!#$%^&*?+=~|<>@;]/];
  const isKnown = /@[\w-]+\.\w|^[^a-z0-9]*v=/i.test(word) || /^[a-z]+=/i.test(word);
  return word.length >= 8 && !isKnown && kinds.every((kind) => kind.test(word));
}

/** Whether a message repeats something that may be a credential. */
function hasCredential(text: string): boolean {
  const bare = text.replace(GUID, "");
  return FORMS.some((form) => form.test(bare)) || (bare.match(RUN) ?? []).some(isRandom);
}

/** Whether a value that somebody wrote may be a credential, or contain one. */
export function isCredential(value: string): boolean {
  const joined = value.replace(/\s*[\r\n]\s*/g, "");
  return [value, joined].some(
    (text) => hasCredential(text) || NAMED_VALUE.test(text) || text.split(/\s+/).some(isPassword),
  );
}

const HIDDEN = "(not shown)";

/** A text without the words that may be a credential; `(not shown)` stands in their place. */
export function withoutCredentials(text: string): string {
  if (!hasCredential(text)) return text;
  const rest = text.replace(/[^\s"'`,;()[\]]+/g, (word) => (isCredential(word) ? HIDDEN : word));
  return hasCredential(rest) ? HIDDEN : rest;
}
