import type { AdoptedRelay } from "./relay.ts";

/** What of a relay is adopted as what, and what is left alone, as lines for a person. */
export function describeAdoptedRelay({ senders, domains, left }: AdoptedRelay): string[] {
  const notes = [
    ...senders.flatMap((sender) => sender.notes.map((note) => `${sender.name}: ${note}`)),
    ...domains.flatMap((domain) => domain.notes),
  ];
  return [
    ...(senders.length === 0 ? ["nothing can be adopted"] : ["adopted, and not written to:"]),
    ...senders.map(({ name, source }) => `  sender ${name} from ${source}`),
    ...domains.map(
      ({ name, unmanaged }) =>
        `  domain ${name}${unmanaged.length === 0 ? "" : `, but for ${unmanaged.join(", ")}`}`,
    ),
    ...section("to improve, one by one; a preview shows each change before it is made:", notes),
    ...section(
      "not adopted, and left as it is:",
      left.map(({ what, reason, todo }) => `${what}: ${reason}; ${todo}`),
    ),
  ];
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)];
