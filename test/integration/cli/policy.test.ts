import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runCli, type CliRun } from '../../support/built-cli.js';
import { pairedSite, type PairedSite } from '../../support/paired-site.js';
import { runFolder } from '../../support/stack.js';

const ALL = '{ "formatVersion": 1, "tools": [{ "id": "all", "effect": "allow" }] } // ours\n';
const HELD = `{ "formatVersion": 1, "tools": [{ "id": "all", "effect": "allow" }, { "id": "wait", "match": { "tools": ["posts.create"] }, "effect": "ask" }] }`;

let here: PairedSite;
let folder: string;
const at = (name: string): string => join(folder, name);
const run = (...args: readonly string[]): Promise<CliRun> =>
  runCli(['policy', ...args], { cwd: folder, env: here.environment });
const json = async (...args: readonly string[]): Promise<unknown> =>
  JSON.parse((await run(...args, '--json')).stdout) as unknown;

beforeAll(async () => {
  here = await pairedSite({ policy: null });
  folder = mkdtempSync(join(runFolder(), 'policies-'));
  writeFileSync(at('all.jsonc'), ALL);
  writeFileSync(at('held.jsonc'), HELD);
}, 120_000);
afterAll(() => here.stop());

describe('chaperone policy', () => {
  it('validates, with warnings that are no mistakes', async () => {
    writeFileSync(at('idle.jsonc'), ALL.replace('"effect"', '"match": { "tools": ["shop.*"] }, "effect"'));
    const warned = await run('validate', 'idle.jsonc');
    expect(warned.code).toBe(0);
    expect(warned.stdout).toContain('idle.jsonc:1:33  This rule can never match');
    expect(await json('validate', 'all.jsonc')).toEqual({ problems: [], warnings: [] });
  }, 60_000);

  it('saves, exports and compares', async () => {
    await run('save', 'all.jsonc', '--activate', '--note', 'open');
    await run('save', 'held.jsonc', '--note', 'creating waits');
    expect((await run('show', '1', '--output', 'export.jsonc')).stdout).toBe('Version 1 is in export.jsonc.\n');
    expect(readFileSync(at('export.jsonc'), 'utf8')).toBe(ALL);
    expect(await run('show', '1', '--output', 'export.jsonc')).toMatchObject({ code: 2 });
    expect((await run('diff', '1', '2')).stdout).toBe('Rule wait is new: Creating posts is held for approval.\n');
    expect(await json('diff', '1', '2')).toMatchObject({ from: 1, to: 2, patch: [{ op: 'add', path: '/tools/1' }] });
  }, 60_000);

  it('tests a file or a version', async () => {
    const { agent } = here;
    const one = await run(
      'test',
      'held.jsonc',
      '--tool',
      'posts.create',
      '--args',
      '{"title":"a"}',
      '--agent',
      agent.id,
    );
    expect(one.stdout).toMatch(/posts\.create +ask +Held for approval by rule "wait" \(line 1\)/);
    writeFileSync(
      at('calls.json'),
      JSON.stringify({ calls: [{ tool: 'site.info', user: agent.login }, { tool: 'nope' }] }),
    );
    expect(await json('test', '2', '--calls', 'calls.json')).toMatchObject({
      decisions: [{ effect: 'allow', policyVersion: 2 }, { error: { code: 'tool_unknown' } }],
    });
    expect(await json('test', '2', '--tool', 'site.info')).toMatchObject({
      decisions: [{ error: { detail: expect.stringContaining('Name the user') } }],
    });
    expect(await run('test', '2')).toMatchObject({ code: 2 });
    expect(await run('test', '2', '--tool', 'site.info', '--at', 'noon')).toMatchObject({ code: 2 });
  }, 60_000);

  it('replays and shadows', async () => {
    await here.execute({ tool: 'posts.create', args: { title: 'One' } });
    const replay = await run('replay', 'held.jsonc', '--last', '10');
    expect(replay.stdout).toContain('1 calls looked at, 1 decided again: 0 as before, 1 otherwise.');
    expect(replay.stdout).toMatch(/posts\.create +allow to ask +Held for approval by rule "wait"/);
    const until = new Date(Date.now() + 3_600_000).toISOString();
    expect((await run('shadow', '2', '--until', until)).stdout).toContain('Version 2 decides in the shadow until');
    expect(await json('shadow')).toMatchObject({ shadow: { version: 2 }, considered: 0 });
    expect(await run('shadow', '2')).toMatchObject({ code: 2 });
    expect((await run('shadow', '--end')).code).toBe(0);
    expect((await run('shadow')).stdout).toContain('No shadow policy is set.');
  }, 60_000);

  it('activates, goes back and tells the history', async () => {
    expect((await run('rollback')).stderr).toContain('No other version was active before');
    await run('activate', '2', '--note', 'go');
    expect((await run('rollback')).stdout).toContain('Version 1 decides again');
    expect((await run('rollback')).stdout).toContain('Version 2 decides again');
    expect(await json('history')).toMatchObject({
      items: [
        { version: 2, note: 'rollback' },
        { version: 1 },
        { version: 2, note: 'go' },
        { version: 1, note: 'open' },
      ].map((each) => each),
    });
    expect((await run('history')).stdout).toMatch(/^version +active from +by +note\n.*\n2 \* /);
  }, 60_000);
});
