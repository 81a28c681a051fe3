import type { FoundOracles } from "../../../scripts/oracles/oracles.ts";
import { loopbackOf } from "../../src/world/nat.ts";
import { type Ended, runClient } from "./runClient.ts";
import { type ClientScene, HOST } from "./scene.ts";

/** What a client is to send: as anna's mailbox, to bea. */
export interface Sending {
  token: string;
  /** Envelope sender. */
  from: string;
  /** The whole message. */
  message: string;
}

/** Sends a message by XOAUTH2; the token never stands in the client's arguments. */
export type Client = (
  sending: Sending,
  scene: ClientScene,
  oracles: FoundOracles,
) => Promise<Ended>;

/** The name of the host is the one in the certificate, which is verified. */
export const msmtp: Client = ({ token, from, message }, scene, oracles) => {
  const { lab, anna, bea, world, place } = scene;
  const settings = [
    "account relay",
    "host 127.0.0.1",
    `port ${lab.ports.submission}`,
    `source_ip ${loopbackOf(world.addresses.customer[0])}`,
    "tls on",
    "tls_starttls on",
    `tls_trust_file ${lab.caFile}`,
    `tls_host_override ${HOST}`,
    "auth xoauth2",
    `user ${anna.address}`,
    `passwordeval cat ${place("token", token)}`,
    `from ${from}`,
  ];
  const file = place("msmtprc", `${settings.join("\n")}\n`);
  const args = [`--file=${file}`, "--account=relay", bea];
  return runClient(oracles, "msmtp", args, message);
};

/** The certificate is verified here too. */
export const curl: Client = ({ token, from, message }, scene, oracles) => {
  const { lab, anna, bea, world, place } = scene;
  const { submission } = lab.ports;
  const args = [
    ...["--disable", "--silent", "--show-error", "--verbose", "--config", "-"],
    ...["--ssl-reqd", "--cacert", lab.caFile],
    ...["--interface", loopbackOf(world.addresses.customer[0])],
    ...["--resolve", `${HOST}:${submission}:127.0.0.1`],
    ...["--user", `${anna.address}:`, "--mail-from", from, "--mail-rcpt", bea],
    ...["--upload-file", place("message", message)],
    `smtp://${HOST}:${submission}/curl.${world.tenant.domain}`,
  ];
  return runClient(oracles, "curl", args, `oauth2-bearer = "${token}"\n`);
};

/**
 * Its word for XOAUTH2 is oauthbearer. It holds the certificate against the host that it connects to and can't be told
 * another, so it is not verified here.
 */
export const sNail: Client = ({ token, from, message }, scene, oracles) => {
  const { lab, anna, world, place } = scene;
  const settings = [
    "v15-compat",
    `mta=smtp://127.0.0.1:${lab.ports.submission}`,
    "smtp-use-starttls",
    "tls-verify=ignore",
    "smtp-auth=oauthbearer",
    `user=${anna.address}`,
    `password=${token}`,
    `from=${from}`,
    `hostname=s-nail.${world.tenant.domain}`,
    "sendwait",
    "nosave",
    "verbose",
  ];
  const file = place("mailrc", settings.map((setting) => `set ${setting}\n`).join(""));
  const args = ["-:/", "-X", `source ${file}`, "-t"];
  const input = message.replaceAll("\r\n", "\n");
  return runClient(oracles, "s-nail", args, input);
};
