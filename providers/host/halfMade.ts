/**
 * Thrown when an object exists, but is not as it should be: the engine keeps it in state with `properties`, shows
 * `reasons`, and calls update at the next `up`.
 */
export class HalfMade extends Error {
  override readonly name = "HalfMade";
  readonly id: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly reasons: readonly string[];

  constructor(id: string, properties: object, reason: string, cause?: unknown) {
    super(reason, { cause });
    this.id = id;
    this.properties = { ...properties };
    this.reasons = [reason];
  }
}
