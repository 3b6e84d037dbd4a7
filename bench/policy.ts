/**
 * Decisions per second on one core, and the time of a single one, at 10 to 10,000 rules: ours, the same rules in a
 * line, and every engine that one could embed instead, on the same rules and cases. An engine that answers otherwise
 * than ours ends the run. Run with `npm run bench:policy`; engines that aren't installed are named and left out.
 */
import { inALine, ours } from './policy/ours.js';
import { rivals } from './policy/rivals.js';
import type { Decide, Engine } from './policy/engine.js';
import { makeCases, makeRules } from './policy/workload.js';

const RULES = [10, 100, 1_000, 10_000];
const CASES = 10_000;
/** Slow engines answer fewer cases, as many as fit into this time, and the table says how many. */
const MOST_COMPARING_MS = 20_000;
const ROUND_MS = 700;
const BAR = { rules: 1_000, perSecond: 500_000, p99Micros: 20, timesTheBest: 3 };

interface Figures {
  readonly engine: string;
  readonly compared: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** How many cases an engine answered as expected. Throws at the first one that it answers otherwise. */
function compare(engine: Engine, decide: Decide, expected: readonly string[]): number {
  const start = performance.now();
  for (const [index, wanted] of expected.entries()) {
    const given = decide(index);
    if (given !== wanted) throw new Error(`${engine.name} says ${given} to case ${index}, where ${wanted} is right`);
    if (performance.now() - start > MOST_COMPARING_MS) return index + 1;
  }
  return expected.length;
}

/** By the time of the processor that was spent, so that what else the machine does counts little; the best of three rounds. */
function perSecond(decide: Decide): number {
  const rounds = [1, 2, 3].map(() => {
    const start = process.cpuUsage();
    const end = performance.now() + ROUND_MS;
    let runs = 0;
    do {
      for (let burst = 0; burst < 10; burst += 1) decide((runs + burst) % CASES);
      runs += 10;
    } while (performance.now() < end);
    const { user, system } = process.cpuUsage(start);
    return (runs * 1_000_000) / (user + system);
  });
  return Math.max(...rounds);
}

/** Microseconds at these shares of single decisions. */
function quantiles(decide: Decide): { readonly p50: number; readonly p99: number } {
  const times: number[] = [];
  const start = performance.now();
  for (let index = 0; index < CASES * 5 && performance.now() - start < ROUND_MS * 2; index += 1) {
    const before = process.hrtime.bigint();
    decide(index % CASES);
    times.push(Number(process.hrtime.bigint() - before) / 1_000);
  }
  times.sort((left, right) => left - right);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
}

async function measure(engine: Engine, count: number, expected?: readonly string[]): Promise<Figures> {
  const decide = await engine.prepare(makeRules(count), makeCases(count, CASES));
  const compared = expected === undefined ? CASES : compare(engine, decide, expected);
  return { engine: engine.name, compared, perSecond: perSecond(decide), ...quantiles(decide) };
}

function print({ engine, compared, perSecond: rate, p50, p99 }: Figures, best: number): void {
  const cells = [
    engine.padEnd(26),
    Math.round(rate).toLocaleString('en').padStart(11),
    `${p50.toFixed(2)} µs`.padStart(13),
    `${p99.toFixed(2)} µs`.padStart(13),
    `${(best / rate).toFixed(1)}x`.padStart(10),
    `${compared.toLocaleString('en')} alike`.padStart(13),
  ];
  console.log(cells.join(' '));
}

function judge(figures: readonly Figures[]): void {
  const own = figures.find(({ engine }) => engine === ours.name);
  const embeddable = figures.filter(({ engine }) => engine !== ours.name && engine !== inALine.name);
  if (own === undefined) return;
  const best = Math.max(0, ...embeddable.map(({ perSecond: rate }) => rate));
  const said = (what: string, met: boolean): void => {
    console.log(`  ${met ? 'met   ' : 'missed'} ${what}`);
  };
  console.log(`At ${BAR.rules.toLocaleString('en')} rules, against the bars:`);
  said(
    `${BAR.perSecond.toLocaleString('en')} decisions/s: ${Math.round(own.perSecond).toLocaleString('en')}`,
    own.perSecond >= BAR.perSecond,
  );
  said(`p99 below ${BAR.p99Micros} µs: ${own.p99.toFixed(2)} µs`, own.p99 < BAR.p99Micros);
  if (best > 0)
    said(
      `${BAR.timesTheBest}x the best that one could embed: ${(own.perSecond / best).toFixed(1)}x`,
      own.perSecond >= BAR.timesTheBest * best,
    );
}

const { engines, missing } = await rivals();
for (const why of missing) console.log(`left out: ${why}`);
for (const count of RULES) {
  const reference = await ours.prepare(makeRules(count), makeCases(count, CASES));
  const expected = Array.from({ length: CASES }, (_, index) => reference(index));
  const allowed = expected.filter((effect) => effect === 'allow').length;
  console.log(
    `\n${count.toLocaleString('en')} rules, ${CASES.toLocaleString('en')} cases (${allowed.toLocaleString('en')} allowed)`,
  );
  console.log(
    `${'engine'.padEnd(26)} ${'decisions/s'.padStart(11)} ${'p50'.padStart(13)} ${'p99'.padStart(13)} ${'ours is'.padStart(10)}`,
  );
  const own = await measure(ours, count);
  print(own, own.perSecond);
  const figures = [own];
  for (const engine of [inALine, ...engines]) {
    const one = await measure(engine, count, expected);
    print(one, own.perSecond);
    figures.push(one);
  }
  if (count === BAR.rules) judge(figures);
}
