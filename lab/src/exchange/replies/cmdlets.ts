import { defineReply, type Source } from "../../reply.ts";
import type { Failure, Warning } from "../cmdletError.ts";

const live: Source = { record: "graph2otel, live records of 2026-07" };
const guess = (why: string): Source => ({ assumed: why });

const COMMAND = "Microsoft.Exchange.AdminApi.CommandInvocation";
const BOOLEANS =
  " Boolean parameters accept only Boolean values and numbers, such as $True, $False, 1 or 0 instead.";

export const notFound = defineReply(
  "exchange.not-found",
  live,
  (identity: string, server: string): Failure => ({
    status: 404,
    type: "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException",
    text: `The operation couldn't be performed because object '${identity}' couldn't be found on '${server}'.`,
  }),
);

export const alreadyExists = defineReply(
  "exchange.already-exists",
  {
    record: "a public Go client's test that calls it a real body, of a role group",
    assumed: "that connectors end so too",
  },
  (distinguishedName: string): Failure => ({
    status: 400,
    type: "Microsoft.Exchange.Data.Directory.ADObjectAlreadyExistsException",
    text: `The object '${distinguishedName}' already exists.`,
  }),
);

export const unknownParameter = defineReply(
  "exchange.unknown-parameter",
  live,
  (parameter: string): Failure => ({
    status: 400,
    type: `${COMMAND}.AmbiguousParameterSetException`,
    text: `Parameter set cannot be resolved using the specified named parameters. Invalid cmdlet parameters specified. ${parameter}`,
  }),
);

export const badEnum = defineReply(
  "exchange.bad-enum",
  live,
  (parameter: string, value: string, type: string, names: readonly string[]): Failure => ({
    status: 400,
    type: `${COMMAND}.ParameterTransformationException`,
    text: `Cannot process argument transformation on parameter '${parameter}'. Cannot convert value "${value}" to type "${type}". Error: "Unable to match the identifier name ${value} to a valid enumerator name. Specify one of the following enumerator names and try again: ${names.join(", ")}"`,
  }),
);

export const badType = defineReply(
  "exchange.bad-type",
  guess("wording of PowerShell's own argument transformation"),
  (parameter: string, given: string, type: string): Failure => ({
    status: 400,
    type: `${COMMAND}.ParameterTransformationException`,
    text: `Cannot process argument transformation on parameter '${parameter}'. Cannot convert value "${given}" to type "${type}".${type === "System.Boolean" ? BOOLEANS : ""}`,
  }),
);

export const specifiedTwice = defineReply(
  "exchange.specified-twice",
  guess("wording of PowerShell's own parameter binding"),
  (parameter: string): Failure => ({
    status: 400,
    type: `${COMMAND}.ParameterBindingException`,
    text: `Cannot bind parameter because parameter '${parameter}' is specified more than once.`,
  }),
);

export const missingMandatory = defineReply(
  "exchange.missing-mandatory",
  guess("wording of PowerShell's own parameter binding"),
  (parameters: string[]): Failure => ({
    status: 400,
    type: `${COMMAND}.ParameterBindingException`,
    text: `Cannot process command because of one or more missing mandatory parameters: ${parameters.join(" ")}.`,
  }),
);

export const nothingModified = defineReply(
  "exchange.nothing-modified",
  guess("wording of Exchange's Set cmdlets, from memory"),
  (identity: string): Warning => ({
    text: `The command completed successfully but no settings of '${identity}' have been modified.`,
  }),
);

export const confirmation = defineReply(
  "exchange.confirmation",
  {
    provider: "azapptoolkit: @adminapi.confirmationmessage instead of acting",
    assumed:
      "the wording; that Set- asks too (its page says it doesn't), so that Confirm:false is always sent",
  },
  (cmdlet: string, identity: string): Warning => ({
    text: `Are you sure you want to perform this action? ${cmdlet} on '${identity}'.`,
  }),
);
