import ts from "typescript";
import { collect, importsOf, parse, type SourceFile } from "./source-tree";

/** An invariant of the source tree: what it promises, and every place that breaks it. */
export interface ArchitectureRule {
  readonly promise: string;
  readonly violations: (files: readonly SourceFile[]) => string[];
}

const isCode = ({ path }: SourceFile) => path.endsWith(".ts");
const isProduct = ({ path }: SourceFile) =>
  /^(index|settings)\.ts$|^(settings|components|functions|flow-logs|flows|illumio)\//.test(path);
const isIn = (folder: string) => (file: SourceFile) => file.path.startsWith(folder);
// what runs in Lambda, or wherever the PCE is spoken to
const isRunTime = ({ path }: SourceFile) => /^functions\/|^flow-logs\/|^illumio\/client\//.test(path);

function forbiddenImports(
  files: readonly SourceFile[],
  isForbidden: (module: string, isTypeOnly: boolean) => boolean,
): string[] {
  return files.filter(isCode).flatMap((file) =>
    importsOf(file)
      .filter(({ module, isTypeOnly }) => isForbidden(module, isTypeOnly))
      .map(({ module }) => `${file.path} imports ${module}`),
  );
}

function places(files: readonly SourceFile[], says: string, isPlace: (node: ts.Node) => boolean): string[] {
  return files
    .filter(isCode)
    .flatMap((file) =>
      collect(parse(file), (node) => (isPlace(node) ? node.getStart() : undefined)).map(
        (at) => `${file.path}:${lineOf(file.text, at)} ${says}`,
      ),
    );
}

function lineOf(text: string, at: number): number {
  return text.slice(0, at).split("\n").length;
}

function isMember(node: ts.Node, object: string, member: string): boolean {
  if (ts.isPropertyAccessExpression(node) || ts.isQualifiedName(node)) {
    const [left, right] = ts.isQualifiedName(node) ? [node.left, node.right] : [node.expression, node.name];
    return right.text === member && lastName(left) === object;
  }
  return (
    ts.isElementAccessExpression(node) &&
    lastName(node.expression) === object &&
    ts.isStringLiteralLike(node.argumentExpression) &&
    node.argumentExpression.text === member
  );
}

function lastName(node: ts.Node): string | undefined {
  if (ts.isIdentifier(node)) return node.text;
  return ts.isPropertyAccessExpression(node) ? node.name.text : undefined;
}

/** `const { env } = process`, `import { env } from "node:process"` and the like. */
function takesMember(node: ts.Node, object: string, modules: readonly string[], member: string): boolean {
  if (ts.isBindingElement(node)) {
    const declaration = node.parent.parent;
    const isOfObject =
      ts.isVariableDeclaration(declaration) &&
      declaration.initializer !== undefined &&
      lastName(declaration.initializer) === object;
    return isOfObject && (node.propertyName ?? node.name).getText() === member;
  }
  if (!ts.isImportSpecifier(node) || (node.propertyName ?? node.name).text !== member) return false;
  const { moduleSpecifier } = node.parent.parent.parent;
  return ts.isStringLiteral(moduleSpecifier) && modules.includes(moduleSpecifier.text);
}

const readsEnvironment = (node: ts.Node) =>
  isMember(node, "process", "env") || takesMember(node, "process", ["process", "node:process"], "env");

const readsStackConfig = (node: ts.Node) =>
  isMember(node, "pulumi", "Config") ||
  takesMember(node, "pulumi", ["@pulumi/pulumi"], "Config") ||
  ["allConfig", "getConfig"].some((name) => isMember(node, "runtime", name));

const runsOnlyItself = (node: ts.Node) =>
  ["describe", "it", "context", "specify", "suite", "test"].some((name) => isMember(node, name, "only"));

function isBarrel(file: SourceFile): boolean {
  const { statements } = parse(file);
  const reexports = statements.filter((node) => ts.isExportDeclaration(node));
  return (
    reexports.length > 0 && statements.every((node) => ts.isExportDeclaration(node) || ts.isImportDeclaration(node))
  );
}

// folders of one computer or one person: homes, temporary files, checkouts
const MACHINE_PATH =
  /(?<![\w.}*$:/])\/(?:root|tmp|work|workspace|home\/\w{2,}|Users\/\w+)(?:\/[\w.-]+)+|\b[A-Z]:\\Users\\/;

/** The invariants of ARCHITECTURE.md that can be read off the source. */
export const ARCHITECTURE_RULES: readonly ArchitectureRule[] = [
  {
    promise: "what runs in Lambda never imports Pulumi, nor anything that does",
    violations: (files) =>
      forbiddenImports(files.filter(isRunTime), (module) =>
        /^@pulumi\/|^components\/|^settings(\/|$)|^index$/.test(module),
      ),
  },
  {
    promise: "what decodes flow logs knows nothing of AWS",
    violations: (files) =>
      forbiddenImports(files.filter(isIn("flow-logs/")), (module) => /^@aws-|^functions\//.test(module)),
  },
  {
    promise: "the PCE's client stands alone: no AWS, and nothing of the other rooms",
    violations: (files) =>
      forbiddenImports(files.filter(isIn("illumio/client/")), (module) =>
        /^@aws-|^(functions|components|flow-logs|flows|settings)(\/|$)|^illumio\/(?!client\/)/.test(module),
      ),
  },
  {
    promise: "components take only types from functions",
    violations: (files) =>
      forbiddenImports(
        files.filter(isIn("components/")),
        (module, isTypeOnly) => module.startsWith("functions/") && !isTypeOnly,
      ),
  },
  {
    promise: "in the product only a handler.ts, and what a process starts with, reads the environment",
    violations: (files) =>
      places(
        files.filter(
          (file) =>
            isProduct(file) &&
            !/^functions\/([^/]+|database-users\/(mysql|postgres))\/handler\.ts$|^flows\/flows\.ts$|^illumio\/provider\/main\.ts$/.test(
              file.path,
            ),
        ),
        "reads process.env",
        readsEnvironment,
      ),
  },
  {
    promise: "only settings.ts reads the stack's configuration",
    violations: (files) =>
      places(
        files.filter((file) => isProduct(file) && file.path !== "settings.ts"),
        "reads pulumi.Config",
        readsStackConfig,
      ),
  },
  {
    promise: "the product imports nothing from the sandbox, the tests or the benchmarks",
    violations: (files) =>
      forbiddenImports(files.filter(isProduct), (module) => /^(sandbox|tests|benchmarks)\//.test(module)),
  },
  {
    promise: "no file or folder is called utils, common, helpers or misc",
    violations: (files) =>
      files
        .filter(({ path }) =>
          path.split("/").some((part) => /^(utils?|common|helpers?|misc)(\.|$)|[-.](utils?|helpers?)\./.test(part)),
        )
        .map(({ path }) => path),
  },
  {
    promise: "TypeScript files have names in kebab case",
    violations: (files) =>
      files
        .filter((file) => isCode(file) && !/^([a-z0-9-]+\/)*[a-z0-9]+(-[a-z0-9]+)*(\.test|\.d)?\.ts$/.test(file.path))
        .map(({ path }) => path),
  },
  {
    promise: "no file only re-exports others",
    violations: (files) => files.filter((file) => isCode(file) && isBarrel(file)).map(({ path }) => path),
  },
  {
    promise: "no source file is over 300 lines",
    violations: (files) =>
      files
        .filter(({ path }) => /\.(ts|cjs|mjs)$/.test(path))
        .map(({ path, text }) => ({ path, lines: text.trimEnd().split("\n").length }))
        .filter(({ lines }) => lines > 300)
        .map(({ path, lines }) => `${path} has ${lines} lines`),
  },
  {
    promise: "no test runs only itself",
    violations: (files) => places(files.filter(isIn("tests/")), "runs only itself", runsOnlyItself),
  },
  {
    promise: "no file names a folder of one computer",
    violations: (files) =>
      files.flatMap(({ path, text }) =>
        text
          .split("\n")
          .flatMap((line, index) =>
            MACHINE_PATH.test(line) ? [`${path}:${index + 1} ${MACHINE_PATH.exec(line)?.[0]}`] : [],
          ),
      ),
  },
];
