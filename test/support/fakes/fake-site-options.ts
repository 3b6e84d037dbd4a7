import type { OptionName, SiteOptions } from '../../../src/settings/site-options.js';

/** Options in memory; `writes` counts what was written. */
export class FakeSiteOptions implements SiteOptions {
  readonly rows = new Map<string, string>();
  writes = 0;

  read(name: OptionName): Promise<string | undefined> {
    return Promise.resolve(this.rows.get(name));
  }

  write(name: OptionName, value: string): Promise<void> {
    this.writes += 1;
    this.rows.set(name, value);
    return Promise.resolve();
  }
}
