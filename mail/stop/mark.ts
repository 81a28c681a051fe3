import { describeSwitch, type SmtpAuthSwitch } from "../senders/adoptedMailbox.ts";

// What `npm run stop` notes on the object that it stops: behind the text that is there already, such as the ownership mark,
// in a connector's Comment and in a mailbox's CustomAttribute15. `npm run start` takes it away again.

/** What a sender's parts were before it was stopped; those that it does not have are left out. */
export interface Before {
  /** Enabled of its connector. */
  readonly connector?: boolean;
  /** SmtpClientAuthenticationDisabled of its mailbox. */
  readonly smtpAuth?: SmtpAuthSwitch;
  /** `accountEnabled` of its app's service principal, or of its user. */
  readonly signIn?: boolean;
}

/** That a sender was stopped. */
export interface Stop {
  /** When, ISO 8601. */
  readonly at: string;
  readonly before: Before;
}

const NAMES = { connector: "connector", smtpAuth: "SMTP AUTH", signIn: "sign-in" } as const;
const WORDS: Readonly<Record<keyof Before, (value: SmtpAuthSwitch) => string>> = {
  connector: (enabled) => (enabled ? "on" : "off"),
  smtpAuth: describeSwitch,
  signIn: (enabled) => (enabled ? "on" : "off"),
};
const VALUES: Readonly<Record<keyof Before, readonly SmtpAuthSwitch[]>> = {
  connector: [true, false],
  smtpAuth: [false, true, null],
  signIn: [true, false],
};
const PARTS = Object.keys(NAMES) as (keyof Before)[];

const STOP = / ?Stopped by hand on (\S+) with npm run stop, before: (.*)\.$/;

/** A text with the note that a sender was stopped behind it. */
export function withStop(text: string, { at, before }: Stop): string {
  const parts = PARTS.flatMap((part) => {
    const value = before[part];
    return value === undefined ? [] : [`${NAMES[part]} ${WORDS[part](value)}`];
  });
  return `${text}${text === "" ? "" : " "}Stopped by hand on ${at} with npm run stop, before: ${parts.join(", ")}.`;
}

/** What a text notes of a stop; undefined where it notes none. */
export function stopIn(text: string): Stop | undefined {
  const [, at, words] = STOP.exec(text) ?? [];
  if (at === undefined || words === undefined) return undefined;
  const known = new Set(words.split(", "));
  const pairs = PARTS.flatMap((part) =>
    VALUES[part]
      .filter((value) => known.has(`${NAMES[part]} ${WORDS[part](value)}`))
      .map((value) => [part, value] as const),
  );
  return { at, before: Object.fromEntries(pairs) };
}

/** A text as it was before the stop. */
export const withoutStop = (text: string): string => text.replace(STOP, "");
