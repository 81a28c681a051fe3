import { overviewOf } from "../../mail/senders/overview.ts";
import { AUTHENTICATIONS, PURPOSES, RUNS_ON, type Sender } from "../../mail/senders/sender.ts";
import { median, type Row, timed } from "./row.ts";

const SENDERS = 10_000;

/** The methods of 10,000 senders that differ in all that a method is chosen by, with every reason against the others. */
export async function measureManySenders(runs: number): Promise<Row[]> {
  const seconds: number[] = [];
  for (let run = 0; run < runs; run++) {
    // What was chosen once for a sender is known afterwards, so each run has senders of its own.
    const senders = Array.from({ length: SENDERS }, (_, index) => senderOf(index));
    seconds.push((await timed(async () => overviewOf(senders, 100))) / 1000);
  }
  return [{ name: "methods of 10,000 senders", measured: median(seconds), budget: 2, unit: "s" }];
}

const senderOf = (index: number): Sender => ({
  name: `sender-${index}`,
  from: [index % 7 === 0 ? "*@contoso.com" : `sender-${index}@contoso.com`],
  authentication: [AUTHENTICATIONS[index % AUTHENTICATIONS.length] ?? "oauth"],
  certificateName: `relay-${index}.contoso.com`,
  egress: ["198.51.100.7"],
  adoptMailbox: false,
  fence: false,
  retire: false,
  restrictToDomains: false,
  requireTls: true,
  credentialGeneration: 1,
  runsOn: RUNS_ON[index % RUNS_ON.length] ?? "device",
  purpose: PURPOSES[index % PURPOSES.length] ?? "bulk",
  external: (index % 11) / 10,
  messagesPerDay: 1 + (index % 20_000),
  peakPerMinute: 1 + (index % 60),
  recipientsPerMessage: 1 + (index % 600),
  largestMessageMB: 1 + (index % 40),
});
