/** A DNS record as it stands in a zone. */
export interface FoundRecord {
  readonly type: string;
  /** Full name, lower case, no dot at the end. */
  readonly name: string;
  /** Of TXT with its quotes. */
  readonly content: string;
  /** What its keeper noted; empty when nothing, or when it was read from DNS. */
  readonly comment: string;
}
