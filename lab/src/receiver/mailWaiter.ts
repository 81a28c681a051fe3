import type { StoredMessage } from "../world/mail.ts";
import type { World } from "../world/world.ts";

/** Waits for messages outside without sleeping. */
export interface MailWaiter {
  /** To be called after each message that was stored. */
  arrived(): void;
  /**
   * Settles once `count` messages have arrived since the world began.
   * @throws Error after `timeoutMs` of real time, with what the queue says
   */
  wait(count: number, timeoutMs: number): Promise<StoredMessage[]>;
}

/** Makes the waiter over the outside mailbox. */
export function makeMailWaiter(world: World): MailWaiter {
  const waiting = new Set<() => void>();

  return {
    arrived() {
      for (const check of waiting) check();
    },
    wait: (count, timeoutMs) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(check);
          const queue = world.queue.map(({ state, lastReply }) => `${state}: ${lastReply}`);
          const queued = queue.length > 0 ? queue.join("; ") : "empty";
          reject(
            new Error(
              `${world.outside.messages.length} of ${count} messages after ${timeoutMs} ms; queue ${queued}`,
            ),
          );
        }, timeoutMs);
        const check = (): void => {
          if (world.outside.messages.length < count) return;
          clearTimeout(timer);
          waiting.delete(check);
          resolve(structuredClone(world.outside.messages));
        };
        waiting.add(check);
        check();
      }),
  };
}
