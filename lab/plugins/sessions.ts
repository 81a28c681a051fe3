/** The sessions of a server that several runs, and several provider instances of one run, use at once. */
export interface Sessions<Session> {
  /** Begins the session of a connection, once it is configured. */
  begin(
    peer: string,
    configure: (signal: AbortSignal) => Session | Promise<Session>,
  ): Promise<void>;
  /** The session of a connection; for a connection that was opened anew, the last session that began. */
  of(peer: string): Session;
  /** Aborts what a connection has under way; engines ask for it at the end of every run too. */
  cancel(peer: string): void;
}

/** Keeps sessions by connection: each provider instance of a run opens one of its own. */
export function makeSessions<Session>(): Sessions<Session> {
  const sessions = new Map<string, { session: Session; cancel: AbortController }>();
  return {
    async begin(peer, configure) {
      const cancel = new AbortController();
      const session = await configure(cancel.signal);
      for (const [other, held] of sessions) {
        if (other === peer || held.cancel.signal.aborted) sessions.delete(other);
      }
      sessions.set(peer, { session, cancel });
    },
    of(peer) {
      const held = sessions.get(peer) ?? [...sessions.values()].at(-1);
      if (held === undefined) throw new Error("the plugin was not configured");
      return held.session;
    },
    cancel: (peer) => sessions.get(peer)?.cancel.abort(),
  };
}
