import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { HeaderLine } from '../../src/client/index.js';
import { TOOL_NAMES } from '../../src/execution/tools/index.js';
import type { TestAnswer, TestRequest } from '../support/http-request.js';
import { pairedSite, type PairedSite } from '../support/paired-site.js';

const PATHS = [
  '/v1/execute',
  '/v1/policies',
  '/v1/policies/active',
  '/v1/audit',
  '/v1/audit/verify',
  '/v1/tools',
  '/v1/settings',
  '/v1/kill-switch',
  '/v1/pairing',
  '/livez',
  '/openapi.json',
];
const REQUESTS = 2_000;
const AT_ONCE = 24;

let paired: PairedSite;
/** Nothing may run: whatever gets through is denied. */
beforeAll(async () => {
  paired = await pairedSite({ policy: { tools: [] } });
}, 90_000);
afterAll(() => paired.stop());

const word = fc.oneof(
  fc.constantFrom(
    '',
    'posts.create',
    'site.info',
    'admin',
    '1',
    '-1',
    'null',
    '../..',
    '%00',
    '💥',
    "'",
    '"',
    'a'.repeat(300),
  ),
  fc.string({ maxLength: 30 }),
);
const headerText = fc.stringMatching(/^[\x20-\x7e]{0,60}$/).map((text) => text.trim());
const header: fc.Arbitrary<HeaderLine> = fc.tuple(
  fc.constantFrom(
    'Authorization',
    'Signature',
    'Signature-Input',
    'Content-Digest',
    'Content-Type',
    'Content-Encoding',
    'Idempotency-Key',
    'AI-Agent-Acting-User',
    'X-Forwarded-For',
    'X-Forwarded-Host',
    'X-HTTP-Method-Override',
    'Host',
    'Cookie',
    'Accept',
    'Range',
    'If-None-Match',
  ),
  headerText,
);
const named = (base: string) => word.map((name) => base + encodeURIComponent(name));
const asked = (base: string) =>
  fc
    .tuple(
      fc.constantFrom('cursor', 'limit', 'from', 'to', 'kind', 'userId', 'tool', 'verdict', '__proto__', 'x[]'),
      fc.oneof(
        word,
        fc.integer().map(String),
        fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      ),
    )
    .map(([name, value]) => `${base}?${encodeURIComponent(name)}=${encodeURIComponent(value)}`);

const tool = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...TOOL_NAMES) }, { weight: 1, arbitrary: word });
const args = fc.dictionary(
  fc.oneof(fc.constantFrom('id', 'title', 'status', 'content', 'meta', 'categories', 'date', 'per_page'), word),
  fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constantFrom('draft', 'publish'), word, fc.jsonValue()),
  { maxKeys: 4 },
);
const call = fc.record(
  {
    tool,
    args: fc.oneof({ weight: 4, arbitrary: args }, { weight: 1, arbitrary: fc.jsonValue() }),
    dryRun: fc.constantFrom(true, false, 'yes'),
    reason: fc.oneof(word, fc.jsonValue()),
  },
  { requiredKeys: ['tool'] },
);
const policy = fc.record(
  {
    document: fc.oneof(
      fc.json(),
      fc.jsonValue(),
      fc.constant({ formatVersion: 1, name: 'x', timezone: 'site', mode: 'autonomous' }),
    ),
    note: word,
    baseVersion: fc.oneof(fc.integer(), fc.jsonValue()),
  },
  { requiredKeys: ['document'] },
);
const noise = fc.oneof(fc.json(), fc.string(), fc.uint8Array({ maxLength: 200 }));
const asText = (value: unknown): string => JSON.stringify(value);
const mostly = <A, B>(usual: fc.Arbitrary<A>, other: fc.Arbitrary<B>) =>
  fc.oneof({ weight: 6, arbitrary: usual }, { weight: 1, arbitrary: other });

/** Method, path and body that go together, mostly. */
const aim = fc.oneof(
  ...Array.from({ length: 3 }, () =>
    fc.tuple(fc.constant('POST'), fc.constant('/v1/execute'), mostly(call.map(asText), noise)),
  ),
  fc.tuple(
    fc.constant('POST'),
    fc.constantFrom('/v1/policies', '/v1/policies/validate', '/v1/policies/1/activate'),
    mostly(policy.map(asText), noise),
  ),
  fc.tuple(fc.constantFrom('GET', 'HEAD'), fc.oneof(asked('/v1/audit'), asked('/v1/policies')), fc.constant(undefined)),
  fc.tuple(
    fc.constant('GET'),
    fc.oneof(named('/v1/calls/'), named('/v1/audit/'), named('/v1/policies/'), fc.constantFrom(...PATHS)),
    fc.constant(undefined),
  ),
  fc.tuple(
    fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'),
    fc.oneof(fc.constantFrom(...PATHS), fc.stringMatching(/^\/[\x21-\x7e]{0,40}$/)),
    fc.option(noise, { nil: undefined }),
  ),
);

interface Draft {
  readonly aim: readonly [method: string, path: string, body: string | Uint8Array | undefined];
  readonly contentType: string | null;
  readonly who: 'nobody' | 'agent' | 'agent with password' | 'admin' | 'editor';
  readonly idempotencyKey: string | undefined;
  readonly unsigned: readonly HeaderLine[];
}
const draft: fc.Arbitrary<Draft> = fc.record({
  aim,
  contentType: mostly(fc.constant('application/json'), fc.constantFrom('text/plain', null)),
  who: fc.constantFrom('nobody', 'agent', 'agent', 'agent with password', 'admin', 'admin', 'editor'),
  idempotencyKey: fc.option(headerText, { nil: undefined, freq: 4 }),
  unsigned: fc.oneof(
    { weight: 6, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(header, { maxLength: 3 }) },
  ),
});

function requestOf({ aim: [method, target, bytes], who, contentType, idempotencyKey, unsigned }: Draft): TestRequest {
  const { agent } = paired;
  const canBeSigned = bytes === undefined || bytes.length === 0 || contentType !== null;
  const { admin, editor } = paired.site.users;
  return {
    method,
    path: target,
    contentType,
    unsigned,
    ...(bytes === undefined ? {} : { body: bytes }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...(who.startsWith('agent') && canBeSigned ? { key: agent.key } : {}),
    ...(who === 'agent with password' ? { user: agent } : {}),
    ...(who === 'admin' ? { user: admin } : {}),
    ...(who === 'editor' ? { user: editor } : {}),
  };
}

describe(`${REQUESTS} requests that nobody thought of`, () => {
  it('each gets an answer, none of them a 5xx, and nothing of it runs', async () => {
    const posts = () => paired.site.php('return (int) wp_count_posts()->draft + (int) wp_count_posts()->publish;');
    const before = await posts();
    const drafts = fc.sample(draft, { numRuns: REQUESTS, seed: 20261122 });
    const counts = new Map<number, number>();
    const bad: string[] = [];
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let each = drafts[next++]; each !== undefined; each = drafts[next++]) {
        const answer: TestAnswer = await paired.send(requestOf(each));
        counts.set(answer.status, (counts.get(answer.status) ?? 0) + 1);
        if (answer.status >= 500) bad.push(`${answer.status} ${answer.text} for ${JSON.stringify(each)}`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    console.info(
      `${REQUESTS} requests: ${[...counts]
        .sort()
        .map(([status, count]) => `${count} × ${status}`)
        .join(', ')}`,
    );
    expect(bad.slice(0, 5)).toEqual([]);
    expect([...counts.keys()]).toEqual(expect.arrayContaining([200, 400, 401, 403, 404, 415, 422]));
    expect(await posts()).toBe(before);
    expect((await paired.get('/v1/audit?kind=call.intent')).body.items).toEqual([]);
    expect((await paired.get('/v1/audit/verify')).body).toMatchObject({ ok: true });
    expect(paired.log.join('')).not.toContain('"level":50');
  }, 300_000);
});
