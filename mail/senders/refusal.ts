import type { LimitId, MethodFactId } from "./limits.ts";

/** Why a sender can't send by a way. */
export interface Refusal {
  /** A clause about the sender: `it peaks at 45, and the limit is 30 messages a minute`. */
  readonly because: string;
  /** What would let it, as an imperative: `add oauth to authentication`. */
  readonly fix: string;
  /** The limit that it is above. */
  readonly limit?: LimitId;
  /** What a page says that is against it. */
  readonly fact?: MethodFactId;
  /** That the sender lacks an ability or a server, and not only other numbers. */
  readonly lacking?: true;
}
