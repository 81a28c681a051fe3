import type {
  PlannedResource,
  RelayOutputs,
  ReviewedConfig,
  StackPreview,
} from "../../../../mail/review/preview.ts";

const NONE = { senders: {}, dns: {} };

/** A preview that changes nothing, but for what is given. */
export function preview(given: Partial<StackPreview> = {}): StackPreview {
  return {
    stack: "prod",
    resources: [],
    outputs: { before: NONE, after: NONE },
    config: undefined,
    announced: [],
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
  { before, after, outputs = {}, isProtected = [false, false] }: Given,
): PlannedResource {
  const [wasProtected, staysProtected] = isProtected;
  const state = (inputs: Readonly<Record<string, unknown>>, protect: boolean) => ({
    ...{ inputs, outputs, isProtected: protect },
  });
  const isSame = JSON.stringify(before) === JSON.stringify(after);
  return {
    kind,
    name,
    operation: !before ? "create" : !after ? "delete" : isSame ? "same" : "update",
    before: before && state(before, wasProtected),
    after: after && state(after, staysProtected),
  };
}

interface Given {
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
  /** What the last run left. */
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** Whether Pulumi protects it before and after. */
  readonly isProtected?: readonly [before: boolean, after: boolean];
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

/** What a stack file says of senders and domains: nothing particular, but for what is given. */
export const config = (given: Partial<ReviewedConfig> = {}): ReviewedConfig => ({
  disposable: false,
  waitMinutes: 15,
  senders: [],
  domains: [],
  ...given,
});

/** Outputs of a stack that keeps its domain, with these senders before and after. */
export const senders = (
  before: RelayOutputs["senders"],
  after: RelayOutputs["senders"] = before,
): Pick<StackPreview, "outputs"> => {
  const dns = { "contoso.com": { dmarc: { policy: "none" } } };
  return { outputs: { before: { senders: before, dns }, after: { senders: after, dns } } };
};
