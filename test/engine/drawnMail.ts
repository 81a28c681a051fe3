// Messages that are drawn, and which fence has to refuse each. It knows no mail flow rule and no pattern: it imports neither the
// product's fence nor the lab's rules.
import { makeRandom, type Random } from "../../lab/src/random.ts";

/** A server of the customer's, with what its stack file says of it. */
export interface Server {
  readonly name: string;
  /** Public address that it connects from. */
  readonly address: string;
  /** The sender whose fence judges what comes from that address; undefined where none does. */
  readonly fencedBy?: string;
  /** What that fence lets pass. */
  readonly from: readonly string[];
  /** Name in the certificate that it presents; undefined where it presents none. */
  readonly certificateName?: string;
}

/** A drawn message. */
export interface DrawnMail {
  readonly server: Server;
  /** Envelope sender. */
  readonly sender: string;
  /** The addresses in From, the first one first. */
  readonly authors: readonly string[];
  /** The From fields, each with names, comments and folds; none in a message that has no author. */
  readonly from: readonly string[];
  /** Other fields that name an address, and change nothing. */
  readonly others: readonly string[];
  /** Whether the recipient is outside the organisation. */
  readonly isOutside: boolean;
}

/**
 * The sender whose fence has to refuse a message; undefined where none has to. Of several authors the first one counts, and a message
 * without one is nobody's.
 */
export function refusedBy({ server, authors: [first = ""] }: DrawnMail): string | undefined {
  const [local, domain] = halves(first);
  const isListed = server.from.some((entry) => {
    const [ownLocal, ownDomain] = halves(entry);
    return ownDomain === domain && (ownLocal === "*" || ownLocal === local);
  });
  return isListed ? undefined : server.fencedBy;
}

/** An address at its last `@`, in lower case. */
function halves(address: string): [local: string, domain: string] {
  const at = address.lastIndexOf("@");
  return [address.slice(0, at).toLowerCase(), address.slice(at + 1).toLowerCase()];
}

/** Draws messages of some servers: what is in their `from`, what nearly is, and what is not. */
export function drawMail(
  seed: string,
  count: number,
  servers: readonly Server[],
  domains: { readonly own: string; readonly others: readonly string[] },
): DrawnMail[] {
  const random = makeRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const server = servers[index % servers.length];
    if (server === undefined) throw new Error("there are no servers");
    const length = random.pick([1, 1, 1, 1, 1, 1, 1, 2, 3, 0]);
    const authors = Array.from({ length }, () => drawAuthor(random, server, domains));
    const sender = `${random.pick(["bounces", "erp", "x"])}@${domains.own}`;
    return {
      ...{ server, authors, sender, isOutside: random.pick([true, false]) },
      from: fieldsOf(
        random,
        authors.map((author) => written(random, author, server)),
      ),
      others: misleadingFields(random, server),
    };
  });
}

/** An author: one of the server's, one that is nearly one, or somebody else. */
function drawAuthor(
  random: Random,
  { from }: Server,
  { own, others }: { readonly own: string; readonly others: readonly string[] },
): string {
  const entry = random.pick(from);
  const [, domain] = halves(entry);
  const local = entry.startsWith("*@") ? random.pick(["anybody", "a.b", "x+y"]) : halves(entry)[0];
  const address = `${local}@${domain}`;
  const near = [
    `x${address}`,
    `${local}x@${domain}`,
    `${local.replace(/[.+]/, "x")}-@${domain}`,
    `${local}@mail.${domain}`,
    `${local}@x${domain}`,
    `${local}@${domain}.example`,
    `${local}@${domain.replace(".", "x")}`,
  ];
  const somebody = [`boss@${own}`, ...others.map((other) => `${local}@${other}`)];
  return inSomeCase(random, random.pick([address, random.pick(near), random.pick(somebody)]));
}

const inSomeCase = (random: Random, address: string): string =>
  random.pick([
    address,
    address.toUpperCase(),
    [...address].map((one) => (random.integer(0, 1) === 0 ? one.toUpperCase() : one)).join(""),
  ]);

/** From fields of written authors: one with all, a field each, or a group. */
function fieldsOf(random: Random, authors: readonly string[]): string[] {
  if (authors.length === 0) {
    return random.pick([[], ["From: "], ["From: <>"], ["From: undisclosed:;"]]);
  }
  const name = random.pick(["From", "from", "FROM"]);
  return random.pick([
    [`${name}: ${authors.join(random.pick([", ", ",", ",\r\n "]))}`],
    authors.map((author) => `${name}: ${author}`),
    [`${name}: Team: ${authors.join(", ")};`],
  ]);
}

/** Fields that look as if the message were somebody's of the server's `from`, or came from elsewhere. */
function misleadingFields(random: Random, { from }: Server): string[] {
  const own = random.pick(from).replace("*", "anybody");
  return random.pick([
    [],
    [`Reply-To: ${own}`],
    [`Resent-From: ${own}`],
    [`X-From: ${own}`],
    ["X-Originating-IP: [203.0.113.9]"],
    ["X-MS-Exchange-Organization-AuthAs: Internal"],
  ]);
}

/** An author as From has it: alone, or with a name that may look like an address, with comments and folds. */
function written(random: Random, address: string, { from }: Server): string {
  const misleading = random.pick(from).replace("*", "anybody");
  return random.pick([
    address,
    `<${address}>`,
    `Erp System <${address}>`,
    `"${misleading}" <${address}>`,
    `"Doe, Jane (${misleading})" <${address}>`,
    `=?utf-8?q?J=C3=B6rg?= <${address}>`,
    `"A long name"\r\n <${address}>`,
    `Erp (for ${misleading}) <${address}>`,
    `Erp (a (nested <${misleading}>) b) <${address}>`,
    `(for <${misleading}>) ${address}`,
    `${misleading} <${address}>`,
    `"a \\"<${misleading}>\\" b" <${address}>`,
    `"<${misleading}>, x" <${address}>`,
    `=?utf-8?b?${Buffer.from(`<${misleading}>,`).toString("base64")}?= <${address}>`,
  ]);
}
