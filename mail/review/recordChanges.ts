import { dmarcName } from "../dns/dmarc/plan.ts";
import { stageOf } from "../dns/dmarc/strength.ts";
import { unquoteTxt } from "../dns/txt.ts";
import { type Properties, text, textsIn, without } from "../properties.ts";
import { changedIn, ofKinds, type PlannedResource, type StackPreview } from "./preview.ts";

/** A DNS record before and after a change. */
export interface RecordChange {
  readonly name: string;
  readonly type: string;
  /** Its content; empty where there is no record. */
  readonly before: string;
  readonly after: string;
  /** SPF: every look-up of a receiver, line by line. */
  readonly lookUps: readonly string[];
}

/** How strict DMARC of a domain is before and after a change. */
export interface DmarcStageChange {
  readonly domain: string;
  /** Empty where there is none. */
  readonly before: string;
  readonly after: string;
  /** When the next step may come; empty where there is none. */
  readonly next: string;
}

/** What a record has before Exchange assigns its content. */
const LATER = "what Exchange assigns during the up";

/** The records that a preview creates, changes or removes, in zones that the stack writes. */
export function recordChanges(preview: StackPreview): RecordChange[] {
  const records = ofKinds(changedIn(preview), "SpfRecord", "DmarcRecord", "DnsRecord", "MxRecord");
  return records.map(recordChange).filter(({ before, after }) => before !== after);
}

function recordChange({ kind, before, after }: PlannedResource): RecordChange {
  const { inputs = {} } = after ?? before ?? {};
  switch (kind) {
    case "SpfRecord":
      return { name: text(inputs.domain), type: "TXT", ...sharedRecord(before, after) };
    case "DmarcRecord": {
      const name = dmarcName(text(inputs.domain));
      return { name, type: "TXT", ...sharedRecord(before, after) };
    }
    case "MxRecord":
      return {
        name: text(inputs.domain),
        type: "MX",
        before: hostIn(before?.inputs),
        after: hostIn(after?.inputs),
        lookUps: [],
      };
    default:
      return {
        name: text(inputs.name),
        type: text(inputs.type),
        before: text(before?.inputs.content),
        after: after === undefined ? "" : text(after.inputs.content) || LATER,
        lookUps: [],
      };
  }
}

/** A record that may have been there before the stack, and is put back when the stack lets go of it. */
function sharedRecord(
  before: PlannedResource["before"],
  after: PlannedResource["after"],
): Pick<RecordChange, "before" | "after" | "lookUps"> {
  const { lookUps } = after?.inputs ?? {};
  return {
    before: text(before?.outputs.after) || text(after?.inputs.before),
    after:
      after === undefined ? unquoteTxt(text(before?.outputs.original)) : text(after.inputs.after),
    lookUps: textsIn(lookUps),
  };
}

const hostIn = (inputs: Properties = {}): string =>
  "domain" in inputs ? `0 ${text(inputs.mxHost) || LATER}` : "";

/** Domains whose DMARC policy changes, by their records: an adopted one has a policy before the stack. */
export function dmarcStageChanges(preview: StackPreview): DmarcStageChange[] {
  return ofKinds(changedIn(preview), "DmarcRecord").flatMap(({ before, after }) => {
    const { inputs = {} } = after ?? before ?? {};
    const record = sharedRecord(before, after);
    const [was, is] = [record.before, record.after].map(stageOf);
    if (was?.policy === is?.policy) return [];
    return [
      {
        domain: text(inputs.domain),
        before: was?.policy ?? "",
        after: is?.policy ?? "",
        next: is?.next?.condition ?? "",
      },
    ];
  });
}

/** The terms of an SPF record; none of another one. */
export const spfTermsOf = (record: string): string[] =>
  /^v=spf1( |$)/i.test(record) ? record.split(/ +/).slice(1) : [];

/** The terms that an SPF record gets. */
export const addedSpfTerms = ({ before, after }: RecordChange): string[] =>
  without(spfTermsOf(after), spfTermsOf(before));
