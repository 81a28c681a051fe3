import type { PlannedResource, StackPreview } from "../../../../mail/review/preview.ts";

const NONE = { senders: {}, dns: {} };

/** A preview that changes nothing, but for what is given. */
export function preview(given: Partial<StackPreview> = {}): StackPreview {
  return {
    stack: "prod",
    resources: [],
    outputs: { before: NONE, after: NONE },
    config: undefined,
    byHand: [],
    errors: [],
    printed: "Previewing update (prod):",
    ...given,
  };
}

/** A resource of a preview: its inputs before and after. */
export function resource(
  kind: string,
  name: string,
  { before, after, outputs = {} }: Given,
): PlannedResource {
  const state = (inputs: Readonly<Record<string, unknown>>) => ({
    ...{ inputs, outputs, isProtected: false },
  });
  const isSame = JSON.stringify(before) === JSON.stringify(after);
  return {
    kind,
    name,
    operation: !before ? "create" : !after ? "delete" : isSame ? "same" : "update",
    before: before && state(before),
    after: after && state(after),
  };
}

interface Given {
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
  /** What the last run left. */
  readonly outputs?: Readonly<Record<string, unknown>>;
}

export const TENANT = "any address of any accepted domain of the tenant";

/** A sender that relays, as the stack's outputs have it. */
export const relaying = (settings: Readonly<Record<string, unknown>>) => ({
  method: "connector",
  from: ["*@contoso.com"],
  maySendAs: TENANT,
  ...settings,
});

/** A sender that signs in. */
export const submitting = (settings: Readonly<Record<string, unknown>> = {}) => ({
  method: "smtpAuth",
  from: ["shop@contoso.com"],
  mailbox: "shop@contoso.com",
  sendAs: [],
  credential: { by: "secret" },
  ...settings,
});
