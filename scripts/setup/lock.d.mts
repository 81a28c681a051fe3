/**
 * Runs `work` while this process alone holds the lock file, which names its process id. Waits for
 * a living holder (`waiting` is called once, with its id); a dead one's lock is taken over.
 */
export function withLock<T>(
  path: string,
  waiting: (holder: number | "unknown") => void,
  work: () => Promise<T>,
): Promise<T>;

/** Whether a process lives, as far as this user may know. */
export function isAlive(pid: number): boolean;
