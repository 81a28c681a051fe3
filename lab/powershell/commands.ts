import { CmdletError } from "../src/lab.ts";
import { connectMgGraph } from "./graph.ts";
import { graphCommands } from "./graphCommands.ts";
import { type Command, CommandFailure, type Given } from "./session.ts";
import { ScriptError } from "./syntax.ts";
import { asText, isEqual, piped, propertyOf, SecureText } from "./values.ts";

/**
 * The command of this name, in any letter case. What is none of PowerShell's own and none of Graph's is Exchange's.
 *
 * @throws ScriptError for a name that is none of these
 */
export function findCommand(name: string, line: number): Command {
  const found = commands.get(name.toLowerCase());
  if (found !== undefined) return found;
  if (/-Mg/i.test(name)) throw new ScriptError(line, `the lab does not know the command ${name}`);
  return exchangeCommand(name);
}

/**
 * What is given, by the names that are known; the first of them may be given without its name.
 *
 * @throws ScriptError for any other
 */
function readGiven(given: Given, line: number, names: readonly string[], first?: string) {
  const known = new Map<string, unknown>();
  for (const [key, value] of given) {
    const wanted = key === "#0" && first !== undefined ? first : key;
    const name = names.find((one) => one.toLowerCase() === wanted.toLowerCase());
    if (name === undefined)
      throw new ScriptError(line, `the lab does not know the parameter ${key} here`);
    known.set(name, value);
  }
  return known;
}

const outNull: Command = () => [];

/** The form without braces: `Where-Object Name -EQ 'x'`. */
const whereObject: Command = ({ given, input, line }) => {
  const property = asText(given.get("#0"), line);
  const operator = ["eq", "ne", "notin"].find((name) => given.has(name));
  if (operator === undefined || given.size !== 2) {
    throw new ScriptError(
      line,
      "the lab knows Where-Object with a property and -EQ, -NE or -NotIn alone",
    );
  }
  const others = [given.get(operator)].flat();
  return input.filter((item) => {
    const value = propertyOf(item, property, { line });
    return others.some((other) => isEqual(value, other)) === (operator === "eq");
  });
};

/** The form with a property: `ForEach-Object Name`. */
const forEachObject: Command = ({ given, input, line }) => {
  const property = asText(given.get("#0"), line);
  if (given.size !== 1) throw new ScriptError(line, "the lab knows ForEach-Object with a property");
  return input.flatMap((item) => piped(propertyOf(item, property, { line })));
};

const writeHost: Command = ({ given, line }, { printed }) => {
  const { Object: said } = Object.fromEntries(readGiven(given, line, ["Object"], "Object"));
  printed.push(asText(said, line));
  return [];
};

const writeWarning: Command = ({ given, line }, { warnings }) => {
  const { Message: said } = Object.fromEntries(readGiven(given, line, ["Message"], "Message"));
  warnings.push(asText(said, line));
  return [];
};

/** Time passes for the lab alone. */
const startSleep: Command = async ({ given, line }, { lab }) => {
  const { Seconds: seconds } = Object.fromEntries(readGiven(given, line, ["Seconds"]));
  if (typeof seconds !== "number") throw new ScriptError(line, "Start-Sleep needs -Seconds");
  await lab.clock.advance(seconds * 1000);
  await lab.settle();
  return [];
};

const readHost: Command = ({ given, line }, { answer }) => {
  const known = readGiven(given, line, ["AsSecureString", "Prompt"]);
  if (known.get("AsSecureString") !== true)
    throw new ScriptError(line, "a secret is read as it is typed");
  return [new SecureText(answer(asText(known.get("Prompt"), line)))];
};

/** @see https://learn.microsoft.com/powershell/module/exchangepowershell/connect-exchangeonline */
const connectExchangeOnline: Command = ({ given, line }, session) => {
  const known = readGiven(given, line, ["ExchangeEnvironmentName", "ShowBanner", "DisableWAM"]);
  const cloud = known.get("ExchangeEnvironmentName") ?? "O365Default";
  if (cloud !== "O365Default")
    throw new CommandFailure(`the lab's tenant is not in ${String(cloud)}`);
  session.isInExchange = true;
  return [];
};

/** @see https://learn.microsoft.com/powershell/module/exchangepowershell/get-connectioninformation */
const getConnectionInformation: Command = (_call, { isInExchange, lab }) =>
  isInExchange ? [{ State: "Connected", TenantID: lab.world.tenant.id }] : [];

/** A cmdlet of Exchange, run as an administrator. */
function exchangeCommand(name: string): Command {
  return ({ given, input, line }, { isInExchange, lab }) => {
    if (!isInExchange) {
      throw new CommandFailure(`The term '${name}' is not recognized as a name of a cmdlet.`);
    }
    if (input.length > 0) throw new ScriptError(line, `the lab pipes nothing to ${name}`);
    if ([...given.keys()].some((key) => key.startsWith("#"))) {
      throw new ScriptError(line, `the lab wants the parameters of ${name} by their names`);
    }
    // The lab's administrator adds a Confirm of this letter case unless there is one.
    // The module sends a secure string as its text (assumed).
    const parameters = [...given].map(([key, value]) => [
      key === "confirm" ? "Confirm" : key,
      value instanceof SecureText ? value.reveal() : value,
    ]);
    try {
      return lab.admin(name, Object.fromEntries(parameters));
    } catch (error) {
      if (error instanceof CmdletError) throw new CommandFailure(error.message);
      throw new ScriptError(line, (error as Error).message);
    }
  };
}

const commands = new Map<string, Command>(
  Object.entries<Command>({
    "Out-Null": outNull,
    "ForEach-Object": forEachObject,
    "Where-Object": whereObject,
    "Write-Host": writeHost,
    "Write-Warning": writeWarning,
    "Start-Sleep": startSleep,
    "Read-Host": readHost,
    "Connect-ExchangeOnline": connectExchangeOnline,
    "Get-ConnectionInformation": getConnectionInformation,
    "Connect-MgGraph": connectMgGraph,
    ...graphCommands,
  }).map(([name, command]) => [name.toLowerCase(), command]),
);
