import { type DomainView, judgeRecords } from "../../../mail/doctor/network/records.ts";
import { authoritativeView, publicViews, type View } from "../../../zone/resolver.ts";
import { UnansweredError } from "../../dns/knownZone.ts";
import { judgedPublicationsOf } from "../../dns/publications.ts";
import type { Check } from "../check.ts";
import type { Patient } from "../patient.ts";

/** What the stack's domains say in DNS, as the world sees it. */
export const records: Check = {
  name: "records",
  title: "DNS records",
  async look(patient) {
    const { config, stack, domains, resolve, env } = patient;
    const views = [authoritativeView(env, resolve), ...publicViews(env)];
    const judged = config.domains.map(async (domain) => {
      const seen = await Promise.all(views.map((view) => seenBy(view, domain, patient)));
      const { name, unmanaged, dns } = domain;
      return judgeRecords(
        { name, unmanaged, host: dns.host, stack, isUp: domains.has(name) },
        seen,
      );
    });
    return (await Promise.all(judged)).flat();
  },
};

async function seenBy(
  { server, resolve }: View,
  domain: Patient["config"]["domains"][number],
  { config, domains }: Patient,
): Promise<DomainView> {
  try {
    const outputs = domains.get(domain.name);
    return { server, records: await judgedPublicationsOf(domain, config, outputs, resolve) };
  } catch (error) {
    if (!(error instanceof UnansweredError)) throw error;
    return { server, records: { failed: error.why } };
  }
}
