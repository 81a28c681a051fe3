// Who calls what, read from the source: which functions stand behind a guardrail, and which parts call them.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import ts from "typescript";
import { projectRoot } from "../setup/root.ts";

/** A function or constant at the top level of a file. */
export interface Declaration {
  readonly file: string;
  readonly name: string;
  readonly node: ts.Node;
  /** The declarations that it names, of its own file and of those that it imports from. */
  readonly uses: readonly Declaration[];
}

/** A declaration while the graph is made. */
interface Growing extends Declaration {
  readonly uses: Declaration[];
}

/** Names that a file imports, each with the file and the name there. */
type Imports = ReadonlyMap<string, { readonly file: string; readonly name: string }>;

/**
 * The declarations of some folders. What a file does besides stands for a declaration without a name.
 *
 * @param folders below the project's; those that are missing are left out
 */
export function declarationsIn(...folders: readonly string[]): readonly Declaration[] {
  const sources = folders.flatMap(filesIn).map((file) => {
    const text = readFileSync(join(projectRoot, file), "utf8");
    return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  });
  const declared = new Map(
    sources.map((source): [string, Growing[]] => [source.fileName, source.statements.flatMap(of)]),
  );
  const find = (file: string, name: string) => declared.get(file)?.find((one) => one.name === name);
  for (const source of sources) {
    const imports = importsOf(source);
    for (const declaration of declared.get(source.fileName) ?? []) {
      for (const name of identifiersIn(declaration.node)) {
        const from = imports.get(name);
        const used = from ? find(from.file, from.name) : find(source.fileName, name);
        if (used !== undefined && used !== declaration) declaration.uses.push(used);
      }
    }
  }
  return [...declared.values()].flat();
}

/**
 * The files of a part that call something, directly or by what stands in other places.
 *
 * @param isBetween what a call may pass through
 */
export function callersOf(
  called: Declaration,
  all: readonly Declaration[],
  isBetween: (file: string) => boolean,
): string[] {
  const reached = [called];
  const files = new Set<string>();
  for (const target of reached) {
    const users = all.filter(({ uses }) => uses.includes(target));
    for (const user of users) {
      if (!isBetween(user.file)) files.add(user.file);
      else if (!reached.includes(user)) reached.push(user);
    }
  }
  return [...files].sort();
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(join(projectRoot, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => join(folder, name))
      .sort();
  } catch {
    return [];
  }
}

function of(statement: ts.Statement): Growing[] {
  const file = statement.getSourceFile().fileName;
  if (ts.isImportDeclaration(statement)) return [];
  if (ts.isFunctionDeclaration(statement)) {
    return [{ file, name: statement.name?.text ?? "", node: statement, uses: [] }];
  }
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map((node) => ({
      file,
      name: node.name.getText(),
      node,
      uses: [],
    }));
  }
  return [{ file, name: "", node: statement, uses: [] }];
}

function importsOf(source: ts.SourceFile): Imports {
  return new Map(
    source.statements.filter(ts.isImportDeclaration).flatMap((statement) => {
      const { text } = statement.moduleSpecifier as ts.StringLiteral;
      const named = statement.importClause?.namedBindings;
      if (!text.startsWith(".") || !named || !ts.isNamedImports(named)) return [];
      const path = join(projectRoot, dirname(source.fileName), text);
      const file = normalize(relative(projectRoot, path));
      return named.elements.map(({ name, propertyName }) => {
        return [name.text, { file, name: (propertyName ?? name).text }] as const;
      });
    }),
  );
}

function identifiersIn(node: ts.Node): Set<string> {
  const names = new Set<string>();
  const visit = (child: ts.Node) => {
    if (ts.isIdentifier(child)) names.add(child.text);
    child.forEachChild(visit);
  };
  node.forEachChild(visit);
  return names;
}
