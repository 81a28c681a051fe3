import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";

/** One question of OpenSPF's suite to an SPF checker. */
export interface SuiteCase {
  scenario: string;
  name: string;
  /** Sections of RFC 7208. */
  spec: string;
  host: string;
  mailfrom: string;
  helo: string;
  /** What may come of it. */
  results: readonly string[];
}

/** A scenario: what DNS says, and the cases that ask it. */
export interface Scenario {
  name: string;
  zone: SuiteZone;
  cases: SuiteCase[];
}

/** What stands at each name, which is in lower case. */
export type SuiteZone = ReadonlyMap<string, readonly SuiteRecord[]>;

/** A record; `value` "TIMEOUT" is no answer to its type, and the type "*" stands for those without a record. */
export interface SuiteRecord {
  type: string;
  value: unknown;
}

type RawRecord = "TIMEOUT" | Record<string, unknown>;
interface RawScenario {
  description: string;
  tests: Record<string, RawCase>;
  zonedata: Record<string, RawRecord[]>;
}
interface RawCase {
  spec: string | number | (string | number)[];
  host: string;
  mailfrom: string;
  helo: string;
  result: string | string[];
}

/** Reads the suite: the scenarios of a YAML file, one a document. */
export function readSuite(file: string): Scenario[] {
  const documents = parseAllDocuments(readFileSync(file, "utf8"));
  return [...documents].map((document) => {
    const raw: RawScenario = document.toJS();
    const zone = Object.entries(raw.zonedata).map(
      ([name, records]) => [name.toLowerCase(), readRecords(records)] as const,
    );
    const cases = Object.entries(raw.tests).map(([name, test]) => ({
      scenario: raw.description,
      name,
      spec: [test.spec].flat().join(", "),
      host: test.host,
      mailfrom: test.mailfrom,
      helo: test.helo,
      results: [test.result].flat(),
    }));
    return { name: raw.description, zone: new Map(zone), cases };
  });
}

/** The suite writes an SPF record once, as type SPF; it stands for a TXT record unless there is one beside it. */
function readRecords(raw: readonly RawRecord[]): SuiteRecord[] {
  const records = raw.flatMap((entry) =>
    entry === "TIMEOUT"
      ? [{ type: "*", value: "TIMEOUT" }]
      : Object.entries(entry).map(([type, value]) => ({ type, value })),
  );
  const hasText = records.some(({ type }) => type === "TXT");
  return records
    .filter(({ type, value }) => value !== "NONE" && !(type === "SPF" && hasText))
    .map(({ type, value }) => ({ type: type === "SPF" ? "TXT" : type, value }));
}
