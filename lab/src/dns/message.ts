import {
  type Answer,
  AUTHORITATIVE_ANSWER,
  type DecodedPacket,
  decode,
  encode,
  type OptAnswer,
  type Question,
  RECURSION_DESIRED,
  TRUNCATED_RESPONSE,
} from "dns-packet";

/** What a name server says to one question. */
export interface DnsReply {
  status: "NOERROR" | "SERVFAIL" | "NXDOMAIN" | "NOTIMP" | "REFUSED";
  answers: readonly Answer[];
  authorities: readonly Answer[];
  /** Send none of it over UDP: the client has to come back over TCP. */
  truncated?: boolean;
}

/** A question of class IN; the name as it was written, without the dot at the end. */
export interface DnsQuestion {
  name: string;
  type: string;
}

/** Answers a question; undefined for silence. */
export type Answering = (question: DnsQuestion) => DnsReply | undefined;

/** Response codes (RFC 1035, section 4.1.1). */
const CODES = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 };
/** Upper bits of the response code BADVERS (RFC 6891, section 9). */
const BAD_VERSION = 1;
const HEADER_BYTES = 12;
const PLAIN_UDP_BYTES = 512;
/** More is not sent in one UDP packet, whatever the client takes. */
const LARGEST_UDP_BYTES = 1232;

/** The reply to one DNS message; undefined for what gets none. */
export function respond(
  request: Buffer,
  transport: "udp" | "tcp",
  answer: Answering,
): Buffer | undefined {
  if (request.length < HEADER_BYTES || isResponse(request)) return undefined;
  if (opcodeOf(request) !== 0) return bare(request, CODES.NOTIMP);
  const packet = read(request);
  const [question] = packet?.questions ?? [];
  if (!packet || !question || packet.questions?.length !== 1) return bare(request, CODES.FORMERR);
  const opt = packet.additionals?.find((one) => one.type === "OPT");
  if (opt && opt.ednsVersion !== 0) return reply(packet, question, opt, BAD_VERSIONED);
  const said = refuse(question) ?? answer({ name: nameOf(question), type: question.type });
  if (said === undefined) return undefined;
  const whole = tryReply(packet, question, opt, said);
  if (!whole) return reply(packet, question, opt, { ...EMPTY, status: "SERVFAIL" });
  const room = transport === "tcp" ? Number.POSITIVE_INFINITY : roomOf(opt);
  if (whole.length <= room && !(said.truncated && transport === "udp")) return whole;
  return reply(packet, question, opt, { ...said, ...EMPTY }, TRUNCATED_RESPONSE);
}

const EMPTY = { answers: [], authorities: [] };
const BAD_VERSIONED: DnsReply & { extended: number } = {
  ...EMPTY,
  status: "NOERROR",
  extended: BAD_VERSION,
};

function isResponse(message: Buffer): boolean {
  return (message.readUInt8(2) & 0x80) !== 0;
}

function opcodeOf(message: Buffer): number {
  return (message.readUInt8(2) >> 3) & 0xf;
}

function read(message: Buffer): DecodedPacket | undefined {
  try {
    return decode(message);
  } catch {
    return undefined;
  }
}

/** A header alone, where the question can't be repeated. */
function bare(request: Buffer, code: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  request.copy(header, 0, 0, 3);
  header.writeUInt8((header.readUInt8(2) & 0x79) | 0x80, 2);
  header.writeUInt8(code, 3);
  return header;
}

/** Other classes and zone transfers are nobody's business here. */
function refuse({ class: klass, type }: Question): DnsReply | undefined {
  if (klass === "IN" && type !== "AXFR" && type !== "IXFR") return undefined;
  return { ...EMPTY, status: "REFUSED" };
}

function nameOf({ name }: Question): string {
  return name === "." ? "" : name;
}

function roomOf(opt: OptAnswer | undefined): number {
  if (!opt) return PLAIN_UDP_BYTES;
  return Math.min(Math.max(opt.udpPayloadSize, PLAIN_UDP_BYTES), LARGEST_UDP_BYTES);
}

function reply(
  { id = 0, flags = 0 }: DecodedPacket,
  question: Question,
  opt: OptAnswer | undefined,
  said: DnsReply & { extended?: number },
  truncated = 0,
): Buffer {
  const authoritative = said.status === "REFUSED" ? 0 : AUTHORITATIVE_ANSWER;
  const spelled = asAsked(question.name);
  const edns: Answer[] = opt
    ? [{ ...OPTIONS, extendedRcode: said.extended ?? 0, flags: opt.flags, flag_do: opt.flag_do }]
    : [];
  return encode({
    type: "response",
    id,
    flags: (flags & RECURSION_DESIRED) | authoritative | truncated | CODES[said.status],
    questions: [question],
    answers: said.answers.map(spelled),
    authorities: said.authorities.map(spelled),
    additionals: edns,
  });
}

/** Undefined when a record can't be put into bytes, such as a name by hand that is too long. */
function tryReply(...parts: Parameters<typeof reply>): Buffer | undefined {
  try {
    const message = reply(...parts);
    decode(message);
    return message;
  } catch {
    return undefined;
  }
}

const OPTIONS = {
  type: "OPT" as const,
  name: ".",
  udpPayloadSize: LARGEST_UDP_BYTES,
  ednsVersion: 0,
  options: [],
};

/** Owner names that were asked for keep the letter case of the question, as compression would have it. */
function asAsked(name: string): (answer: Answer) => Answer {
  return (answer) =>
    answer.name.toLowerCase() === name.toLowerCase() ? { ...answer, name } : answer;
}
