import { type Drift, describeDrift } from "../../drift/describe.ts";
import type { ConnectorForm } from "../../exchange/inboundConnector.ts";
import { ownerOf, senderOfOwner } from "../../ownership.ts";
import { stopInWords } from "../../stop/problems.ts";
import type { Finding, Severity } from "../finding.ts";
import { REPAIR } from "./fixes.ts";

/** The properties by which a connector refuses its sender's mail, or relays that of others. All else is a risk. */
const DECISIVE: readonly (keyof ConnectorForm)[] = [
  "connectorType",
  "enabled",
  "senderDomains",
  "senderIPAddresses",
  "tlsSenderCertificateName",
  "associatedAcceptedDomains",
  "requireTls",
];

const REFUSED = "Exchange refuses the sender's mail with 550 5.7.64";

/**
 * Judges the connector of a sender.
 *
 * @param owner `project/stack/sender`
 * @param wanted as the stack file declares it
 * @param seen the tenant's connector of that name; undefined where there is none
 * @param adopted whether it was there before the stack; it bears no mark unless an `up` had to change it
 * @param renamed name of another connector that bears the sender's mark
 */
export function judgeConnector(
  owner: string,
  wanted: ConnectorForm,
  seen: ConnectorForm | undefined,
  { adopted = false, renamed }: { readonly adopted?: boolean; readonly renamed?: string } = {},
): Finding[] {
  const resource = `connector "${wanted.name}"`;
  if (seen === undefined) {
    return renamed === undefined
      ? [
          {
            severity: "error",
            what: `${resource} is not there`,
            why: REFUSED,
            fix: adopted
              ? "create it again by hand; or take adoptConnector out of the stack file, and run npm run pulumi -- up --refresh --stack NAME, which then creates one of the stack's own"
              : REPAIR,
            resource,
          },
        ]
      : [
          {
            severity: "warning",
            what: `${resource} is called "${renamed}" in Exchange`,
            why: "commands that look for it by its name, such as npm run stop, don't find it",
            fix: REPAIR,
            resource,
          },
        ];
  }
  const stop = seen.enabled ? undefined : stopInWords(seen.comment, owner);
  const differing = (Object.keys(wanted) as (keyof ConnectorForm)[]).filter(
    (key) =>
      !["name", "comment"].includes(key) &&
      !(key === "enabled" && stop !== undefined) &&
      // Exchange need not keep it for OnPremises connectors.
      !(key === "requireTls" && wanted.requireTls),
  );
  const findings: Finding[] = [
    ...(stop === undefined
      ? []
      : [
          {
            severity: "error" as const,
            what: `${resource} ${stop.fact}`,
            why: REFUSED,
            fix: `run ${stop.start} when the sender may send again`,
            resource,
          },
        ]),
    ...differing.flatMap((key) => judgeProperty(key, owner, wanted, seen)),
    ...(adopted && ownerOf(seen.comment) === undefined ? [] : judgeMark(owner, seen, resource)),
  ];
  if (findings.length > 0) return findings;
  return [{ severity: "ok", what: `${resource} is as the stack file declares it` }];
}

function judgeProperty(
  key: keyof ConnectorForm,
  owner: string,
  wanted: ConnectorForm,
  seen: ConnectorForm,
): Finding[] {
  const drift = describeDrift({
    ...{ kind: "InboundConnector", name: wanted.name },
    before: { ...seen, owner, [key]: wanted[key] },
    now: { ...seen, owner },
  });
  if (drift === undefined) return [];
  const severity: Exclude<Severity, "ok"> = DECISIVE.includes(key) ? "error" : "warning";
  return [
    {
      severity,
      what: `connector "${wanted.name}": ${asDeclared(drift)}`,
      why:
        drift.meaning.join("; ") ||
        "Exchange handles the sender's mail in another way than the stack file declares",
      fix: key === "enabled" ? `${REPAIR}; ${SUPPORT}` : REPAIR,
      resource: `connector "${wanted.name}"`,
    },
  ];
}

/** A change in the words of a declaration: the last run may not have left what the stack file declares now. */
const asDeclared = ({ changes }: Drift): string =>
  changes.join("; ").replaceAll(", and was ", ", and the stack file says ");

const SUPPORT =
  "if it stays disabled, ask Microsoft Support to enable it: Exchange keeps connectors of some new tenants and subscriptions disabled";

function judgeMark(owner: string, seen: ConnectorForm, resource: string): Finding[] {
  const marked = ownerOf(seen.comment);
  if (marked === owner) return [];
  return [
    {
      severity: "warning",
      what:
        marked === undefined
          ? `the Comment of ${resource} does not have the mark of sender "${senderOfOwner(owner)}"`
          : `the Comment of ${resource} has the mark of ${marked}`,
      why: "npm run stop and npm run teardown change only what has the stack's mark",
      fix:
        marked === undefined
          ? REPAIR
          : `${REPAIR}; if ${marked} is in use, give one of the two senders another name`,
      resource,
    },
  ];
}
