import type { Connection } from "./connection.ts";

/** What a server's clock showed, and what ours did when it was asked and when it had answered. */
export interface ClockReading {
  readonly host: string;
  readonly shown: Date;
  readonly asked: Date;
  readonly answered: Date;
}

/** No answer is waited for longer, in milliseconds. */
const LONGEST = 20_000;

/**
 * The clocks of Entra and Graph, by the `Date` of answers that need no sign-in.
 *
 * @throws Error when one does not answer, or without a date
 * @see RFC 9110 section 6.6.1 (Date)
 */
export function readClocks({
  cloud,
  tenantId,
}: Pick<Connection, "cloud" | "tenantId">): Promise<ClockReading[]> {
  const urls = [
    `${cloud.login}/${tenantId}/v2.0/.well-known/openid-configuration`,
    `${cloud.graph}/v1.0/domains`,
  ];
  return Promise.all(urls.map(readClock));
}

async function readClock(url: string): Promise<ClockReading> {
  const { host } = new URL(url);
  const asked = new Date();
  const response = await fetch(url, { signal: AbortSignal.timeout(LONGEST) }).catch(
    (cause: Error) => {
      const why = cause.cause instanceof Error ? cause.cause.message : cause.message;
      throw new Error(`no answer of ${host} (${why}); check the network and a proxy in between`, {
        cause,
      });
    },
  );
  await response.body?.cancel();
  const shown = new Date(response.headers.get("date") ?? "");
  if (Number.isNaN(shown.getTime())) {
    throw new Error(`the answer of ${host} has no Date; look for a proxy that takes it away`);
  }
  return { host, shown, asked, answered: new Date() };
}
