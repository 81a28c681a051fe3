import type { Refusal } from "./refusal.ts";
import type { Sender } from "./sender.ts";

/** Clouds whose machines can't connect to port 25 before somebody has asked for it, if at all. */
const CLOSES_PORT_25: Readonly<
  Partial<
    Record<NonNullable<Sender["runsOn"]>, Required<Pick<Refusal, "because" | "fix" | "fact">>>
  >
> = {
  azure: {
    because: "Azure keeps machines of most subscriptions from connecting to port 25",
    fix: "set port25 to true if its subscription is of a type that may (Enterprise Agreement, MCA-E)",
    fact: "port25OfAzure",
  },
  aws: {
    because: "AWS keeps machines from connecting to port 25",
    fix: "ask AWS to open port 25 for it, and set port25 to true",
    fact: "port25OfAws",
  },
  googleCloud: {
    because: "Google Cloud keeps machines from connecting to port 25",
    fix: "have it send through a server elsewhere (via), or set port25 to true if its project may",
    fact: "port25OfGoogleCloud",
  },
};

/** Refuses a sender that can't connect to port 25, as its stack file says or as its cloud keeps its machines from it. */
export function refuseClosedPort25({ port25, runsOn }: Sender): Refusal | undefined {
  if (port25 === true) return undefined;
  if (port25 === false) {
    return {
      because: "it can't connect to port 25 (port25: false)",
      fix: "have port 25 opened for it, and set port25 to true",
    };
  }
  return runsOn && CLOSES_PORT_25[runsOn];
}
