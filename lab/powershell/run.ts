import type { Lab } from "../src/lab.ts";
import { findCommand } from "./commands.ts";
import { parseScript } from "./parse.ts";
import { CommandFailure, type Session } from "./session.ts";
import {
  type Expression,
  type Pipeline,
  ScriptError,
  type Stage,
  type Statement,
} from "./syntax.ts";
import { asText, collected, isEqual, isTrue, piped, propertyOf, SecureText } from "./values.ts";

/** What a script said. */
export interface ScriptResult {
  /** Lines of the console. */
  readonly printed: readonly string[];
  readonly warnings: readonly string[];
}

/** How often a loop may turn: one that waits longer waits for ever. */
const MOST_TURNS = 200;

/**
 * Runs a PowerShell script in the lab as an administrator. It reads the text alone, and knows the small part of PowerShell
 * that such a script needs.
 *
 * @param answer gives the answer to a prompt of Read-Host
 * @throws ScriptError with the line of what the lab does not understand; CommandFailure for what ends the script
 */
export async function runScript(
  script: string,
  lab: Lab,
  answer: (prompt: string) => string = noAnswer,
): Promise<ScriptResult> {
  const statements = parseScript(script);
  const session: Session = {
    ...{ lab, answer, printed: [], warnings: [] },
    ...{ isInExchange: false, graph: undefined },
  };
  await makeRunner(session).run(statements);
  return session;
}

function noAnswer(prompt: string): never {
  throw new Error(`the script asks "${prompt}", and nobody answers`);
}

function makeRunner(session: Session) {
  const variables = new Map<string, unknown>([
    ["true", true],
    ["false", false],
    ["null", null],
    ["erroractionpreference", "Continue"],
  ]);
  const read = (name: string, line: number): unknown => {
    const value = variables.get(name.toLowerCase());
    if (value === undefined) throw new ScriptError(line, `$${name} was not set before`);
    return value;
  };

  async function run(statements: readonly Statement[]): Promise<void> {
    for (const statement of statements) await runOne(statement);
  }

  async function runOne(statement: Statement): Promise<void> {
    const { line } = statement;
    switch (statement.is) {
      case "assign":
        variables.set(statement.name.toLowerCase(), await evaluate(statement.value));
        return;
      case "run": {
        const shown = await pipe(statement.pipeline);
        for (const value of shown) session.printed.push(`line ${line} gives ${kindOf(value)}`);
        return;
      }
      case "if":
        if (isTrue(await evaluate(statement.condition))) await run(statement.body);
        return;
      case "while":
        for (let turn = 0; isTrue(await evaluate(statement.condition)); turn += 1) {
          if (turn === MOST_TURNS) throw new ScriptError(line, "this loop does not end");
          await run(statement.body);
        }
        return;
      case "try":
        try {
          await run(statement.body);
        } catch (error) {
          if (!(error instanceof CommandFailure)) throw error;
          variables.set("_", error.message);
          await run(statement.rescue);
        }
        return;
      case "throw":
        throw new CommandFailure(asText(await evaluate(statement.value), line));
    }
  }

  async function evaluate(expression: Expression): Promise<unknown> {
    const { line } = expression;
    switch (expression.is) {
      case "text": {
        const parts: string[] = [];
        for (const part of expression.parts) {
          parts.push(typeof part === "string" ? part : asText(await evaluate(part), line));
        }
        return parts.join("");
      }
      case "number":
        return expression.value;
      case "variable":
        return read(expression.name, line);
      case "property":
        return propertyOf(await evaluate(expression.of), expression.name, expression);
      case "list": {
        const items: unknown[] = [];
        for (const item of expression.items) items.push(await evaluate(item));
        // What stands alone between the brackets gives its items, about_Arrays ("The array sub-expression operator").
        return items.length === 1 ? piped(items[0]) : items;
      }
      case "table": {
        const entries: [string, unknown][] = [];
        for (const [name, value] of expression.entries) entries.push([name, await evaluate(value)]);
        return Object.fromEntries(entries);
      }
      case "call": {
        const given: unknown[] = [];
        for (const argument of expression.arguments) given.push(await evaluate(argument));
        return callStatic(expression, given);
      }
      case "pipeline":
        return collected(await pipe(expression.pipeline));
      case "not":
        return !isTrue(await evaluate(expression.of));
      case "compare": {
        const left = await evaluate(expression.left);
        const right = await evaluate(expression.right);
        if (expression.operator === "-eq") return isEqual(left, right);
        return !piped(left).some((item) => isEqual(item, right));
      }
    }
  }

  async function pipe({ stages }: Pipeline): Promise<unknown[]> {
    let values: unknown[] = [];
    for (const stage of stages) values = await runStage(stage, values);
    return values;
  }

  async function runStage(stage: Stage, input: readonly unknown[]): Promise<unknown[]> {
    const { line } = stage;
    if (stage.is === "value") return piped(await evaluate(stage.of));
    const command = findCommand(stage.name, line);
    const given = new Map<string, unknown>();
    const give = (name: string, value: unknown) => {
      if (given.has(name.toLowerCase())) throw new ScriptError(line, `-${name} is given twice`);
      given.set(name.toLowerCase(), value);
    };
    for (const name of stage.splatted) {
      const table = read(name, line);
      if (typeof table !== "object" || table === null) {
        throw new ScriptError(line, `@${name} is no hashtable`);
      }
      for (const [key, value] of Object.entries(table)) give(key, value);
    }
    for (const { name, value } of stage.arguments) {
      give(name, value === undefined ? true : await evaluate(value));
    }
    for (const [index, value] of stage.positional.entries())
      give(`#${index}`, await evaluate(value));
    const preference = given.get("erroraction") ?? read("ErrorActionPreference", line);
    given.delete("erroraction");
    try {
      return await command({ given, input, line }, session);
    } catch (error) {
      if (!(error instanceof CommandFailure)) throw error;
      if (preference === "Stop") throw new CommandFailure(`line ${line}: ${error.message}`);
      if (preference !== "SilentlyContinue") session.warnings.push(error.message);
      return [];
    }
  }

  return { run };
}

/** Bytes of a base64 text; a credential made of a secure string, whose password is read from it. */
function callStatic(
  { type, method, line }: Extract<Expression, { is: "call" }>,
  given: readonly unknown[],
): unknown {
  const [first, second] = given;
  const name = `[${type}]::${method}`;
  if (name === "[System.Convert]::FromBase64String" && typeof first === "string") {
    const text = first.replace(/\s/g, "");
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) {
      throw new CommandFailure("The input is not a valid Base-64 string");
    }
    return Buffer.from(text, "base64");
  }
  if (name === "[System.Net.NetworkCredential]::new" && second instanceof SecureText) {
    return { UserName: first, Password: second.reveal() };
  }
  throw new ScriptError(line, `the lab does not know ${name}(…)`);
}

const kindOf = (value: unknown): string => (typeof value === "object" ? "an object" : typeof value);
