// The guardrails as a policy pack of Pulumi: an `up` that breaks one that is dangerous is stopped. The rules are in mail/.
import {
  PolicyPack,
  type PolicyResource,
  type ResourceValidationArgs,
  type ResourceValidationPolicy,
  type StackValidationPolicy,
} from "@pulumi/policy";
import { GUARDRAILS, type GuardedResource, type Guardrail } from "../mail/guardrails/guardrails.ts";
import { type Problem, sentence } from "../mail/problem.ts";
import { kindOf, type Properties } from "../mail/properties.ts";

/** A guardrail that asks each resource and the whole stack is one policy that does both. */
type Policy = Omit<ResourceValidationPolicy, "validateResource"> &
  Partial<Pick<ResourceValidationPolicy, "validateResource">> &
  Partial<Pick<StackValidationPolicy, "validateStack">>;

const LEVELS = { dangerous: "mandatory", look: "advisory" } as const;
const SEVERITIES = { dangerous: "high", look: "low" } as const;

function policyOf(guardrail: Guardrail): Policy {
  const { id, title, severity, source, isOptIn, judgeResource, judgeStack } = guardrail;
  return {
    name: id,
    description: `${title} (${source})`,
    enforcementLevel: isOptIn ? "disabled" : LEVELS[severity],
    severity: SEVERITIES[severity],
    url: source,
    ...(judgeResource && {
      validateResource: (args, report) =>
        tell(judgeResource(plannedResource(args), new Date()), report),
    }),
    ...(judgeStack && {
      validateStack: ({ resources }, report) =>
        tell(judgeStack(resources.map(finalResource), new Date()), report),
    }),
  };
}

function tell(problems: readonly Problem[], report: (message: string) => void): void {
  for (const problem of problems) report(sentence(problem));
}

/** Inputs of the resources that this run has asked about, by URN. The engine starts a pack for each run. */
const asked = new Map<string, Properties>();

/** A resource before it is made: the engine knows its inputs. */
function plannedResource({
  type,
  name,
  urn,
  props,
  opts,
}: ResourceValidationArgs): GuardedResource {
  const inputs = known(props) as Properties;
  asked.set(urn, inputs);
  return { kind: kindOf(type), name, inputs, isProtected: opts.protect };
}

/** A resource at the end of a run: the engine gives its outputs, which need not repeat its inputs. */
function finalResource({ type, name, urn, props, opts }: PolicyResource): GuardedResource {
  const outputs = known(props) as Properties;
  const inputs = asked.get(urn) ?? outputs;
  return { kind: kindOf(type), name, inputs, outputs, isProtected: opts.protect };
}

/** A value without what is not known yet: to ask for that throws. */
function known(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.keys(value).flatMap((key) => {
    try {
      return [[key, known((value as Record<string, unknown>)[key])] as const];
    } catch {
      return [];
    }
  });
  return Array.isArray(value) ? entries.map(([, one]) => one) : Object.fromEntries(entries);
}

new PolicyPack("m365-smtp-relay", {
  policies: GUARDRAILS.map(policyOf) as (ResourceValidationPolicy | StackValidationPolicy)[],
});
