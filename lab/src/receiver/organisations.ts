import type { Certificate, CertificateRequest } from "../certificates.ts";
import type { Context } from "../context.ts";
import type { SmtpServer } from "../smtp/server.ts";
import type { Receiver } from "../world/outside.ts";
import { receiversOf } from "../world/receivers.ts";
import { gmail } from "./gmail.ts";
import { type ImapServer, makeImapServer } from "./imap/server.ts";
import { buildMx } from "./mx.ts";
import { outlook } from "./outlook.ts";
import { postfix } from "./postfix.ts";
import type { MailSystem } from "./system.ts";

/** An organisation outside with its servers. Not listening yet. */
export interface Organisation {
  receiver: Receiver;
  mx: SmtpServer;
  imap: ImapServer;
  /** Of both servers. */
  certificate: Certificate;
}

export interface OrganisationsParts {
  context: Context;
  issue(request: CertificateRequest): Promise<Certificate>;
  /** Port of the lab's DNS server on 127.0.0.1. */
  dnsPort: () => number;
  passwordOf(address: string): string | undefined;
  /** Called after each message that was stored. */
  stored: () => void;
}

/** Builds the mail servers of every organisation outside. */
export function buildOrganisations(parts: OrganisationsParts): Promise<Organisation[]> {
  const { context, issue, passwordOf, stored } = parts;
  return Promise.all(
    receiversOf(context.world).map(async (receiver) => {
      const { mxHost, imapHost } = receiver;
      const certificate = await issue({
        names: [mxHost, imapHost, "localhost", "127.0.0.1"],
        issuer: "public",
      });
      const imap = makeImapServer({ context, receiver, certificate, passwordOf });
      const mx = buildMx({
        ...{ context, receiver, certificate, system: systemOf(receiver, parts) },
        stored() {
          imap.arrived();
          stored();
        },
      });
      return { receiver, mx, imap, certificate };
    }),
  );
}

/** Lets one of the servers of each organisation listen, and tells the ports. */
export async function listenAll(
  organisations: readonly Organisation[],
  server: "mx" | "imap",
  ports: readonly (number | undefined)[],
): Promise<Record<Receiver["style"], number>> {
  const listening = organisations.map(
    async (one, index): Promise<[string, number]> => [
      one.receiver.style,
      await one[server].listen(ports[index] ?? 0),
    ],
  );
  return Object.fromEntries(await Promise.all(listening)) as Record<Receiver["style"], number>;
}

function systemOf(receiver: Receiver, { context, dnsPort }: OrganisationsParts): MailSystem {
  switch (receiver.style) {
    case "gmail":
      return gmail(context, receiver, dnsPort);
    case "outlook":
      return outlook(context, receiver);
    case "postfix":
      return postfix(context, receiver, dnsPort);
  }
}
