// What the lab understands of PowerShell, as a tree. Each node knows its line.

/** Something that gives a value. */
export type Expression =
  | { readonly is: "text"; readonly parts: readonly (string | Expression)[]; readonly line: number }
  | { readonly is: "number"; readonly value: number; readonly line: number }
  | { readonly is: "variable"; readonly name: string; readonly line: number }
  | {
      readonly is: "property";
      readonly of: Expression;
      readonly name: string;
      readonly line: number;
    }
  | { readonly is: "list"; readonly items: readonly Expression[]; readonly line: number }
  | {
      readonly is: "table";
      readonly entries: readonly (readonly [string, Expression])[];
      readonly line: number;
    }
  | {
      readonly is: "call";
      readonly type: string;
      readonly method: string;
      readonly arguments: readonly Expression[];
      readonly line: number;
    }
  | { readonly is: "pipeline"; readonly pipeline: Pipeline; readonly line: number }
  | { readonly is: "not"; readonly of: Expression; readonly line: number }
  | {
      readonly is: "compare";
      readonly operator: "-notcontains" | "-eq";
      readonly left: Expression;
      readonly right: Expression;
      readonly line: number;
    };

/** A parameter of a command, with its value; a switch has none. */
export interface Argument {
  readonly name: string;
  readonly value: Expression | undefined;
}

/** A command with its arguments, or an expression that a pipeline begins with. */
export type Stage =
  | {
      readonly is: "command";
      readonly name: string;
      readonly arguments: readonly Argument[];
      /** Values without a parameter's name, in order. */
      readonly positional: readonly Expression[];
      /** Names of the variables whose tables are given as parameters (`@name`). */
      readonly splatted: readonly string[];
      readonly line: number;
    }
  | { readonly is: "value"; readonly of: Expression; readonly line: number };

export interface Pipeline {
  readonly stages: readonly Stage[];
  readonly line: number;
}

export type Statement =
  | {
      readonly is: "assign";
      readonly name: string;
      readonly value: Expression;
      readonly line: number;
    }
  | { readonly is: "run"; readonly pipeline: Pipeline; readonly line: number }
  | {
      readonly is: "if" | "while";
      readonly condition: Expression;
      readonly body: readonly Statement[];
      readonly line: number;
    }
  | {
      readonly is: "try";
      readonly body: readonly Statement[];
      readonly rescue: readonly Statement[];
      readonly line: number;
    }
  | { readonly is: "throw"; readonly value: Expression; readonly line: number };

/** A script that the lab does not understand, or that PowerShell would not. */
export class ScriptError extends Error {
  override readonly name = "ScriptError";

  constructor(line: number, what: string) {
    super(`line ${line}: ${what}`);
  }
}
