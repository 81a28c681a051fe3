import { setTimeout as sleep } from "node:timers/promises";

/** How old a list may be, in milliseconds, when no write of ours makes it stale. */
const MAX_AGE = 30_000;
/** Milliseconds between two reads while somebody waits: a pause is as long as the wait so far, within these limits. */
const PAUSE = { shortest: 1_000, longest: 20_000 };

/**
 * All objects of one kind in a tenant, for all resources of one run. Those that ask at the same time share one request,
 * of which one at most is running, and those that wait share one poll.
 */
export interface SharedList<T> {
  /** Every object. The list is at most 30 s old. */
  all(): Promise<readonly T[]>;
  /** Every object. The list begins after this call. */
  now(): Promise<readonly T[]>;
  /**
   * The object of a key, or undefined. The list is at most 30 s old, and it began after our last write of the object:
   * or else the object is the one that this write gave.
   */
  find(key: string): Promise<T | undefined>;
  /**
   * Runs a cmdlet that makes, changes or removes the object of a key. Lists that began before its end do not count for
   * this key any more, also when it fails.
   *
   * @param act gives the object as it is after the write, where the cmdlet says so
   */
  write(key: string, act: () => Promise<T | undefined>): Promise<T | undefined>;
  /**
   * Reads until the object of a key is as it should be. Every list that is read meanwhile counts, whoever asked for it.
   *
   * @param isDone gets the object and the milliseconds since the first look
   * @param limit milliseconds after which the last look is taken; 0 for one look
   * @returns the object as it was seen last
   */
  until(
    key: string,
    isDone: (object: T | undefined, waited: number) => boolean,
    limit: number,
  ): Promise<T | undefined>;
}

/** One answer. */
interface Read<T> {
  /** When it began, on the list's own count of events. */
  readonly began: number;
  /** The same as a time in milliseconds. */
  readonly at: number;
  readonly objects: readonly T[];
}

/** The last write of an object. */
interface Write<T> {
  /** When it ended, on the list's own count of events. */
  readonly ended: number;
  readonly at: number;
  readonly object: T | undefined;
}

/**
 * @param read asks for all objects
 * @param keyOf what an object is found by; keys are compared in lower case
 */
export function openList<T>(
  read: () => Promise<readonly T[]>,
  keyOf: (object: T) => string,
): SharedList<T> {
  let events = 0;
  let latest: Read<T> | undefined;
  let running: { readonly began: number; readonly answer: Promise<Read<T>> } | undefined;
  let next: Promise<Read<T>> | undefined;
  const wake: (() => void)[] = [];
  const writes = new Map<string, Write<T>>();

  const begin = (): Promise<Read<T>> => {
    const [began, at] = [++events, Date.now()];
    const answer = read()
      .then((objects) => {
        latest = { began, at, objects };
        for (const resolve of wake.splice(0)) resolve();
        return latest;
      })
      .finally(() => {
        running = undefined;
      });
    running = { began, answer };
    return answer;
  };
  /** A list that begins now. Who asks while one is running waits for its end, and shares the next. */
  const begun = (): Promise<Read<T>> => {
    if (next !== undefined) return next;
    if (running === undefined) return begin();
    next = running.answer
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        return begin();
      });
    return next;
  };
  /** A list that began after an event. */
  const since = async (event: number): Promise<Read<T>> => {
    if (latest !== undefined && latest.began > event) return latest;
    if (running !== undefined && running.began > event) return running.answer;
    return begun();
  };
  const isRecent = ({ at }: { readonly at: number }): boolean => Date.now() - at <= MAX_AGE;
  const recent = async (event: number): Promise<Read<T>> => {
    const known = await since(event);
    return isRecent(known) ? known : begun();
  };
  const pick = ({ objects }: Read<T>, key: string): T | undefined =>
    objects.find((object) => keyOf(object).toLowerCase() === key.toLowerCase());
  /** The first list that began after an event: somebody else's, or ours after a pause. */
  const after = async (event: number, pause: number): Promise<Read<T>> => {
    const timer = new AbortController();
    const woken = new Promise<void>((resolve) => wake.push(resolve));
    await Promise.race([woken, sleep(pause, undefined, timer).catch(() => undefined)]);
    timer.abort();
    return since(event);
  };

  /** What is known of a key, and the event since when. */
  const look = async (key: string): Promise<{ object: T | undefined; event: number }> => {
    const write = writes.get(key.toLowerCase());
    const ended = write?.ended ?? 0;
    const isNewest = latest === undefined || latest.began < ended;
    if (write?.object !== undefined && isNewest && isRecent(write)) {
      return { object: write.object, event: ended };
    }
    const list = await recent(ended);
    return { object: pick(list, key), event: list.began };
  };

  return {
    all: async () => (await recent(0)).objects,
    now: async () => (await begun()).objects,
    find: async (key) => (await look(key)).object,
    async write(key, act) {
      let object: T | undefined;
      try {
        object = await act();
        return object;
      } finally {
        writes.set(key.toLowerCase(), { ended: ++events, at: Date.now(), object });
      }
    },
    async until(key, isDone, limit) {
      const began = Date.now();
      for (let { object, event } = await look(key); ; ) {
        const waited = Date.now() - began;
        if (isDone(object, waited) || waited >= limit) return object;
        const pause = Math.min(Math.max(waited, PAUSE.shortest), PAUSE.longest);
        const list = await after(event, Math.min(pause, limit - waited));
        [object, event] = [pick(list, key), list.began];
      }
    },
  };
}
