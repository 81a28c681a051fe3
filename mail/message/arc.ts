import { type Field, isNamed } from "./fields.ts";

/** The newest set of ARC fields, whoever wrote it. */
export interface Arc {
  /** Its number (`i=`), 1 for the first. */
  readonly instance: number;
  /** Whether the chain before it was valid, as its sealer says: `none`, `pass` or `fail`. */
  readonly chain: string;
  /** The domain that sealed (`d=`). */
  readonly sealer: string;
}

/** The most sets that a chain may have (RFC 8617 section 4.2.1). */
const MOST_SETS = 50;

/**
 * Reads the ARC-Seal with the highest number. What it says is its sealer's word: only a receiver that checks the
 * signatures can vouch for it, and does so in its Authentication-Results.
 *
 * @see RFC 8617 section 4.1.3 (ARC-Seal)
 */
export function arcOf(fields: readonly Field[]): Arc | undefined {
  const seals = fields
    .filter((field) => isNamed(field, "ARC-Seal"))
    .slice(0, MOST_SETS)
    .flatMap(({ value }) => {
      const tags = tagsOf(value);
      const instance = Number(tags.get("i"));
      const chain = tags.get("cv")?.toLowerCase();
      const sealer = tags.get("d")?.toLowerCase();
      if (!(instance >= 1 && instance <= MOST_SETS) || !chain || !sealer) return [];
      return [{ instance, chain, sealer }];
    });
  return seals.sort((one, other) => other.instance - one.instance)[0];
}

/** `i=1; a=rsa-sha256; …` (RFC 6376 section 3.2). */
function tagsOf(value: string): Map<string, string> {
  return new Map(
    value.split(";").flatMap((part) => {
      const equals = part.indexOf("=");
      return equals < 0 ? [] : [[part.slice(0, equals).trim(), part.slice(equals + 1).trim()]];
    }),
  );
}
