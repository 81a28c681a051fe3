import { overlaps } from "../../senders/address.ts";
import type { Finding } from "../finding.ts";

/** How far a connection to an SMTP server came. */
export type Stage = "name" | "connect" | "greeting" | "hello" | "starttls" | "tls" | "done";

/** What an SMTP server said up to the EHLO within TLS. No message is sent. */
export interface Dialogue {
  /** What was done last; `done` when nothing went wrong. */
  readonly stage: Stage;
  /** What went wrong there. */
  readonly why?: string;
  /** Lines of the reply to EHLO before TLS, and within it. */
  readonly before: readonly string[];
  readonly within: readonly string[];
  readonly tls?: {
    readonly version: string;
    readonly cipher: string;
    /** Why its certificate is not good for the server's name. */
    readonly untrusted?: string;
  };
}

/** A server that senders of the stack connect to. */
export interface ServerOfSenders {
  readonly host: string;
  readonly port: number;
  readonly senders: readonly SenderOfServer[];
}

export interface SenderOfServer {
  readonly name: string;
  /** Public addresses that its connector recognises it by. */
  readonly egress: readonly string[];
  /** The SASL mechanism that it signs in with. */
  readonly mechanism?: "XOAUTH2" | "LOGIN";
}

/**
 * Judges what a server said to this machine. It is mostly not the machine of a sender, so that a port that is closed here says
 * little of the sender's network.
 *
 * @param overIpv6 undefined where the server has no IPv6 address
 */
export function judgeServer(
  server: ServerOfSenders,
  overIpv4: Dialogue,
  overIpv6: Dialogue | undefined,
): Finding[] {
  const resource = `${server.host}:${server.port}`;
  const wrong =
    wrongWithConnection(server, overIpv4) ??
    wrongWithTls(server, overIpv4) ??
    wrongWithSasl(server, overIpv4);
  const findings = wrong === undefined ? [sound(server, overIpv4)] : [{ ...wrong, resource }];
  const path = overIpv6 && wrongPath(server, overIpv4, overIpv6);
  return path === undefined ? findings : [...findings, { ...path, resource }];
}

type Wrong = Omit<Exclude<Finding, { severity: "ok" }>, "resource">;

function wrongWithConnection(
  server: ServerOfSenders,
  { stage, why = "" }: Dialogue,
): Wrong | undefined {
  const { host, port } = server;
  const whom = names(server);
  if (stage === "name") {
    return {
      severity: "unknown",
      what: `${host} could not be looked up: ${why}`,
      why: `${whom} can't find the server either, if their DNS says the same`,
      fix: "check this machine's DNS server, or name another one in M365_SMTP_RELAY_DNS_SERVER",
    };
  }
  if (stage === "connect") {
    const other =
      port === 25
        ? "many networks block port 25: ask the provider to open it, or give a sender in this network authentication: [oauth] and the address of its mailbox in from, for port 587"
        : "open this port for outgoing connections in the firewall";
    return {
      severity: "warning",
      what: `${host}:${port} can't be reached over IPv4 from this machine: ${why}`,
      why: `${whom} can't send if their network is like this machine's; if it is another one, nothing is known of it`,
      fix: `${other}; check from a sender's own machine with npm run verify -- --stack NAME --to ADDRESS`,
    };
  }
  if (stage === "greeting" || stage === "hello") {
    return {
      severity: "warning",
      what: `${host}:${port} refuses this machine: ${why}`,
      why: `Exchange, or a device on the way, refuses this network, and ${whom} too if they are in it`,
      fix: 'look the reply up with npm run doctor -- --stack NAME --reply "…", and ask the administrator of the network whether a device on the way inspects SMTP',
    };
  }
  return undefined;
}

function wrongWithTls(
  server: ServerOfSenders,
  { stage, why = "", before, tls }: Dialogue,
): Wrong | undefined {
  const { host, port } = server;
  const meaning =
    "mail is sent without TLS or not at all, and Exchange refuses it where the connector requires TLS or a certificate";
  const fix =
    'turn off the inspection of SMTP on the firewall on the way ("SMTP fixup", "ESMTP inspection", mail protection of an antivirus)';
  if (stage === "starttls" || stage === "tls" || !offers(before, "STARTTLS")) {
    const what = offers(before, "STARTTLS")
      ? `TLS with ${host}:${port} fails: ${why}`
      : `${host}:${port} offers no STARTTLS to this machine, which Exchange always does`;
    return { severity: "error", what, why: meaning, fix };
  }
  if (tls?.untrusted === undefined) return undefined;
  return {
    severity: "error",
    what: `${host}:${port} presents a certificate that is not valid for this name: ${tls.untrusted}`,
    why: "a device on the way answers in Exchange's place, or this machine does not have the root certificate",
    fix: `${fix}, or name a file with the missing root certificate in NODE_EXTRA_CA_CERTS`,
  };
}

function wrongWithSasl(server: ServerOfSenders, { within }: Dialogue): Wrong | undefined {
  const wanted = server.senders.flatMap(({ mechanism }) => mechanism ?? []);
  const lacking = wanted.find((mechanism) => !saslOf(within).includes(mechanism));
  if (lacking === undefined) return undefined;
  const whom = server.senders.filter(({ mechanism }) => mechanism === lacking);
  return {
    severity: "error",
    what: `${server.host}:${server.port} does not offer AUTH ${lacking}; it offers ${saslOf(within).join(", ") || "no mechanism"}`,
    why: `${whom.map(({ name }) => name).join(", ")} can't sign in`,
    fix:
      lacking === "LOGIN"
        ? "give the sender authentication: [oauth], as Exchange no longer takes passwords"
        : "check that the stack file names the right cloud in azuread:environment",
  };
}

/** A connector recognises IPv4 addresses alone, and most mail servers prefer IPv6. */
function wrongPath(
  server: ServerOfSenders,
  overIpv4: Dialogue,
  overIpv6: Dialogue,
): Wrong | undefined {
  if (overIpv6.stage !== "done") return undefined;
  const [here] = sendersHere(server, overIpv4);
  if (here === undefined) return undefined;
  const from = clientOf(overIpv6);
  return {
    severity: "warning",
    what: `this machine is sender ${here}'s, and reaches ${server.host} over IPv6 too${from === undefined ? "" : `, as ${from}`}`,
    why: "a connector recognises IPv4 addresses alone, so what leaves over IPv6 is refused with 5.7.64, or with 5.7.1 where the address has no PTR record",
    fix: "let its mail server connect over IPv4 only: inet_protocols = ipv4 in Postfix, disable_ipv6 = true in Exim",
  };
}

function sound(server: ServerOfSenders, dialogue: Dialogue): Finding {
  const { host, port, senders } = server;
  const { tls, within } = dialogue;
  const sasl = saslOf(within);
  const client = clientOf(dialogue);
  const isKnown = client !== undefined && senders.some(({ egress }) => egress.length > 0);
  const here = sendersHere(server, dialogue);
  const whose = here.length > 0 ? `that of ${here.join(", ")}` : "that of no sender";
  return {
    severity: "ok",
    what: [
      `${host}:${port} answers this machine over IPv4 with ${tls?.version} (${tls?.cipher}) and a valid certificate`,
      ...(sasl.length > 0 ? [`AUTH ${sasl.join(" ")}`] : []),
      ...(isKnown ? [`this machine's address is ${client}, ${whose}`] : []),
    ].join("; "),
  };
}

/** The senders whose addresses this machine's is one of. */
function sendersHere({ senders }: ServerOfSenders, dialogue: Dialogue): string[] {
  const client = clientOf(dialogue);
  if (client === undefined || client.includes(":")) return [];
  return senders
    .filter(({ egress }) => egress.some((address) => overlaps(address, client)))
    .map(({ name }) => name);
}

/** The address that the server sees: `250-host Hello [203.0.113.5]`. */
const clientOf = ({ within, before }: Dialogue): string | undefined =>
  /\[(?:IPv6:)?([0-9a-f.:]+)\]/i.exec(within[0] ?? before[0] ?? "")?.[1];

const offers = (lines: readonly string[], keyword: string): boolean =>
  lines.some((line) => line.slice(4).toUpperCase() === keyword);

const saslOf = (lines: readonly string[]): readonly string[] =>
  lines
    .map((line) => line.slice(4).toUpperCase())
    .filter((line) => line.startsWith("AUTH "))
    .flatMap((line) => line.split(" ").slice(1));

const names = ({ senders }: ServerOfSenders): string =>
  senders.map(({ name }) => name).join(", ") || "senders";
