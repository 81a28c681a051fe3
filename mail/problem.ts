/**
 * One thing wrong with what somebody wrote, told so that it can be mended without looking anything up.
 * Every rule in `mail/` answers with this, and whoever calls it prints it the same way.
 */
export interface Problem {
  /** Where it stands, e.g. `senders[0].egress[1]`. */
  readonly key: string;
  /** What stands there. */
  readonly value: unknown;
  /** Why that can't be, as a clause that follows the value: `is a private address, …`. */
  readonly rule: string;
  /** What to do, as an imperative: `list the public address …`. */
  readonly fix: string;
}

/** The problem as one sentence: `key: value rule; fix`. Values are shown as JSON, cut at 120 characters. */
export function sentence({ key, value, rule, fix }: Problem): string {
  const text = value === undefined ? "" : `${shown(value)} `;
  return `${key}: ${text}${rule}; ${fix}`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}
