import { isObject, type Value, type Values } from "../values.ts";
import { named } from "./application.ts";
import type { Graph } from "./graph.ts";
import { lasting, step } from "./steps.ts";

/** Where an app's credentials stand in Graph. */
export type CredentialList = "keyCredentials" | "passwordCredentials";

/** An app's credentials of one sort. */
export function credentialsIn(app: Values, list: CredentialList): Values[] {
  const held = app[list];
  return Array.isArray(held) ? held.filter(isObject) : [];
}

/** The credential with a key id, in upper or lower case. */
export const withKey = (credentials: readonly Values[], keyId: string): Values | undefined =>
  credentials.find((one) => isKey(one, keyId));

export const isKey = (credential: Values, keyId: string): boolean =>
  String(credential.keyId).toLowerCase() === keyId.toLowerCase();

/** Looks at the app until the credential is there, or is not, for good. */
export async function awaitCredential(
  wanted: "there" | "gone",
  {
    app,
    list,
    keyId,
    summary,
  }: { app: string; list: CredentialList; keyId: string; summary: string },
  graph: Graph,
): Promise<void> {
  await step(summary, () =>
    lasting(wanted === "there" ? "Done" : "Deleted", async () => {
      const found = await graph.call("GET", `/v1.0/applications/${app}`);
      const isThere = withKey(credentialsIn(found, list), keyId) !== undefined;
      return isThere === (wanted === "there");
    }),
  );
}

/** Reads the app before something is done with its credentials. */
export const readApp = (app: string, graph: Graph): Promise<Values> =>
  step(`Retrieving ${named(app)}`, () => graph.call("GET", `/v1.0/applications/${app}`));

/** The dates a program set, as the plugin sends them: to the second. */
export function datesOf({ startDate, endDate }: Values): Values {
  return {
    ...(isDate(endDate) && { endDateTime: wholeSeconds(endDate) }),
    ...(isDate(startDate) && { startDateTime: wholeSeconds(startDate) }),
  };
}

const isDate = (value: Value | undefined): value is string =>
  typeof value === "string" && value.includes("T");

const wholeSeconds = (date: string): string => date.replace(/\.\d+/, "");
