// Announced changes, as data: what happens when, whom it concerns, and who says so.

import { daysUntil } from "../days.ts";
import { naming } from "../naming.ts";
import { usesHighVolume } from "./choose.ts";
import type { Sourced } from "./limits.ts";
import { chooseMethod } from "./method.ts";
import type { Sender } from "./sender.ts";

/** Days before an announced change, or before the end of a credential, from which on a preview, a review and doctor tell of it. */
export const TOLD_DAYS = 90;

export interface AnnouncedChange extends Sourced {
  /** The day, `2026-12-31`; where a month or a half-year is announced, its last day before which nothing happens. */
  readonly date: string;
  /** The same as it was announced: `at the end of December 2026`. */
  readonly when: string;
  /** What happens, as a clause in the present tense, whose time stands at its end. */
  readonly what: string;
  /** What the sender does whom it concerns, and what several do. */
  readonly who: readonly [one: string, several: string];
  readonly concerns: (sender: Sender) => boolean;
  /** What to do before. */
  readonly fix: string;
}

const submitsWithPassword = (sender: Sender) =>
  chooseMethod(sender).method === "smtpAuth" && !sender.authentication.includes("oauth");
const inWorldwideCloud = (sender: Sender) =>
  submitsWithPassword(sender) && sender.environment === undefined;
const byCertificate = (sender: Sender) => {
  const { method, by } = chooseMethod(sender);
  return method === "connector" && by === "certificate";
};

/** A public certificate authority that ends the extended key usage clientAuth. Whether that stops a sender's mail nobody says. */
const ofAuthority = (
  name: string,
  rest: Pick<AnnouncedChange, "date" | "quotedBy" | "source">,
): AnnouncedChange => ({
  ...rest,
  read: "2026-11-29",
  when: `from ${rest.date} on`,
  what: `${name} issues certificates without the extended key usage clientAuth`,
  who: ["presents a certificate", "present certificates"],
  concerns: byCertificate,
  fix: "Windows and .NET present no certificate without it, so look for it in a certificate that is renewed after that, and run npm run verify",
  unproven: "whether Exchange Online takes a certificate without it",
});

/** The message as of 2026-01-27. */
const MC786329 = {
  source: "https://app.cloudscout.one/evergreen-item/MC786329",
  read: "2026-11-29",
};
const WITH_PASSWORD = [
  "signs in with a password (basic authentication)",
  "sign in with a password (basic authentication)",
] as const;
const TO_OAUTH =
  "move to OAuth or a connector before then: docs/how-to/send-with-a-password.md says how";

export const ANNOUNCED = {
  passwordOff: {
    ...MC786329,
    date: "2026-12-31",
    when: "at the end of December 2026",
    what: "Microsoft disables basic authentication for client submission by default (administrators of existing tenants can enable it again, new tenants cannot)",
    who: WITH_PASSWORD,
    concerns: inWorldwideCloud,
    fix: TO_OAUTH,
  },
  passwordEnd: {
    ...MC786329,
    date: "2027-06-30",
    when: "in the second half of 2027",
    what: "Microsoft announces the day on which it removes basic authentication for client submission",
    who: WITH_PASSWORD,
    concerns: inWorldwideCloud,
    fix: TO_OAUTH,
  },
  passwordOffElsewhere: {
    ...MC786329,
    date: "2026-12-31",
    when: "at the end of December 2026",
    what: "Microsoft disables basic authentication for client submission by default in the worldwide cloud",
    who: [`${WITH_PASSWORD[0]} in another cloud`, `${WITH_PASSWORD[1]} in another cloud`],
    concerns: (sender) => submitsWithPassword(sender) && sender.environment !== undefined,
    fix: TO_OAUTH,
    unproven: "whether and when in other clouds: the message is for the worldwide one",
  },
  highVolumePasswordEnd: {
    date: "2028-09-01",
    when: "in September 2028",
    what: "Microsoft ends basic authentication for High Volume Email",
    who: [
      "sends with High Volume Email and a password",
      "send with High Volume Email and a password",
    ],
    concerns: usesHighVolume,
    fix: "plan another method before then: docs/how-to/high-volume-email.md says why the stack makes no account that signs in with OAuth",
    source: "https://learn.microsoft.com/exchange/mail-flow-best-practices/high-volume-mails-m365",
    quotedBy:
      "https://windowsforum.com/threads/microsoft-365-high-volume-email-changes-security-external-delivery-and-strategic-migration.365144/latest",
    read: "2026-11-29",
  },
  letsEncryptClientAuth: ofAuthority("Let's Encrypt", {
    date: "2026-07-08",
    source: "https://letsencrypt.org/2025/05/14/ending-tls-client-authentication",
    quotedBy:
      "https://dev.to/monstermegs/ssl-certificate-client-authentication-ends-july-2026-2d6h",
  }),
  sectigoClientAuth: ofAuthority("Sectigo", {
    date: "2027-02-10",
    source: "https://comparecheapssl.com/?p=12632",
  }),
  digicertClientAuth: ofAuthority("DigiCert", {
    date: "2027-03-01",
    source:
      "https://knowledge.digicert.com/alerts/sunsetting-client-authentication-eku-from-digicert-public-tls-certificates",
  }),
} as const satisfies Readonly<Record<string, AnnouncedChange>>;

/** Changes that are in force, for which a preview refuses what they rule out. */
export const IN_FORCE = {
  /** High Volume Email takes no mail of an account without a billing policy. */
  highVolumeBilled: {
    date: "2026-06-01",
    source: "https://mc.merill.net/message/MC1243552",
    quotedBy: "https://c7solutions.com/2026/04/configuring-high-volume-email-for-payment",
    read: "2026-11-29",
  },
} as const satisfies Readonly<Record<string, Sourced & { readonly date: string }>>;

const ALL: readonly AnnouncedChange[] = Object.values(ANNOUNCED);

/**
 * What a preview and a review tell of announced changes, a sentence for all the senders that one concerns: from 90 days before on,
 * and afterwards, as it still is true. What nobody proves to stop mail is told by `npm run senders` alone.
 */
export const announcedNotices = (senders: readonly Sender[], now: Date): string[] =>
  ALL.filter(
    ({ date, unproven }) => unproven === undefined && daysUntil(new Date(date), now) < TOLD_DAYS,
  )
    .map((change) => ({ change, names: senders.filter(change.concerns).map(({ name }) => name) }))
    .filter(({ names }) => names.length > 0)
    .map(({ change, names }) => {
      const does = change.who[names.length === 1 ? 0 : 1];
      return `${naming("sender", names)} ${does}: ${sentenceOf(change)}; ${change.fix}`;
    });

/** What is announced for one sender, however long before: a sentence for all that it does the same about. */
export const announcedFor = (sender: Sender): string[] =>
  Object.entries(
    Object.groupBy(
      ALL.filter(({ concerns }) => concerns(sender)),
      ({ fix }) => fix,
    ),
  ).map(([fix, changes = []]) => {
    const unproven = new Set(changes.flatMap((change) => change.unproven ?? []));
    const doubts = [...unproven].map((doubt) => ` (unproven: ${doubt})`).join("");
    return `${changes.map(sentenceOf).join("; ")}${doubts}; ${fix}`;
  });

/** What is announced for one sender, the first to come as it is listed here: `at the end of December 2026 Microsoft …`. */
export const firstAnnounced = (sender: Sender): string | undefined => {
  const first = ALL.find(({ concerns }) => concerns(sender));
  return first && sentenceOf(first);
};

const sentenceOf = ({ what, when }: AnnouncedChange): string => `${when} ${what}`;
