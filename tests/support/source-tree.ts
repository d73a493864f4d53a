import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import ts from "typescript";

/** A text file of the repository, by its path from the root with `/` between the parts. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** One import of a module: what is imported, and whether anything of it exists at run time. */
export interface Import {
  /** A package (`@pulumi/aws`), or a path from the root without extension (`functions/shared/gzip`). */
  readonly module: string;
  readonly isTypeOnly: boolean;
}

const ROOT = join(__dirname, "..", "..");
const TEXT = /\.(ts|cjs|mjs|js|json|md|ya?ml|html|py|sh|toml|mod)$|(^|\/)(run|LICENSE|\.npmrc|\.gitignore)$/;

/** Every text file that belongs to the repository; not what is installed, built or recorded. */
export function repositoryFiles(): SourceFile[] {
  const skipped = new Set(["node_modules", ".git", ".sandbox", "package-lock.json"]);
  const walk = (folder: string): string[] =>
    readdirSync(folder, { withFileTypes: true })
      .filter(({ name }) => !skipped.has(name))
      .flatMap((entry) => (entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)]));
  return walk(ROOT)
    .map((file) => ({ file, path: relative(ROOT, file).split(sep).join("/") }))
    .filter(({ path }) => TEXT.test(path))
    .map(({ file, path }) => ({ path, text: readFileSync(file, "utf8") }));
}

/** The syntax tree of a TypeScript file. */
export function parse({ path, text }: SourceFile): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
}

/** Every node of a tree that `pick` has something to say about. */
export function collect<T>(tree: ts.Node, pick: (node: ts.Node) => T | undefined): T[] {
  const found: T[] = [];
  const visit = (node: ts.Node): void => {
    const picked = pick(node);
    if (picked !== undefined) found.push(picked);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** All imports of a file: declarations, re-exports, `import()`, `require()` and `import("...")` types. */
export function importsOf(file: SourceFile): Import[] {
  return collect(parse(file), (node): Import | undefined => {
    if (ts.isImportDeclaration(node)) return imported(file, node.moduleSpecifier, isTypeOnlyImport(node.importClause));
    if (ts.isExportDeclaration(node)) return imported(file, node.moduleSpecifier, isTypeOnlyExport(node));
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      return imported(file, node.argument.literal, true);
    if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
      return imported(file, node.moduleReference.expression, node.isTypeOnly);
    }
    if (ts.isCallExpression(node) && isLoader(node.expression)) return imported(file, node.arguments[0], false);
    return undefined;
  });
}

function isLoader(callee: ts.Expression): boolean {
  if (callee.kind === ts.SyntaxKind.ImportKeyword) return true;
  const name = ts.isPropertyAccessExpression(callee) ? callee.expression : callee;
  return ts.isIdentifier(name) && name.text === "require";
}

function isTypeOnlyImport(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false; // imported for its effects
  if (clause.isTypeOnly) return true;
  const { name, namedBindings } = clause;
  return (
    name === undefined &&
    namedBindings !== undefined &&
    ts.isNamedImports(namedBindings) &&
    namedBindings.elements.every((element) => element.isTypeOnly)
  );
}

function isTypeOnlyExport(node: ts.ExportDeclaration): boolean {
  if (node.isTypeOnly) return true;
  const { exportClause } = node;
  return (
    exportClause !== undefined &&
    ts.isNamedExports(exportClause) &&
    exportClause.elements.every((element) => element.isTypeOnly)
  );
}

function imported(file: SourceFile, specifier: ts.Node | undefined, isTypeOnly: boolean): Import | undefined {
  if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return undefined;
  const { text } = specifier;
  const module = text.startsWith(".") ? join(file.path, "..", text).split(sep).join("/") : text;
  return { module, isTypeOnly };
}
