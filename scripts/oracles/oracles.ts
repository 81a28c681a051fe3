// What the independent programs are, and what is fetched to have them.

/** The independent programs, ready to run. */
export interface FoundOracles {
  kind: "found";
  /** The Python that runs pyspf, dkimpy and authheaders. */
  python: string;
  /** BIND's zone checker. */
  namedCheckzone: string;
  /** The folder that the packages are unpacked into, as a file system would have them. */
  root: string;
  /** The folder of the mail clients in it, each by its name. */
  clients: string;
  /** What all of them need in their environment. Not for other children: it changes what those load. */
  env: Record<string, string>;
  /** The packages that were unpacked, as "name version". */
  packages: readonly string[];
  /** OpenSPF's test suite (YAML), or why it is not there. */
  suite: { kind: "found"; file: string } | Missing;
}

export interface Missing {
  kind: "missing";
  reason: string;
}

/** The result of a search for the independent programs. */
export type OracleSearch = FoundOracles | Missing;

/** Mail clients that are not ours, as Debian packages; each has a program of the package's name in usr/bin. */
export const CLIENTS = ["msmtp", "curl", "s-nail", "swaks"] as const;

/** Mail servers that send through ours. Debian lets a machine have one of them only. */
export const SERVERS = ["postfix"] as const;

/**
 * What judges the same as we do, as Debian packages: pyspf, dkimpy, authheaders, OpenDMARC's library, BIND's zone checker;
 * the mail clients, with what swaks speaks TLS with; and the mail servers, with what their clients sign in by, and what
 * gives them the users that they run as. What they need comes with them, but for what the machine has.
 */
export const PACKAGES = [
  "python3",
  "publicsuffix",
  "python3-spf",
  "python3-dkim",
  "python3-authheaders",
  "libopendmarc2",
  "bind9-utils",
  ...CLIENTS,
  "libnet-ssleay-perl",
  ...SERVERS,
  "sasl2-bin",
  "libsasl2-modules",
  "libnss-wrapper",
  "libuid-wrapper",
];

/** The source package with OpenSPF's suite. It is third-party, and never copied into the repository. */
export const SUITE = { source: "pyspf", file: "test/rfc7208-tests.yml" };
