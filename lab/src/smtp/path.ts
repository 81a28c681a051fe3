/** MAIL or RCPT, read. */
export interface PathCommand {
  /** Without its angle brackets; empty for `<>`. */
  address: string;
  /** Whether each of the parameters that are known here has a value that it may have, once. */
  hasGoodParameters: boolean;
  /** SIZE of MAIL; 0 without one. */
  size: number;
}

const COMMAND = {
  MAIL: /^MAIL FROM\s*:\s*<([^<>\s]*)>(?:\s+(.*))?$/i,
  RCPT: /^RCPT TO\s*:\s*<([^<>\s]*)>(?:\s+(.*))?$/i,
};

/** Values of the ESMTP parameters that EHLO offers (RFC 1870, RFC 6152, RFC 6531, RFC 3461); others pass. */
const PARAMETERS: Record<string, RegExp> = {
  SIZE: /^\d{1,20}$/,
  BODY: /^(7BIT|8BITMIME)$/i,
  SMTPUTF8: /^$/,
  RET: /^(FULL|HDRS)$/i,
  ENVID: /./,
  NOTIFY: /^(NEVER|(SUCCESS|FAILURE|DELAY)(,(SUCCESS|FAILURE|DELAY))*)$/i,
  ORCPT: /^[\w!#$%&'*+/=?^`{|}~-]+;./,
};

/** An address without quoted local parts (RFC 5321 section 4.1.2). */
const ADDRESS =
  /^(?![.])(?!.*[.]{2})[^@\p{Cc}]+(?<![.])@(\[[\da-f.:]+\]|\[IPv6:[\da-f.:]+\]|(?![.])[a-z\d\u0080-\uffff.-]+(?<![.]))$/iu;
const MAX_ADDRESS = 253;

/** Reads the line of a MAIL or RCPT command (RFC 5321 section 4.1.1); undefined when its path is malformed. */
export function parsePath(verb: "MAIL" | "RCPT", line: string): PathCommand | undefined {
  const [whole, path = "", rest = ""] = COMMAND[verb].exec(line.trimEnd()) ?? [];
  const address = path.replace(/^@[^\s,:@]+(?:,@[^\s,:@]+)*:/, "");
  const isBare = verb === "MAIL" ? address === "" : /^postmaster$/i.test(address);
  if (whole === undefined || address.length > MAX_ADDRESS) return undefined;
  if (!isBare && !ADDRESS.test(address)) return undefined;
  const parameters = rest.split(/\s+/).filter((parameter) => parameter !== "");
  const pairs = parameters.map((parameter): [string, string] => {
    const [keyword = "", ...value] = parameter.split("=");
    return [keyword.toUpperCase(), value.join("=")];
  });
  const byKeyword = new Map(pairs);
  return {
    address,
    hasGoodParameters:
      byKeyword.size === pairs.length &&
      pairs.every(([keyword, value]) => PARAMETERS[keyword]?.test(value) ?? true),
    size: Number(byKeyword.get("SIZE") ?? 0),
  };
}
