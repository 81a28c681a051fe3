import { verify } from "../../lab/src/receiver/verify.ts";
import { fieldText, resultsOf } from "./results.ts";
import type { SuiteCase } from "./suite.ts";

/** Nobody's message: what SPF says does not depend on it. */
const MESSAGE = "From: nobody@nowhere.invalid\r\n\r\n";

/** The SPF verdict of the lab's receiver, which has it from mailauth, over a name server on this machine. */
export async function askReceiver(
  { host, mailfrom, helo }: SuiteCase,
  port: number,
): Promise<{ result: string; why: string }> {
  const handed = { raw: MESSAGE, sender: mailfrom, clientAddress: host, helo };
  const { fields } = await verify(handed, "mx.example.org", port);
  return { result: resultsOf(fields).spf, why: fieldText(fields) };
}
