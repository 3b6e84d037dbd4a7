import { createHash } from 'node:crypto';
import { UNCHANGED, type OptionName, type SiteOptions } from '../../../src/settings/site-options.js';

function owned(name: OptionName): OptionName {
  if (!/^ai_agent_[a-z0-9_]+$/.test(name)) throw new Error(`the option ${name} isn't one of ours`);
  return name;
}

/** Options in memory; `writes` counts what was written. */
export class FakeSiteOptions implements SiteOptions {
  readonly rows = new Map<string, string>();
  writes = 0;

  async read(name: OptionName): Promise<string | undefined> {
    return Promise.resolve(this.rows.get(owned(name)));
  }

  async readIfOther(name: OptionName, sha256: string): Promise<string | undefined | typeof UNCHANGED> {
    const text = await this.read(name);
    if (text === undefined) return undefined;
    return createHash('sha256').update(text).digest('hex') === sha256 ? UNCHANGED : text;
  }

  async lockOrCreate(name: OptionName, initial: string): Promise<string> {
    const text = this.rows.get(owned(name)) ?? initial;
    this.rows.set(name, text);
    return Promise.resolve(text);
  }

  lock(name: OptionName): Promise<string | undefined> {
    return this.read(name);
  }

  async write(name: OptionName, value: string): Promise<void> {
    this.writes += 1;
    this.rows.set(owned(name), value);
    return Promise.resolve();
  }
}
