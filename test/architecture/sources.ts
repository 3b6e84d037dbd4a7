import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { projectRoot } from '../../dev/paths.js';

interface Architecture {
  readonly pure: readonly string[];
  readonly layers: Readonly<Record<string, readonly string[]>>;
  readonly composers: readonly string[];
  readonly packages: Readonly<Record<string, readonly string[]>>;
  readonly adapterSuffixes: readonly string[];
  readonly forbiddenFolders: readonly string[];
}

export const root = projectRoot();
export const architecture = JSON.parse(readFileSync(join(root, 'architecture.json'), 'utf8')) as Architecture;

export interface SourceFile {
  /** Relative to src/, with slashes. */
  readonly path: string;
  readonly tree: ts.SourceFile;
  readonly imports: readonly Import[];
}

export interface Import {
  /** Of a file: its path relative to src/ (`../…` when it lies outside). Of a package: as written. */
  readonly target: string;
  readonly isFile: boolean;
}

/** Every specifier: import, export from, import(), import type, require() and `import("…")` in types. */
function specifiers(tree: ts.SourceFile): readonly string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const named =
      ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
        ? node.moduleSpecifier
        : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
          ? node.argument.literal
          : ts.isCallExpression(node) &&
              (node.expression.kind === ts.SyntaxKind.ImportKeyword || node.expression.getText(tree) === 'require')
            ? (node.arguments[0] ?? node)
            : undefined;
    if (named !== undefined) found.push(ts.isStringLiteralLike(named) ? named.text : '(computed)');
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

export function parseSource(path: string, text: string): SourceFile {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  const imports = specifiers(tree).map((specifier) => {
    const isFile = specifier.startsWith('.');
    if (!isFile) return { target: specifier, isFile };
    const base = join(root, 'src', dirname(path));
    return { target: relative(join(root, 'src'), join(base, specifier)).replace(/\.js$/, '.ts'), isFile };
  });
  return { path, tree, imports };
}

export function listFiles(folder: string, wanted: (name: string) => boolean): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && wanted(entry.name))
    .map((entry) => relative(join(root, folder), join(entry.parentPath, entry.name)))
    .sort();
}

export const sources: readonly SourceFile[] = listFiles('src', (name) => name.endsWith('.ts')).map((path) =>
  parseSource(path, readFileSync(join(root, 'src', path), 'utf8')),
);

/** `execution` of `execution/tools/index.ts`; the file itself for what lies in src/ directly. */
export const layerOf = (path: string): string => path.split('/')[0] ?? path;

/** A package's name of what an import names: `@a/b` of `@a/b/c`. */
export const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
