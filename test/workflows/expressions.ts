// The part of GitHub's expressions that our workflows use; anything else is an error.
// https://docs.github.com/en/actions/reference/workflows-and-actions/expressions

/** What expressions may name, by context: `github`, `vars`, … */
export type Contexts = Readonly<Record<string, unknown>>;

const TOKEN = /\s*(?:'((?:[^']|'')*)'|(\d+(?:\.\d+)?)|([A-Za-z_][\w-]*)|(&&|\|\||==|!=|[!().,]))/y;

type Token = { kind: "text" | "number" | "name" | "sign"; value: string };

function tokensOf(expression: string): Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN);
  const source = expression.trim();
  while (pattern.lastIndex < source.length) {
    const at = pattern.lastIndex;
    const [, text, number, name, sign] = pattern.exec(source) ?? [];
    if (text !== undefined) tokens.push({ kind: "text", value: text.replaceAll("''", "'") });
    else if (number !== undefined) tokens.push({ kind: "number", value: number });
    else if (name !== undefined) tokens.push({ kind: "name", value: name });
    else if (sign !== undefined) tokens.push({ kind: "sign", value: sign });
    else throw new Error(`expression "${expression}": can't read "${source.slice(at)}"`);
  }
  return tokens;
}

const FUNCTIONS: Readonly<Record<string, (args: unknown[], contexts: Contexts) => unknown>> = {
  fromjson: ([text]) => JSON.parse(String(text)),
  join: ([list, separator = ","]) => (list as unknown[]).join(String(separator)),
  always: () => true,
  success: (_, { job }) => (job as { status: string }).status === "success",
};

/**
 * Evaluates an expression.
 *
 * @throws Error for syntax and names that it does not know; a property that is not there is null
 */
export function evaluate(expression: string, contexts: Contexts): unknown {
  const tokens = tokensOf(expression);
  const fail = (): never => {
    throw new Error(`expression "${expression}": unexpected "${tokens[0]?.value ?? "end"}"`);
  };
  const takes = (sign: string): boolean => {
    if (tokens[0]?.kind !== "sign" || tokens[0].value !== sign) return false;
    tokens.shift();
    return true;
  };
  const need = (sign: string): void => void (takes(sign) || fail());

  function or(): unknown {
    let value = and();
    while (takes("||")) {
      const other = and();
      value = isTrue(value) ? value : other;
    }
    return value;
  }
  function and(): unknown {
    let value = comparison();
    while (takes("&&")) {
      const other = comparison();
      value = isTrue(value) ? other : value;
    }
    return value;
  }
  function comparison(): unknown {
    const value = unary();
    if (takes("==")) return isEqual(value, unary());
    if (takes("!=")) return !isEqual(value, unary());
    return value;
  }
  function unary(): unknown {
    return takes("!") ? !isTrue(unary()) : primary();
  }
  function primary(): unknown {
    if (takes("(")) {
      const value = or();
      need(")");
      return value;
    }
    const token = tokens.shift() ?? fail();
    if (token.kind === "text") return token.value;
    if (token.kind === "number") return Number(token.value);
    if (token.kind !== "name") return fail();
    const name = token.value;
    if (["true", "false", "null"].includes(name)) return JSON.parse(name);
    if (takes("(")) return call(name);
    if (!(name in contexts)) throw new Error(`expression "${expression}": no context "${name}"`);
    let value = contexts[name];
    while (takes(".")) {
      const property = tokens.shift();
      if (property?.kind !== "name") return fail();
      value = (value as Record<string, unknown> | null | undefined)?.[property.value];
    }
    return value ?? null;
  }
  function call(name: string): unknown {
    const act = FUNCTIONS[name.toLowerCase()];
    if (act === undefined) throw new Error(`expression "${expression}": no function "${name}"`);
    const args: unknown[] = [];
    if (takes(")")) return act(args, contexts);
    do args.push(or());
    while (takes(","));
    need(")");
    return act(args, contexts);
  }

  const value = or();
  if (tokens.length > 0) fail();
  return value;
}

/** Whether a value counts as true. */
export const isTrue = (value: unknown): boolean =>
  value !== null && value !== undefined && value !== "" && value !== 0 && value !== false;

/** Texts are equal whatever their letter case; values of different types are compared as numbers. */
function isEqual(a: unknown, b: unknown): boolean {
  if (typeof a === "string" && typeof b === "string") return a.toLowerCase() === b.toLowerCase();
  return typeof a === typeof b ? a === b : Number(a ?? 0) === Number(b ?? 0);
}

/** A value of the YAML with its `${{ }}` replaced; one that is an expression and nothing else keeps its type. */
export function interpolate(value: unknown, contexts: Contexts): unknown {
  if (typeof value !== "string") return value;
  const [, whole] = /^\$\{\{((?:(?!\}\}).)*)\}\}$/.exec(value.trim()) ?? [];
  if (whole !== undefined) return evaluate(whole, contexts);
  return value.replace(/\$\{\{(.*?)\}\}/g, (_, inner: string) =>
    String(evaluate(inner, contexts) ?? ""),
  );
}
