import { isSpf, parseSpf } from "../../mail/dns/spf/parse.ts";
import { treeProblems } from "../../mail/dns/spf/problems.ts";
import { lookUpTree } from "../../mail/dns/spf/tree.ts";
import { resolver } from "../../zone/resolver.ts";
import type { SuiteCase } from "./suite.ts";

/** What we say of the record that a case is about. */
export interface OurVerdict {
  /** `permerror` where we tell its owner that receivers give up on it; whether it passes is no question of ours. */
  said: "permerror" | "no permerror";
  why: string;
}

/** Looks the record up as the provider does, reads it, and follows it to its end. */
export async function ourVerdict({ mailfrom, helo }: SuiteCase, port: number): Promise<OurVerdict> {
  const at = mailfrom.lastIndexOf("@");
  const domain = at < 0 ? helo : mailfrom.slice(at + 1);
  const resolve = resolver({ M365_SMTP_RELAY_DNS_SERVER: `127.0.0.1:${port}` });
  const answer = await resolve(domain, "TXT");
  const [text, second] = answer.status === "found" ? answer.records.filter(isSpf) : [];
  if (text === undefined) return { said: "no permerror", why: `no record, ${answer.status}` };
  if (second !== undefined) return { said: "permerror", why: "more than one record" };
  const fault = parseSpf(text).problems.find(({ severity }) => severity === "error");
  if (fault) return { said: "permerror", why: `"${fault.text}" ${fault.rule}` };
  const [problem] = treeProblems(domain, await lookUpTree(domain, text, resolve));
  if (problem) return { said: "permerror", why: `"${problem.value}": ${problem.rule}` };
  return { said: "no permerror", why: text };
}
