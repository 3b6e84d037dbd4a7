import { closeConnections } from './requests.js';

export interface Load {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** The value below which `share` of the values lie. */
export const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((left, right) => left - right)[Math.floor(values.length * share)] ?? Number.NaN;

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Works through `items` from that many callers at a time. */
export async function underLoad<T>(
  callers: number,
  items: readonly T[],
  work: (item: T) => Promise<unknown>,
): Promise<Load> {
  closeConnections();
  const queue = items.values();
  const waits: number[] = [];
  const caller = async (): Promise<void> => {
    for (const item of queue) waits.push(await timed(() => work(item)));
  };
  const seconds = (await timed(() => Promise.all(Array.from({ length: callers }, caller)))) / 1_000;
  return { perSecond: items.length / seconds, p50: quantile(waits, 0.5), p99: quantile(waits, 0.99) };
}

export function printLoad(name: string, { perSecond, p50, p99 }: Load, against?: Load): void {
  const ratio = against === undefined ? '' : `  ${(perSecond / against.perSecond).toFixed(2)}x`;
  const rate = Math.round(perSecond).toLocaleString('en').padStart(8);
  console.log(
    `  ${name.padEnd(56)} ${rate} /s  p50 ${p50.toFixed(1).padStart(6)} ms  p99 ${p99.toFixed(1).padStart(6)} ms${ratio}`,
  );
}
