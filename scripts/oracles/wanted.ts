/** Mail clients that are not ours, as Debian packages; each has a program of the package's name in usr/bin. */
export const CLIENTS = ["msmtp", "curl", "s-nail", "swaks"] as const;

export type ClientName = (typeof CLIENTS)[number];

/**
 * What judges the same as we do, as Debian packages: pyspf, dkimpy, authheaders, BIND's zone checker; and the mail
 * clients, with what swaks speaks TLS with. What they need comes with them, but for what the machine has.
 */
export const PACKAGES = [
  "python3",
  "publicsuffix",
  "python3-spf",
  "python3-dkim",
  "python3-authheaders",
  "bind9-utils",
  ...CLIENTS,
  "libnet-ssleay-perl",
];

/** The source package with OpenSPF's suite. It is third-party, and never copied into the repository. */
export const SUITE = { source: "pyspf", file: "test/rfc7208-tests.yml" };
