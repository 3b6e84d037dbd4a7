import type { BenchCase, BenchRule } from './workload.js';

/** A case in whatever form an engine takes, made ready before anything is measured. */
export type Decide = (index: number) => 'allow' | 'deny';

/** One engine with one policy in it. Its `decide` answers for the case of that number. */
export interface Engine {
  readonly name: string;
  readonly prepare: (rules: readonly BenchRule[], cases: readonly BenchCase[]) => Promise<Decide>;
}
