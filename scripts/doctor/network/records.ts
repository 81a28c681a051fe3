import { type DomainView, judgeRecords } from "../../../mail/doctor/network/records.ts";
import { authoritativeView, publicViews, type View } from "../../../zone/resolver.ts";
import { UnansweredError } from "../../dns/knownZone.ts";
import { judgedPublicationsOf } from "../../dns/publications.ts";
import type { Check } from "../check.ts";
import type { CheckContext } from "../context.ts";

/** What the stack's domains say in DNS, as the world sees it. */
export const records: Check = {
  name: "records",
  title: "DNS records",
  async look(context) {
    const { config, stack, domains, resolve, env } = context;
    const views = [authoritativeView(env, resolve), ...publicViews(env)];
    const judged = config.domains.map(async (domain) => {
      const seen = await Promise.all(views.map((view) => seenBy(view, domain, context)));
      const { name, unmanaged, dns } = domain;
      return judgeRecords(
        { name, unmanaged, host: dns.host, stack, isUp: domains.has(name) },
        seen,
      );
    });
    const findings = (await Promise.all(judged)).flat();
    if (context.unread === undefined) return findings;
    return { findings, notLookedAt: "what DKIM records have to say could not be read" };
  },
};

async function seenBy(
  { server, resolve }: View,
  domain: CheckContext["config"]["domains"][number],
  { config, domains, unread }: CheckContext,
): Promise<DomainView> {
  try {
    const outputs = domains.get(domain.name);
    const records = await judgedPublicationsOf(domain, config, outputs, resolve);
    // Without the outputs, the stack's own would be somebody else's.
    const isJudged = ({ purpose }: (typeof records)[number]) =>
      unread === undefined || purpose !== "dkim";
    return { server, records: records.filter(isJudged) };
  } catch (error) {
    if (!(error instanceof UnansweredError)) throw error;
    return { server, records: { failed: error.why } };
  }
}
