// Whether both apps have exactly the rights that their stack needs, and how far that is proved.
import { compareRights } from "../../mail/rights/compare.ts";
import { appTitle } from "../../mail/rights/names.ts";
import { APP_NAMES, type AppName } from "../../mail/rights/rights.ts";
import { connect } from "../../tenant/connection.ts";
import { checkToken, TOKEN_VARIABLES } from "./cloudflare.ts";
import { heldBy } from "./held.ts";
import { type CheckedRight, proofsOf } from "./proofs.ts";
import type { World } from "./world.ts";

/** What `--check` found of one app. */
export interface CheckedApp {
  readonly app: AppName;
  readonly title: string;
  /** Left out while there is no app. */
  readonly clientId?: string;
  readonly rights: readonly CheckedRight[];
  /** What else is not as it should be, or was not looked at, a sentence each. */
  readonly remarks: readonly string[];
  /** Whether anything is missing or too much. */
  readonly isExact: boolean;
}

/**
 * Compares what the apps have with what the stack needs. The app whose identity is in the environment (`ARM_CLIENT_ID`) also
 * makes the calls by which a right shows; none of them changes anything.
 */
export async function checkApps(world: World, directoryRole: boolean): Promise<CheckedApp[]> {
  const checked: CheckedApp[] = [];
  for (const app of APP_NAMES) checked.push(await checkApp(world, app, directoryRole));
  return checked;
}

async function checkApp(world: World, app: AppName, directoryRole: boolean): Promise<CheckedApp> {
  const { entra, stack, rights } = world;
  const title = appTitle(stack, app);
  const zones = await zoneStates(world, app);
  const held = await heldBy(world, app, directoryRole);
  if (held === undefined) {
    const missing = rights[app]
      .filter(({ kind, extra }) => kind !== "zone" && extra === undefined)
      .map((right): CheckedRight => ({ ...right, state: "missing", shown: "granted" }));
    const remark = `the app "${title}" is not there; npm run bootstrap -- --stack ${stack} makes it`;
    const all = [...missing, ...zones.rights];
    return { app, title, rights: all, remarks: [remark, ...zones.remarks], isExact: false };
  }
  const { appId: clientId, certificates } = held.app;
  const states = compareRights(held.needed, held.rights);
  const proofs =
    process.env.ARM_CLIENT_ID?.toLowerCase() === clientId.toLowerCase()
      ? await proofsOf(await connect(world.connection), clientId, states)
      : new Map<string, CheckedRight>();
  const checked = states.map(
    (state): CheckedRight =>
      proofs.get(`${state.kind} ${state.name}`) ?? { ...state, shown: "granted" },
  );
  const federated = await entra.federatedCredentialsOf(held.app);
  const canSignIn = federated.length + certificates.length > 0;
  const remarks = [
    ...(canSignIn
      ? []
      : [
          `"${title}" has no federated credential and no certificate, so that nothing can sign in as it; run bootstrap again with --github, --gitlab, --azure-devops or --certificate`,
        ]),
    ...(proofs.size > 0
      ? []
      : [
          `no call was made as "${title}"; to have its rights tried, run this with ARM_CLIENT_ID=${clientId} and its certificate or token`,
        ]),
    ...zones.remarks,
  ];
  const all = [...checked, ...zones.rights];
  const isExact =
    canSignIn && all.every(({ state, shown }) => EXACT.includes(state) && shown !== "refused");
  return { app, title, clientId, rights: all, remarks, isExact };
}

/** Where nothing is missing or too much. */
const EXACT: readonly CheckedRight["state"][] = ["held", "optional", "unknown"];

/** The rights of an app's Cloudflare token. One that is not given can't be looked at, which is no finding. */
async function zoneStates(world: World, app: AppName) {
  const wanted = world.rights[app].filter(({ kind }) => kind === "zone");
  const variable = TOKEN_VARIABLES[app];
  if (wanted.length === 0) return { rights: [], remarks: [] };
  const found = await checkToken(world, app);
  if (found === undefined) {
    const rights = wanted.map(
      (right): CheckedRight => ({ ...right, state: "unknown", shown: "not looked at" }),
    );
    return { rights, remarks: [`${variable} is not set, so its permissions were not looked at`] };
  }
  if (typeof found === "string") {
    const rights = wanted.map(
      (right): CheckedRight => ({ ...right, state: "missing", shown: "called", by: variable }),
    );
    return { rights, remarks: [found] };
  }
  return {
    rights: found.map((state): CheckedRight => ({ ...state, shown: "called", by: variable })),
    remarks: [],
  };
}

/** The findings as lines for people. */
export function checkLines(checked: readonly CheckedApp[]): string[] {
  return checked.flatMap(({ title, clientId, rights, remarks }) => [
    `${title}${clientId === undefined ? "" : ` (client id ${clientId})`}`,
    ...rights.map(
      ({ state, name, because, extra, shown, by }) =>
        `  ${MARKS[state]} ${name}${because === "" ? ", which the stack does not need" : `: ${because}`}${state === "optional" ? ` [not given: --extra ${extra} gives it]` : shownText(shown, by)}`,
    ),
    ...remarks.map((remark) => `  ! ${remark}`),
    "",
  ]);
}

const MARKS = {
  held: "ok      ",
  missing: "MISSING ",
  optional: "optional",
  "too much": "TOO MUCH",
  unknown: "?       ",
} as const;

const shownText = (shown: CheckedRight["shown"], by = ""): string =>
  ({
    called: ` [tried: ${by}]`,
    granted: by === "" ? "" : ` [granted, and not tried: ${by}]`,
    refused: ` [granted, but refused: ${by}; a new right takes up to an hour]`,
    "not looked at": " [not looked at]",
  })[shown];
