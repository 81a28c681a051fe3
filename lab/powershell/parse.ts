import {
  type Argument,
  type Expression,
  type Pipeline,
  ScriptError,
  type Stage,
  type Statement,
} from "./syntax.ts";
import { type Token, tokensOf } from "./tokens.ts";

/**
 * Reads a script: assignments, commands, `if`, `while`, `try`, `throw`, and the expressions that they hold.
 *
 * @throws ScriptError for anything else, with its line
 */
export function parseScript(script: string): Statement[] {
  const parser = makeParser(tokensOf(script));
  const statements = parser.statements("end");
  return statements;
}

function makeParser(tokens: readonly Token[]) {
  let at = 0;
  const peek = (ahead = 0): Token => tokens[Math.min(at + ahead, tokens.length - 1)] as Token;
  const next = (): Token => {
    const token = peek();
    at += 1;
    return token;
  };
  const isSymbol = (text: string, token = peek()) => token.is === "symbol" && token.text === text;
  const isWord = (text: string) => peek().is === "word" && peek().text.toLowerCase() === text;
  const unexpected = (token = peek()): never => {
    const what = token.is === "end" || token.is === "newline" ? "the line ends" : `"${token.text}"`;
    throw new ScriptError(token.line, `the lab did not expect that ${what} here`);
  };
  const expect = (symbol: string): Token => (isSymbol(symbol) ? next() : unexpected());
  const skipLines = () => {
    while (peek().is === "newline" || isSymbol(";")) at += 1;
  };
  const skipNewlines = () => {
    while (peek().is === "newline") at += 1;
  };

  function statements(end: "}" | "end"): Statement[] {
    const all: Statement[] = [];
    for (skipLines(); !(end === "end" ? peek().is === "end" : isSymbol("}")); skipLines()) {
      all.push(statement());
      if (!(peek().is === "newline" || isSymbol(";") || (end === "}" && isSymbol("}"))))
        unexpected();
    }
    return all;
  }

  function block(): Statement[] {
    expect("{");
    const body = statements("}");
    expect("}");
    return body;
  }

  function statement(): Statement {
    const { line } = peek();
    if (peek().is === "variable" && isSymbol("=", peek(1))) {
      const { text: name } = next();
      next();
      return { is: "assign", name, value: pipelineExpression(), line };
    }
    if (isWord("if") || isWord("while")) {
      const is = next().text.toLowerCase() as "if" | "while";
      expect("(");
      const condition = comparison();
      expect(")");
      const body = block();
      if (isWord("else") || isWord("elseif")) unexpected();
      return { is, condition, body, line };
    }
    if (isWord("try")) {
      next();
      const body = block();
      if (!isWord("catch")) unexpected();
      next();
      return { is: "try", body, rescue: block(), line };
    }
    if (isWord("throw")) {
      next();
      return { is: "throw", value: comparison(), line };
    }
    return { is: "run", pipeline: pipeline(), line };
  }

  /** A pipeline of one value is that value. */
  function pipelineExpression(): Expression {
    const { line } = peek();
    const read = pipeline();
    const [only] = read.stages;
    if (read.stages.length === 1 && only?.is === "value") return only.of;
    return { is: "pipeline", pipeline: read, line };
  }

  function pipeline(): Pipeline {
    const { line } = peek();
    const stages = [stage()];
    while (isSymbol("|")) {
      next();
      skipNewlines();
      stages.push(stage());
    }
    return { stages, line };
  }

  function stage(): Stage {
    const { line } = peek();
    if (peek().is !== "word" || isNumber(peek())) return { is: "value", of: comparison(), line };
    const name = next().text;
    if (!/^[A-Za-z]+-[A-Za-z]+$/.test(name)) {
      throw new ScriptError(line, `the lab does not know the command ${name}`);
    }
    const args: Argument[] = [];
    const positional: Expression[] = [];
    const splatted: string[] = [];
    for (;;) {
      const token = peek();
      if (token.is === "dash") {
        next();
        const isBound = token.text.endsWith(":");
        const isValue = isBound || beginsValue();
        const value = isValue ? argumentValue() : undefined;
        args.push({ name: token.text.slice(1).replace(/:$/, ""), value });
      } else if (token.is === "splat") {
        splatted.push(next().text);
      } else if (beginsValue()) {
        positional.push(argumentValue());
      } else {
        return { is: "command", name, arguments: args, positional, splatted, line };
      }
    }
  }

  const beginsValue = (): boolean =>
    ["variable", "text", "word"].includes(peek().is) ||
    ["(", "@(", "@{", "["].some((symbol) => isSymbol(symbol));

  /** A value, or several between commas, which are a list. A word without quotes is a text. */
  function argumentValue(): Expression {
    const { line } = peek();
    const items = [argumentItem()];
    while (isSymbol(",")) {
      next();
      items.push(argumentItem());
    }
    const [first] = items;
    return items.length === 1 && first ? first : { is: "list", items, line };
  }

  function argumentItem(): Expression {
    const token = peek();
    const { line, text } = token;
    if (token.is !== "word") return primary();
    next();
    return isNumber(token)
      ? { is: "number", value: Number(text), line }
      : { is: "text", parts: [text], line };
  }

  function comparison(): Expression {
    const { line, is, text } = peek();
    if (is === "dash") {
      if (text.toLowerCase() !== "-not") unexpected();
      next();
      return { is: "not", of: comparison(), line };
    }
    const left = primary();
    const token = peek();
    if (token.is !== "dash") return left;
    const operator = token.text.toLowerCase();
    if (operator !== "-notcontains" && operator !== "-eq") return unexpected();
    next();
    return { is: "compare", operator, left, right: primary(), line };
  }

  function primary(): Expression {
    let value = simple();
    while (isSymbol(".") && !peek().spaced) {
      const { line } = next();
      if (peek().is !== "word") unexpected();
      value = { is: "property", of: value, name: next().text, line };
    }
    return value;
  }

  function simple(): Expression {
    const token = next();
    const { line } = token;
    if (token.is === "variable") return { is: "variable", name: token.text, line };
    if (token.is === "text") return { is: "text", parts: expanded(token), line };
    if (isNumber(token)) {
      return { is: "number", value: Number(token.text), line };
    }
    if (isSymbol("(", token)) {
      const inner =
        peek().is === "word" || peek().is === "variable" ? parenthesised() : comparison();
      expect(")");
      return inner;
    }
    if (isSymbol("@(", token)) {
      const items: Expression[] = [];
      for (skipNewlines(); !isSymbol(")"); skipNewlines()) {
        items.push(comparison());
        skipNewlines();
        if (isSymbol(",")) next();
      }
      next();
      return { is: "list", items, line };
    }
    if (isSymbol("@{", token)) return { is: "table", entries: entries(), line };
    if (isSymbol("[", token)) return staticCall(line);
    return unexpected(token);
  }

  /** A pipeline, or a comparison that begins with a variable. */
  function parenthesised(): Expression {
    const value = pipelineExpression();
    return value;
  }

  function entries(): [string, Expression][] {
    const all: [string, Expression][] = [];
    for (skipLines(); !isSymbol("}"); skipLines()) {
      if (peek().is !== "word") unexpected();
      const name = next().text;
      expect("=");
      all.push([name, pipelineExpression()]);
      if (!(peek().is === "newline" || isSymbol(";") || isSymbol("}"))) unexpected();
    }
    next();
    return all;
  }

  /** `[System.Convert]::FromBase64String('…')` */
  function staticCall(line: number): Expression {
    let type = "";
    while (!isSymbol("]")) {
      if (!(peek().is === "word" || isSymbol("."))) unexpected();
      type += next().text;
    }
    next();
    expect("::");
    if (peek().is !== "word") unexpected();
    const method = next().text;
    expect("(");
    const args: Expression[] = [];
    while (!isSymbol(")")) {
      args.push(comparison());
      if (isSymbol(",")) next();
    }
    next();
    return { is: "call", type, method, arguments: args, line };
  }

  return { statements, comparison, peek };
}

const isNumber = ({ is, text }: Token): boolean => is === "word" && /^\d+$/.test(text);

/** The pieces of a text, with the code in it read. */
function expanded(token: Token): (string | Expression)[] {
  return (token.parts ?? []).map((part) => {
    if (typeof part === "string") return part;
    const parser = makeParser(tokensOf(part.code, part.line));
    const value = parser.comparison();
    if (parser.peek().is !== "newline") {
      throw new ScriptError(part.line, `the lab does not understand $(${part.code})`);
    }
    return value;
  });
}
