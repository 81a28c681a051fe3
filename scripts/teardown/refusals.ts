import { counted } from "../../mail/numberText.ts";
import type { Problem } from "../../mail/problem.ts";
import { GUID } from "../../mail/tenantId.ts";
import type { StackState } from "./state.ts";

// What keeps a stack from being torn down. Two things have to agree: the stack file, which a reviewer has seen, and the id of
// the tenant, which somebody types. An `up` in between takes Pulumi's protection away.

/** What a teardown is asked to do. */
export interface Request {
  /** The stack's name. */
  readonly stack: string;
  /** Path of its stack file, for messages. */
  readonly file: string;
  readonly disposable: boolean;
  readonly tenantId: string;
  /** The tenant's id as somebody gave it; undefined while nobody has. */
  readonly given: string | undefined;
  /** Undefined where the backend has no such stack. */
  readonly state: StackState | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Everything that is in the way; nothing has been changed. */
export const refusals = (request: Request): Problem[] => [
  ...notDisposable(request),
  ...stillProtected(request),
  ...otherTenants(request),
  ...(request.given === undefined ? [] : wrongTenant(request, request.given)),
];

const notDisposable = ({ stack, file, disposable }: Request): Problem[] =>
  disposable
    ? []
    : [
        {
          key: `stack "${stack}"`,
          value: undefined,
          rule: `is not disposable by its stack file, so it is not torn down`,
          fix: `two steps allow it: set m365-smtp-relay:disposable: true in ${file}, and run npm run pulumi -- up --stack ${stack}, which takes the protection away and changes nothing in the tenant; then run this again`,
        },
      ];

/** The file says so, and no `up` has been run since. */
function stillProtected({ stack, disposable, state }: Request): Problem[] {
  const { length } = state?.resources.filter((resource) => resource.protect) ?? [];
  if (!disposable || length === 0) return [];
  return [
    {
      key: `stack "${stack}"`,
      value: undefined,
      rule: `was not disposable in its last up, and ${counted(length, "resource is", "resources are")} still protected`,
      fix: `run npm run pulumi -- up --stack ${stack}, which takes the protection away and changes nothing in the tenant; then run this again`,
    },
  ];
}

/** The stack's resources, or the identity, belong to another tenant than the stack file says. */
function otherTenants({ stack, file, tenantId, state, env }: Request): Problem[] {
  const others = [...(state?.tenants ?? [])].filter((id) => id !== tenantId);
  const { ARM_TENANT_ID: identity } = env;
  return [
    ...others.map((other) => ({
      key: `${file}: azuread:tenantId`,
      value: tenantId,
      rule: `is another tenant than ${other}, in which stack "${stack}" has resources`,
      fix: `set it to ${other}`,
    })),
    ...(identity && identity.toLowerCase() !== tenantId
      ? [
          {
            key: "ARM_TENANT_ID",
            value: identity,
            rule: `is another tenant than the one in ${file}`,
            fix: "set ARM_TENANT_ID and the other ARM_ variables to the identity that deploys this stack",
          },
        ]
      : []),
  ];
}

function wrongTenant({ stack, file, tenantId }: Request, given: string): Problem[] {
  if (given.toLowerCase() === tenantId) return [];
  return [
    {
      key: "the tenant's id",
      value: given,
      rule: GUID.test(given)
        ? `is not that of the tenant of stack "${stack}"`
        : "is not the id of a tenant (a GUID)",
      fix: `give the azuread:tenantId of ${file}, if it is this tenant that you mean`,
    },
  ];
}
