import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** A rule as the source has it: literal text, and holes for what is put in. */
export interface RuleText {
  readonly file: string;
  /** With `…` for each hole. */
  readonly text: string;
  /** Finds it in a sentence: between the key and value, if they are there, and the fix. */
  readonly pattern: RegExp;
}

const ROOT = join(import.meta.dirname, "../..");

/**
 * Every clause that is written as the `rule` of a problem: in a property or a variable of that name, or as an argument
 * for a parameter of that name. Clauses that come from elsewhere (a table, a function) are found where they are written,
 * if that is such a place.
 *
 * @param folders below the project's
 */
export function ruleTexts(...folders: string[]): RuleText[] {
  const sources = folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => join(folder, name))
      .map((file) => {
        const text = readFileSync(join(ROOT, file), "utf8");
        return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
      }),
  );
  return sources.flatMap((source) => {
    const takers = takersIn(source);
    const found: RuleText[] = [];
    eachNode(source, (node) => {
      for (const parts of clausesOf(ruleIn(node, takers))) {
        const text = parts.join("…");
        found.push({ file: source.fileName, text, pattern: patternOf(parts) });
      }
    });
    return found;
  });
}

/** Functions of a file that take a rule, with its place among their parameters. */
function takersIn(source: ts.SourceFile): Map<string, number> {
  const takers = new Map<string, number>();
  eachNode(source, (node) => {
    if (!ts.isFunctionLike(node)) return;
    const place = node.parameters.findIndex(({ name }) => name.getText() === "rule");
    const named = ts.isVariableDeclaration(node.parent) ? node.parent : node;
    const name = named.name?.getText();
    if (place >= 0 && name !== undefined) takers.set(name, place);
  });
  return takers;
}

function ruleIn(node: ts.Node, takers: ReadonlyMap<string, number>): ts.Node | undefined {
  const isNamed = ts.isPropertyAssignment(node) || ts.isVariableDeclaration(node);
  if (isNamed && node.name.getText() === "rule") return node.initializer;
  if (!ts.isCallExpression(node)) return undefined;
  const place = takers.get(node.expression.getText());
  return place === undefined ? undefined : node.arguments[place];
}

/** The clauses that an expression may be, each as the texts between its holes. */
function clausesOf(node: ts.Node | undefined): string[][] {
  if (node === undefined) return [];
  if (ts.isStringLiteralLike(node)) return [[node.text]];
  if (ts.isParenthesizedExpression(node)) return clausesOf(node.expression);
  if (ts.isTemplateExpression(node)) {
    return [[node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)]];
  }
  if (ts.isConditionalExpression(node)) {
    return [...clausesOf(node.whenTrue), ...clausesOf(node.whenFalse)];
  }
  return [];
}

function patternOf(parts: readonly string[]): RegExp {
  const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(?:^| )${parts.map(literal).join("[^]*?")}(?:, |; |$)`);
}

function eachNode(node: ts.Node, act: (node: ts.Node) => void): void {
  act(node);
  node.forEachChild((child) => eachNode(child, act));
}
