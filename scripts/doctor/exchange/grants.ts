import { type Grants, judgeGrants, judgeSendAs } from "../../../mail/doctor/exchange/grants.ts";
import type { Finding } from "../../../mail/doctor/finding.ts";
import { SEND_AS } from "../../../mail/exchange/access.ts";
import { GRAPH_PERMISSIONS } from "../../../mail/rights/graph.ts";
import { SMTP_MANAGEMENT_ROLE } from "../../../mail/senders/access.ts";
import { rightOf } from "../../../providers/exchange/adoptedApplication.ts";
import { findAll, findOne, text } from "../../../providers/exchange/find.ts";
import { grants as isGrant } from "../../../providers/exchange/mailboxRight.ts";
import type { Invoke } from "../../../tenant/exchange.ts";
import { type GraphClient, graphClient } from "../../../tenant/graphClient.ts";
import { type Check, lookAtEach } from "../check.ts";
import { madeSubmitters, NOBODY_SIGNS_IN } from "./smtpAuth.ts";

/** Whether Exchange knows each sender's app, by the right object id, and lets it submit mail as its mailbox. */
export const grants: Check = {
  name: "grants",
  title: "rights of senders that sign in",
  afterUp: true,
  async look(context) {
    const { invoke, senders } = context;
    const submitters = madeSubmitters(context);
    if (submitters.length === 0) return NOBODY_SIGNS_IN;
    const graph = graphClient(await context.connect());
    const apps = submitters.flatMap(({ sender, mailbox, credential }) => {
      const appId = senders.get(sender)?.clientId?.toLowerCase();
      if (appId === undefined) return [];
      const isAdopted = credential.by === "adoptedApp";
      return [{ sender, address: mailbox.address, appId, isAdopted }];
    });
    const others = submitters.flatMap(({ mailbox: { address, sendAs } }) =>
      sendAs.map((other) => ({ address: other, trustee: address })),
    );
    return [
      ...(await lookAtEach(
        apps,
        ({ appId }) => `app ${appId}`,
        async (app) => judgeGrants({ ...app, ...(await readGrants(app, invoke, graph)) }),
      )),
      ...(await lookAtEach(
        others,
        ({ address }) => `mailbox ${address}`,
        (other) => lookAtSendAs(other, invoke),
      )),
    ];
  },
};

async function readGrants(
  { address: mailbox, appId }: Pick<Grants, "address" | "appId">,
  invoke: Invoke,
  graph: GraphClient,
): Promise<Pick<Grants, "inExchange" | "inEntra" | "isEnabled" | "right">> {
  const filter = encodeURIComponent(`appId eq '${appId}'`);
  const [principal] = await graph.list<{ id: string; accountEnabled?: boolean }>(
    `/servicePrincipals?$filter=${filter}&$select=id,accountEnabled`,
    GRAPH_PERMISSIONS.readApps,
  );
  const object = await findOne(invoke, "Get-ServicePrincipal", appId, ["AppId"]);
  const objectId = text(object?.ObjectId).toLowerCase();
  const ids = {
    inExchange: objectId,
    inEntra: (principal?.id ?? "").toLowerCase(),
    isEnabled: principal?.accountEnabled !== false,
  };
  if (objectId === "") return { ...ids, right: "none" };
  const right = await rightOf(invoke, { appId, objectId, mailbox });
  if (right !== undefined) return { ...ids, right };
  const roles = await findAll(invoke, "Test-ServicePrincipalAuthorization", {
    ...{ Identity: appId, Resource: mailbox },
  });
  const hasRole = roles.some(({ RoleName }) => RoleName === SMTP_MANAGEMENT_ROLE);
  return { ...ids, right: hasRole ? "out of scope" : "none" };
}

async function lookAtSendAs(
  { address, trustee }: { readonly address: string; readonly trustee: string },
  invoke: Invoke,
): Promise<Finding[]> {
  const entries = await findAll(invoke, `Get-${SEND_AS.noun}`, {
    ...{ Identity: address, [SEND_AS.trusteeParameter]: trustee, ResultSize: "Unlimited" },
  });
  const isHeld = entries.some((entry) => isGrant(entry, SEND_AS.right));
  return [judgeSendAs(address, trustee, isHeld)];
}
