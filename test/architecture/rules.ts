import ts from 'typescript';
import { architecture, layerOf, packageOf, type SourceFile } from './sources.js';

const { layers, packages, adapterSuffixes, composers, pure } = architecture;
/** What any layer may name: it holds nothing but types or a constant. */
const OPEN_TO_ALL = new Set(['version.ts']);
/** Layers that compose reaches, and that reach back to it: the doors of the program. */
const ENTRANCES = new Set(['cli']);

const isAdapter = (path: string): boolean => adapterSuffixes.some((suffix) => path.endsWith(suffix));
const isComposer = (path: string): boolean => composers.includes(path);
const isCompositionRoot = (path: string): boolean => /^compose(?:-[a-z]+)*\.ts$/.test(path);
const edge = (from: string, to: string, why: string): string => `${from} -> ${to}: ${why}`;

/** Imports of one file that go against the direction of the layers. */
export function layerFaults({ path, imports }: SourceFile): readonly string[] {
  if (isComposer(path) || OPEN_TO_ALL.has(path)) return [];
  const own = layerOf(path);
  const allowed = layers[own];
  if (allowed === undefined) return [`${path}: the folder ${own} has no place in architecture.json`];
  return imports.flatMap(({ target, isFile }) => {
    if (!isFile || OPEN_TO_ALL.has(target)) return [];
    if (isComposer(target)) {
      return ENTRANCES.has(own) ? [] : [edge(path, target, 'only the command line and main know the composition')];
    }
    const other = layerOf(target);
    if (target.startsWith('..')) {
      return target.startsWith('../migrations/') && own === 'db' ? [] : [edge(path, target, 'outside of src')];
    }
    const isKnown = other === own || allowed.includes(other) || (isAdapter(path) && other === 'db');
    return isKnown ? [] : [edge(path, target, `${own} may import ${allowed.join(', ') || 'nothing'}`)];
  });
}

/** Adapters that somebody else than the composition root knows; an adapter may build on another of its own folder. */
export function adapterFaults({ path, imports }: SourceFile): readonly string[] {
  if (isCompositionRoot(path)) return [];
  return imports
    .filter(({ target, isFile }) => isFile && isAdapter(target))
    .filter(({ target }) => !(isAdapter(path) && layerOf(path) === layerOf(target)))
    .map(({ target }) => edge(path, target, 'adapters are known to compose.ts alone'));
}

/** Adapters whose suffix is their package's name have a door of their own. */
function isDoor(path: string, name: string): boolean {
  const doors = packages[name] ?? [];
  if (doors.some((door) => path === door || path.startsWith(`${door}/`))) return true;
  return (name === 'knex' || name === 'mysql2') && path.endsWith('.mysql.ts');
}

const isTypeOnlyOfComposer = (path: string, name: string): boolean =>
  isComposer(path) && (name === 'knex' || name === 'pino');

export function packageFaults({ path, imports }: SourceFile): readonly string[] {
  return imports
    .filter(({ isFile }) => !isFile)
    .map(({ target }) => ({ target, name: packageOf(target) }))
    .filter(({ name }) => name in packages && !isDoor(path, name) && !isTypeOnlyOfComposer(path, name))
    .map(({ target, name }) => edge(path, target, `its door is ${(packages[name] ?? []).join(', ')}`));
}

/** Packages that no table lists, and specifiers that can't be read off. */
export function unknownPackages(file: SourceFile, known: ReadonlySet<string>): readonly string[] {
  return file.imports
    .filter(({ target, isFile }) => !isFile && !target.startsWith('node:') && !known.has(packageOf(target)))
    .map(({ target }) => edge(file.path, target, 'not among the dependencies of package.json'));
}

function nodesOf(tree: ts.SourceFile): readonly ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

const place = (file: SourceFile, node: ts.Node): string =>
  `src/${file.path}:${file.tree.getLineAndCharacterOfPosition(node.getStart(file.tree)).line + 1}`;

const isAccess = (node: ts.Node, object: string, property: string): boolean =>
  (ts.isPropertyAccessExpression(node) && node.expression.getText() === object && node.name.text === property) ||
  (ts.isElementAccessExpression(node) &&
    node.expression.getText() === object &&
    ts.isStringLiteralLike(node.argumentExpression) &&
    node.argumentExpression.text === property);

/** `process.env` by any name: `process['env']`, `const { env } = process`, `import { env } from 'node:process'`. */
export function environmentFaults(file: SourceFile): readonly string[] {
  if (file.path === 'config.ts') return [];
  const read = nodesOf(file.tree).filter(
    (node) =>
      isAccess(node, 'process', 'env') ||
      isAccess(node, 'globalThis', 'process') ||
      (ts.isVariableDeclaration(node) &&
        ts.isObjectBindingPattern(node.name) &&
        node.initializer?.getText() === 'process'),
  );
  const imported = file.imports.filter(({ target }) => /^(node:)?process$/.test(target));
  return [
    ...read.map((node) => `${place(file, node)}: config.ts alone reads the environment`),
    ...imported.map(({ target }) => edge(file.path, target, 'config.ts alone reads the environment')),
  ];
}

const IMPURE = [
  ['Date', 'now'],
  ['Math', 'random'],
  ['performance', 'now'],
  ['crypto', 'randomUUID'],
  ['crypto', 'getRandomValues'],
  ['Temporal', 'Now'],
] as const;
/** Calculating with bytes is no I/O. */
const PURE_MODULES = new Set(['node:crypto', 'node:util', 'node:buffer', 'node:net']);
const RANDOM_NAMES = /^(random(Bytes|Int|UUID|FillSync)|generateKeyPairSync)$/;

/** Time, randomness and I/O in the pure folders. `kernel/clock.ts` is where time comes in. */
export function purityFaults(file: SourceFile): readonly string[] {
  if (!pure.includes(layerOf(file.path)) || file.path === 'kernel/clock.ts') return [];
  const isImpure = (node: ts.Node): boolean =>
    IMPURE.some(([object, property]) => isAccess(node, object, property)) ||
    (ts.isNewExpression(node) && node.expression.getText() === 'Date' && (node.arguments ?? []).length === 0) ||
    (ts.isCallExpression(node) && node.expression.getText() === 'Date') ||
    (ts.isIdentifier(node) && RANDOM_NAMES.test(node.text)) ||
    ts.isAwaitExpression(node);
  const modules = file.imports.filter(
    ({ target, isFile }) => !isFile && target.startsWith('node:') && !PURE_MODULES.has(target),
  );
  return [
    ...nodesOf(file.tree)
      .filter(isImpure)
      .map((node) => `${place(file, node)}: pure folders take it as an argument`),
    ...modules.map(({ target }) => edge(file.path, target, 'pure folders do no I/O')),
  ];
}
