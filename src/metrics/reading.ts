import type { GaugeName } from './names.js';

export interface Measured {
  readonly gauge: GaugeName;
  readonly value: number;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Something that is looked up at every scrape. What it throws is counted, not shown. */
export interface Reading {
  readonly name: string;
  readonly read: () => Promise<readonly Measured[]>;
}
