import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { TOOL_NAMES } from '../../../src/execution/tools/index.js';
import { toolSketches } from '../../../src/execution/tools/sketches.js';
import { makeValidatePolicy } from '../../../src/policy-versions/validate-policy.js';
import { compilePolicy } from '../../../src/policy/compile.js';
import { evaluate } from '../../../src/policy/evaluate.js';
import type { EntityFact } from '../../../src/policy/facts.js';
import { parsePolicy } from '../../../src/policy/parse.js';
import type { JsonObject } from '../../../src/kernel/json.js';
import { projectRoot } from '../../../dev/paths.js';
import { someFacts } from '../../support/policies.js';

const FOLDER = join(projectRoot(), 'docs/policies');
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.jsonc'));
const textOf = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');

/** What the policy of that name says of a call, by the site's clock (UTC here): effect, then the deciding rules. */
function said(name: string, tool: string, args: JsonObject, more: { at?: string; entity?: EntityFact } = {}): string {
  const outcome = parsePolicy(textOf(`${name}.jsonc`));
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  const decision = evaluate(
    compilePolicy(outcome, null),
    { tool, args },
    someFacts({
      now: new Date(more.at ?? '2026-11-18T10:00:00Z'),
      entities: more.entity === undefined ? [] : [more.entity],
      tool: { name: tool, effect: /\.(list|get|info)$/.test(tool) ? 'read' : 'write' },
    }),
  );
  const rules = decision.findings.filter(({ effect }) => effect === decision.effect).map(({ rule }) => rule);
  return `${decision.effect}: ${[...new Set(rules)].sort().join(', ')}`;
}
const post = (status: string, requestedStatus?: string): { entity: EntityFact } => ({
  entity: {
    kind: 'existing',
    type: 'post',
    id: 1,
    status,
    ...(requestedStatus === undefined ? {} : { requestedStatus }),
  },
});
const fresh = (requestedStatus = 'draft'): { entity: EntityFact } => ({
  entity: { kind: 'create', type: 'post', requestedStatus },
});

describe('ready-made policies', () => {
  it('are all explained', () => {
    expect(FILES).toEqual([
      'careful-blog.jsonc',
      'newsroom.jsonc',
      'read-only.jsonc',
      'shop-high-season.jsonc',
      'staging.jsonc',
    ]);
    const explained = textOf('README.md');
    for (const file of FILES) expect(explained).toContain(`(${file})`);
  });

  it.each(FILES)('%s has no mistakes and no rule without effect', async (file) => {
    const validate = makeValidatePolicy({ knownTools: [...TOOL_NAMES], sketches: toolSketches });
    expect(await validate(textOf(file))).toEqual({ problems: [], warnings: [] });
  });

  it.each<[string, string, JsonObject, Parameters<typeof said>[3], string]>([
    ['careful-blog', 'posts.create', { title: 'a', status: 'draft' }, fresh(), 'allow: drafting'],
    ['careful-blog', 'posts.create', { title: 'a', status: 'publish' }, fresh('publish'), 'deny: drafts-only'],
    ['careful-blog', 'posts.update', { id: 1, title: 'a' }, post('publish'), 'deny: drafts-only'],
    ['careful-blog', 'posts.update', { id: 1, author: 2 }, post('draft'), 'deny: own-name'],
    ['careful-blog', 'posts.publish', { id: 1 }, post('draft', 'publish'), 'ask: finishing, owner'],
    ['careful-blog', 'settings.update', { title: 'a' }, {}, 'deny: (default)'],
    ['newsroom', 'posts.publish', { id: 1 }, post('draft', 'publish'), 'ask: desk'],
    [
      'newsroom',
      'posts.publish',
      { id: 1 },
      { ...post('draft', 'publish'), at: '2026-11-18T23:00:00Z' },
      'deny: publishing-hours',
    ],
    ['newsroom', 'posts.update', { id: 1, sticky: true }, post('publish'), 'ask: front-page'],
    ['newsroom', 'posts.create', { title: 'Guaranteed returns!' }, fresh(), 'deny: promises'],
    ['newsroom', 'posts.create', { title: 'A shocking turn' }, fresh(), 'ask: hype'],
    ['newsroom', 'posts.create', { title: 'Rain until Thursday' }, fresh(), 'allow: writing'],
    ['shop-high-season', 'posts.update', { id: 1, title: 'a' }, post('publish'), 'allow: texts'],
    [
      'shop-high-season',
      'posts.update',
      { id: 1, title: 'a' },
      { ...post('publish'), at: '2026-11-28T10:00:00Z' },
      'ask: sales-freeze',
    ],
    ['shop-high-season', 'posts.publish', { id: 1 }, { ...post('draft'), at: '2026-11-18T21:00:00Z' }, 'deny: staffed'],
    ['shop-high-season', 'posts.update', { id: 1, title: 'Now 30% off' }, post('publish'), 'ask: prices'],
    ['shop-high-season', 'settings.update', { title: 'a' }, {}, 'deny: no-settings'],
    ['read-only', 'posts.get', { id: 1 }, post('publish'), 'allow: reading'],
    ['read-only', 'posts.get', { id: 1 }, post('draft'), 'deny: what-is-out'],
    ['read-only', 'posts.list', {}, {}, 'allow: reading'],
    ['read-only', 'posts.update', { id: 1, title: 'a' }, post('publish'), 'deny: (default)'],
    ['read-only', 'settings.get', {}, {}, 'deny: not-the-settings'],
    ['staging', 'posts.trash', { id: 1 }, post('publish'), 'allow: everything'],
    ['staging', 'settings.update', { title: 'a' }, {}, 'deny: identity'],
  ])('%s decides %s %j', (name, tool, args, more, expected) => {
    expect(said(name, tool, args, more)).toBe(expected);
  });
});
