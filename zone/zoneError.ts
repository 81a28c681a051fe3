/** A refusal of Cloudflare, in its own words. */
export class ZoneError extends Error {
  override readonly name = "ZoneError";
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** Cloudflare's own error codes, e.g. 81058. */
  readonly codes: readonly number[];

  constructor(message: string, status: number, codes: readonly number[], cause: unknown) {
    super(message, { cause });
    this.status = status;
    this.codes = codes;
  }
}

/** Whether nobody knows if a write was carried out: no answer, or one from between us and Cloudflare. */
export const isOutcomeUnknown = (error: unknown): boolean =>
  error instanceof ZoneError && (error.status === 0 || error.status >= 500);
