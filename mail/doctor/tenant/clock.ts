import type { Finding } from "../finding.ts";

/** A server's clock, and ours around it. */
interface Reading {
  readonly host: string;
  readonly shown: Date;
  readonly asked: Date;
  readonly answered: Date;
}

/** Seconds that a date in a header is cut by. */
const RESOLUTION = 1;
/** Seconds from which on a clock is told to be off, and from which on sign-ins fail. */
const [NOTED, TOLERATED] = [60, 300];

/**
 * Whether this machine's clock agrees with Microsoft's. What is signed here says when: Entra refuses it outside of its validity
 * (AADSTS700024), which begins now by this machine's clock, and tolerates 5 minutes.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/certificate-credentials (nbf, exp)
 * @see https://learn.microsoft.com/dotnet/api/microsoft.identitymodel.tokens.tokenvalidationparameters.defaultclockskew (5 minutes)
 */
export const judgeClock = (readings: readonly Reading[]): Finding[] => readings.map(judgeReading);

function judgeReading({ host, shown, asked, answered }: Reading): Finding {
  // The server's clock stood somewhere in this span while our question was under way.
  const [from, to] = [shown.getTime() / 1000, shown.getTime() / 1000 + RESOLUTION];
  const ahead = asked.getTime() / 1000 - to;
  const behind = from - answered.getTime() / 1000;
  const seconds = Math.max(0, ahead, behind);
  const way = ahead > behind ? "ahead of" : "behind";
  if (seconds < NOTED) {
    return { severity: "ok", what: `this machine's clock agrees with that of ${host}` };
  }
  return {
    severity: seconds < TOLERATED ? "warning" : "error",
    what: `this machine's clock is ${spanOf(seconds)} ${way} that of ${host}`,
    why: "from 5 minutes on, Entra refuses a sign-in with a certificate or a federated token from a machine with this clock; times in logs are wrong",
    fix: "synchronise the clock with NTP: timedatectl set-ntp true on Linux, w32tm /resync on Windows",
    resource: "this machine's clock",
  };
}

/** `90 s`, `12 min`, `3 h`, `40 days` */
function spanOf(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800
    ? `${Math.round(seconds / 3600)} h`
    : `${Math.round(seconds / 86_400)} days`;
}
