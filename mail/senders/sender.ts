/** What a sender is able to do when it connects: present a certificate, or come from fixed addresses. */
export const AUTHENTICATIONS = ["certificate", "staticIp"] as const;
export type Authentication = (typeof AUTHENTICATIONS)[number];

/** An application, device or server that sends mail. */
export interface Sender {
  /** Short name, unique in the stack. */
  readonly name: string;
  /** Addresses it sends from; `*@domain` for all of a domain. */
  readonly from: readonly string[];
  readonly authentication: readonly Authentication[];
  /** Subject or alternative name of the certificate that it presents. */
  readonly certificateName?: string;
  /** Public IPv4 addresses or ranges that its mail leaves from. */
  readonly egress: readonly string[];
  /** Name of an inbound connector that exists already and shall be taken over. */
  readonly adoptConnector?: string;
}
