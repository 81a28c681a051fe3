/** The independent programs, ready to run. */
export interface FoundOracles {
  kind: "found";
  /** The Python that runs pyspf, dkimpy and authheaders. */
  python: string;
  /** BIND's zone checker. */
  namedCheckzone: string;
  /** The folder of the mail clients, each by its name. */
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

/** What looking for the independent programs comes to. */
export type OracleSearch = FoundOracles | Missing;
