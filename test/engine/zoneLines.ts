import type { Lab, RecordByHand } from "../../lab/src/lab.ts";

/** What a TXT record is for: the version that it begins with. */
const purposeOf = (content: string): string => /v=[A-Za-z0-9]+/.exec(content)?.[0] ?? "";

/**
 * Does what the owner of a zone does with lines of a zone file: each replaces what is there of the same name and type, TXT
 * records of the same purpose alone.
 *
 * @throws Error for a line that is no comment and no record, or is in no zone of the lab
 */
export function publish(lab: Lab, text: string): void {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith(";"));
  for (const line of lines) {
    const record = readLine(line);
    const { cloudflare, otherZones } = lab.world;
    const zone = [...cloudflare.zones, ...otherZones].find(
      ({ name }) => record.name === name || record.name.endsWith(`.${name}`),
    );
    if (zone === undefined) throw new Error(`the lab has no zone for: ${line}`);
    lab.editZone(zone.name, (records) => [
      ...records.filter((other) => !isReplaced(other, record)),
      { ...records.find((other) => isReplaced(other, record)), ...record },
    ]);
  }
}

function readLine(line: string): RecordByHand {
  const [, name = "", ttl, type = "", data = ""] =
    /^(\S+)\. (\d+) IN (TXT|CNAME|MX) (.+)$/.exec(line) ?? [];
  if (name === "") throw new Error(`no line of a zone file: ${line}`);
  // Cloudflare gives each CNAME this setting.
  const settings = type === "CNAME" ? { settings: { flatten_cname: false } } : {};
  const record = { name, ttl: Number(ttl), type, ...settings };
  if (type === "TXT") return { ...record, content: data };
  const [, priority, host = ""] = /^(?:(\d+) )?(\S+)\.$/.exec(data) ?? [];
  return { ...record, content: host, ...(priority && { priority: Number(priority) }) };
}

const isReplaced = (other: RecordByHand, { name, type, content }: RecordByHand): boolean =>
  other.name === name &&
  other.type === type &&
  (type !== "TXT" || purposeOf(other.content) === purposeOf(content));
