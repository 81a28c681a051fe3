import { DMARC_POLICIES, type DmarcPolicy, parseDmarc } from "./record.ts";

/** How far a domain has come from watching to refusing. */
export interface DmarcStage {
  /** Undefined when the record names none. */
  readonly policy: DmarcPolicy | undefined;
  /** The step after this; undefined when there is none. */
  readonly next?: { readonly policy: DmarcPolicy; readonly condition: string };
}

const WATCHED =
  "reports have been read for at least two weeks and every sender passes SPF or DKIM aligned";

/**
 * Says at which stage a DMARC record is, and when the next one may come: none, quarantine, reject, and of a policy
 * that is only tried out, or asked for a share of mail, first the whole of it.
 */
export function stageOf(text: string): DmarcStage {
  const { policy, testing, pct } = parseDmarc(text);
  if (policy === undefined) return { policy };
  const share = policy !== "none" && pct < 100 ? `pct=${pct}` : "";
  const trial = policy !== "none" && testing ? "t=y" : "";
  const held = [share, trial].filter((tag) => tag !== "").join(" and ");
  if (held !== "") {
    const condition = `Take ${held} out, which is a tightening, once ${WATCHED}.`;
    return { policy, next: { policy, condition } };
  }
  const after = DMARC_POLICIES[DMARC_POLICIES.indexOf(policy) + 1];
  if (after === undefined) return { policy };
  return { policy, next: { policy: after, condition: `Ask for ${after} once ${WATCHED}.` } };
}
