export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const NO_TESTS: Counts = { passed: 0, failed: 0, skipped: 0 };

const add = (one: Counts, other: Counts): Counts => ({
  passed: one.passed + other.passed,
  failed: one.failed + other.failed,
  skipped: one.skipped + other.skipped,
});

export const total = (suites: ReadonlyMap<string, Counts>): Counts => [...suites.values()].reduce(add, NO_TESTS);

interface JestFile {
  readonly name: string;
  readonly status: string;
  readonly assertionResults: readonly { readonly status: string }[];
}

/** Jest's `--json` result, counted by project. A file that couldn't be loaded counts as one failure. */
export function countJest(json: unknown, projectOf: (file: string) => string): ReadonlyMap<string, Counts> {
  const suites = new Map<string, Counts>();
  for (const file of (json as { testResults: readonly JestFile[] }).testResults) {
    const statuses = file.assertionResults.map(({ status }) => status);
    const count = (...wanted: string[]): number => statuses.filter((status) => wanted.includes(status)).length;
    const broken = file.status === 'failed' && count('failed') === 0 ? 1 : 0;
    const counts = {
      passed: count('passed'),
      failed: count('failed') + broken,
      skipped: count('pending', 'skipped', 'todo', 'disabled'),
    };
    const project = projectOf(file.name);
    suites.set(project, add(suites.get(project) ?? NO_TESTS, counts));
  }
  return suites;
}

/** PHPUnit's JUnit log: the outermost testsuite's attributes hold the sums. */
export function countJunit(xml: string): Counts {
  const outermost = /<testsuite\s[^>]*>/.exec(xml)?.[0] ?? '';
  const attribute = (name: string): number => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(outermost)?.[1] ?? 0);
  const failed = attribute('failures') + attribute('errors');
  const skipped = attribute('skipped');
  return { passed: attribute('tests') - failed - skipped, failed, skipped };
}

/** Counts per suite, in columns. */
export function table(suites: ReadonlyMap<string, Counts>): string {
  const rows = [...suites, ['all', total(suites)] as const];
  const width = Math.max(...rows.map(([name]) => name.length), 5);
  const line = (name: string, ...cells: (string | number)[]): string =>
    [name.padEnd(width), ...cells.map((cell) => String(cell).padStart(8))].join('');
  return [
    line('suite', 'passed', 'failed', 'skipped'),
    ...rows.map(([name, { passed, failed, skipped }]) => line(name, passed, failed, skipped)),
  ].join('\n');
}
