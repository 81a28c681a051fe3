import type { SenderOutput } from "../../../mail/clients/settings.ts";
import { CLOUDS } from "../../../mail/clouds.ts";
import type { RecordType } from "../../../mail/dns/record.ts";
import type { Finding } from "../../../mail/doctor/finding.ts";
import {
  type Dialogue,
  judgeServer,
  type SenderOfServer,
  type ServerOfSenders,
} from "../../../mail/doctor/network/smtpServer.ts";
import { HIGH_VOLUME_HOST } from "../../../mail/exchange/highVolume.ts";
import { signsIn, usesHighVolume } from "../../../mail/senders/choose.ts";
import { greet } from "../../smtp/greet.ts";
import { placeOf } from "../../smtp/route.ts";
import type { Check } from "../check.ts";
import type { CheckContext } from "../context.ts";

/** Whether the servers that the senders connect to talk to this machine, and over TLS. */
export const ports: Check = {
  name: "ports",
  title: "SMTP servers, from this machine",
  async look(context) {
    const servers = serversOf(context);
    const findings = await Promise.all(servers.map((server) => look(server, context)));
    const isKnown = context.lastUp.size > 0;
    return {
      findings: findings.flat(),
      ...(!isKnown && {
        notLookedAt: "which host takes mail on port 25 is known from what up has made",
      }),
    };
  },
};

async function look(server: ServerOfSenders, { resolve, env }: CheckContext): Promise<Finding[]> {
  const place = placeOf(server, env);
  const { host, port } = server;
  // Where a connection is sent elsewhere, the server's own addresses say nothing.
  if (place.host !== host) return judgeServer(server, await greet(host, place), undefined);
  const over = async (type: RecordType): Promise<Dialogue | undefined> => {
    const answer = await resolve(host, type);
    if (answer.status === "failed") return unnamed(answer.why);
    const [address] = answer.status === "found" ? answer.records : [];
    return address === undefined ? undefined : greet(host, { host: address, port });
  };
  const [v4 = unnamed("it has no IPv4 address"), v6] = await Promise.all([over("A"), over("AAAA")]);
  return judgeServer(server, v4, v6);
}

const unnamed = (why: string): Dialogue => ({ stage: "name", why, before: [], within: [] });

/** Every server with its senders: as the outputs say, and before the first `up` those for sign-ins, as the stack file does. */
function serversOf({ lastUp, senders, config }: CheckContext): ServerOfSenders[] {
  if (lastUp.size === 0) {
    const byHost = Map.groupBy(config.senders.filter(signsIn), (sender) =>
      usesHighVolume(sender) ? HIGH_VOLUME_HOST : CLOUDS[config.environment].submission,
    );
    return [...byHost].map(([host, signing]) => ({
      ...{ host, port: 587 },
      senders: signing.map(({ name }): SenderOfServer => ({ name, egress: [] })),
    }));
  }
  const connecting = [...senders].flatMap(([name, output]) => {
    const { host, port } = output;
    return host === undefined || port === undefined
      ? []
      : [{ host, port, sender: senderOf(name, output) }];
  });
  const byServer = Map.groupBy(connecting, ({ host, port }) => `${host}:${port}`);
  return [...byServer.values()].flatMap((all) => {
    const [first] = all;
    if (first === undefined) return [];
    const { host, port } = first;
    return [{ host, port, senders: all.map(({ sender }) => sender) }];
  });
}

function senderOf(name: string, { egress = [], credential }: SenderOutput): SenderOfServer {
  if (credential === undefined) return { name, egress };
  return { name, egress, mechanism: credential.by === "password" ? "LOGIN" : "XOAUTH2" };
}
