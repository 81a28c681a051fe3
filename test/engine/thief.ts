import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type HandoverResult, openLab, type SendingAs } from "../../lab/src/lab.ts";
import { loopbackOf } from "../../lab/src/world/nat.ts";
import { openScene } from "../../lab/stack/scene.ts";
import { labApplications } from "../../lab/stack/senders.ts";
import type { SignIn } from "../../lab/stack/signIn.ts";
import { comparableWorld } from "../../lab/story/world.ts";
import { talkSecurely } from "../../lab/test/unit/talk.ts";
import { SEED } from "./fixture.ts";

/** What an HTTPS service answered. */
interface Answer {
  status: number;
  text: string;
}

export type Thief = Awaited<ReturnType<typeof openThief>>;

/** Brings the lab's stack up, and gives a thief what shop signs in with. */
export async function openThief() {
  const folder = await mkdtemp(join(tmpdir(), "m365-thief-"));
  const lab = await openLab({ seed: SEED });
  const scene = await openScene(lab, folder);
  const close = async (): Promise<void> => {
    await scene.close();
    await lab.close();
    await rm(folder, { recursive: true, force: true });
  };
  const { world } = lab;
  world.settings.newestClientSwitch = "known";
  // The thief speaks to the endpoint that answers.
  world.settings.endpointRedirect = null;
  const [shop] = labApplications(world);
  const colleague = `anna@${world.tenant.domain}`;
  // So that what stops the thief there is not that nobody may submit mail.
  lab.admin("Set-CASMailbox", { Identity: colleague, SmtpClientAuthenticationDisabled: false });
  const { outputs } = await scene.stack.up({ skipPreview: true }).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const signIns = outputs.senders as Record<"shop" | "crm", SignIn>;
  const ca = readFileSync(lab.caFile, "utf8");
  const [outside = ""] = world.outside.mailboxes;

  /** A token of shop's for another resource or app than its own. */
  const tokenFor = (change: Partial<SignIn> = {}) =>
    scene.token(shop, { ...signIns.shop, ...change });

  async function ask(
    method: string,
    path: string,
    headers: Record<string, string>,
    body = "",
  ): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const options = { host: "localhost", port: lab.ports.https, path, method, ca, headers };
    request(options, (answer) =>
      text(answer).then((said) => resolve({ status: answer.statusCode ?? 0, text: said }), reject),
    )
      .on("error", reject)
      .end(body);
    return promise;
  }

  return {
    lab,
    signIns,
    /** A colleague's mailbox, and somebody outside. */
    colleague,
    outside,
    tokenFor,
    exchangeToken: await tokenFor(),
    graphToken: await tokenFor({ scope: "https://graph.microsoft.com/.default" }),

    /** Status, code and words of what Graph says. */
    async graph(token: string, method: string, path: string, body?: object) {
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
      const answer = await ask(method, path, headers, body && JSON.stringify(body));
      const { error = {} } = JSON.parse(answer.text || "{}");
      return [answer.status, error.code, error.message] as const;
    },

    /** What Exchange's admin API says to a cmdlet. */
    async cmdlet(token: string, CmdletName: string, Parameters: object) {
      const { id } = world.tenant;
      const headers = {
        authorization: `Bearer ${token}`,
        "content-type": "application/json; charset=utf-8",
        "x-anchormailbox": `APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@${id}`,
      };
      const body = JSON.stringify({ CmdletInput: { CmdletName, Parameters } });
      return ask("POST", `/adminapi/beta/${id}/InvokeCommand`, headers, body);
    },

    /** The words of Entra for a request with shop's identity, or with `form` alone. */
    async entra(
      form: Record<string, string>,
      { tenant = world.tenant.id, proves = true }: { tenant?: string; proves?: boolean } = {},
    ): Promise<string> {
      const { federatedIdentity } = shop;
      assert.ok(federatedIdentity);
      const proof = {
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion: await lab.issueAssertion({
          ...federatedIdentity,
          audience: "api://AzureADTokenExchange",
        }),
      };
      const sent = { client_id: signIns.shop.clientId, ...form, ...(proves ? proof : {}) };
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      const path = `/${tenant}/oauth2/v2.0/token`;
      const answer = await ask("POST", path, headers, `${new URLSearchParams(sent)}`);
      return JSON.parse(answer.text).error_description?.split(" Trace ID")[0] ?? "a token";
    },

    /** Submits a message, as shop with its own token if nothing else is said. */
    send(
      change: { user?: string; from?: string; author?: string } & (
        | { token?: string }
        | { password: string }
      ) = {},
    ): Promise<HandoverResult> {
      const { user = signIns.shop.mailbox, from, author = signIns.shop.mailbox, ...rest } = change;
      const credential = "password" in rest ? rest : { token: rest.token ?? this.exchangeToken };
      const message = `From: ${author}\r\nTo: ${outside}\r\nSubject: stolen\r\n\r\nhello\r\n`;
      const sending = { user, to: [outside], message, ...credential } as SendingAs;
      return lab.sendAs({ ...sending, ...(from !== undefined && { from }) });
    },

    /** What the MX host says to these commands in a TLS session. */
    talk: (...commands: string[]): Promise<string[]> =>
      talkSecurely(
        lab.ports.smtp,
        loopbackOf(world.addresses.stranger),
        { name: world.tenant.mxHost, ca },
        commands,
      ),

    /** What lasts of the world, and every message that anybody has. */
    async traces() {
      await lab.settle();
      const mail = world.mailboxes.flatMap(({ messages, sentItems }) => [
        ...messages,
        ...sentItems,
      ]);
      return {
        comparable: comparableWorld(lab),
        mail: [...mail, ...lab.mailbox()],
        queue: lab.world.queue,
      };
    },

    close,
  };
}
