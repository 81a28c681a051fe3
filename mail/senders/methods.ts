/**
 * Ways to hand mail to Microsoft, by Microsoft's names. Two of them have forms that differ in what a sender needs: client
 * submission with OAuth or with a password, and a connector that recognises a certificate or addresses.
 *
 * @see https://learn.microsoft.com/exchange/mail-flow-best-practices/how-to-set-up-a-multifunction-device-or-application-to-send-email-using-microsoft-365-or-office-365
 */
export const METHODS = [
  "smtpAuth",
  "connector",
  "highVolumeEmail",
  "directSend",
  "azureCommunicationServices",
  "graph",
  "onPremisesExchange",
] as const;
export type Method = (typeof METHODS)[number];

const MADE = ["smtpAuth", "connector", "directSend", "highVolumeEmail"] as const;

/** A method that the stack makes something for. */
export type MadeMethod = (typeof MADE)[number];

/** Whether the stack makes something for a method; a sender with another one is set up elsewhere. */
export const isMade = (method: string): method is MadeMethod =>
  MADE.some((made) => made === method);

/** Whether mail of a method comes in on port 25, from the sender's own addresses. */
export const isRelayed = (method: Method): boolean =>
  method === "connector" || method === "directSend";

/** A method with the form that a sender would use. */
export interface Way {
  readonly method: Method;
  readonly by?: "oauth" | "password" | "certificate" | "staticIp";
}

/** The ways, in the order in which a sender gets the first one that fits: the safest first, then the one with the least beside it. */
export const WAYS: readonly Way[] = [
  { method: "smtpAuth", by: "oauth" },
  { method: "connector", by: "certificate" },
  { method: "connector", by: "staticIp" },
  { method: "highVolumeEmail" },
  { method: "smtpAuth", by: "password" },
  { method: "directSend" },
  { method: "azureCommunicationServices" },
  { method: "graph" },
  { method: "onPremisesExchange" },
];

/** What people read of a way, or of a method whose form does not matter. */
export function nameOfWay({ method, by }: Way): string {
  const form = by === undefined ? "" : FORMS[by];
  return `${NAMES[method]}${form}`;
}

const NAMES: Readonly<Record<Method, string>> = {
  smtpAuth: "client submission",
  connector: "connector",
  highVolumeEmail: "High Volume Email",
  directSend: "direct send",
  azureCommunicationServices: "Azure Communication Services",
  graph: "Graph sendMail",
  onPremisesExchange: "on-premises Exchange",
};

const FORMS: Readonly<Record<NonNullable<Way["by"]>, string>> = {
  oauth: " with OAuth",
  password: " with a password",
  certificate: " by certificate",
  staticIp: " by address",
};
