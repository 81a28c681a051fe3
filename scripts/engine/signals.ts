/** Hands Ctrl-C and SIGTERM to a running operation of the engine. */
export interface Cancellation {
  readonly signal: AbortSignal;
  /** To be told everything the engine prints, so that it is not interrupted twice. */
  heard(text: string): void;
  /** To be called when the operation has ended. */
  done(): void;
}

/** A terminal's Ctrl-C reaches the engine by itself; how long to wait for it to say so, in milliseconds. */
const ENGINE_ANSWERS_WITHIN = 500;

/**
 * On SIGINT the engine gets half a second to notice by itself, as a second signal would make it drop the running
 * operation and leave it pending in the state; on SIGTERM it is told at once. Either way the running operation ends
 * first, everything is recorded and the lock is gone.
 */
export function cancelOnSignal(): Cancellation {
  const abort = new AbortController();
  let engineHeard = false;
  const onInterrupt = () => {
    setTimeout(() => {
      if (!engineHeard) abort.abort();
    }, ENGINE_ANSWERS_WITHIN);
  };
  const onTerminate = () => abort.abort();
  process.on("SIGINT", onInterrupt);
  process.on("SIGTERM", onTerminate);
  return {
    signal: abort.signal,
    heard(text) {
      if (text.includes("^C received")) engineHeard = true;
    },
    done() {
      process.off("SIGINT", onInterrupt);
      process.off("SIGTERM", onTerminate);
    },
  };
}
