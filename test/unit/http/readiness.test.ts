import { describe, expect, it } from '@jest/globals';
import { readinessChecks } from '../../../src/http/readiness.js';
import { healthRoutes } from '../../../src/http/routes/health.js';

const NOW = new Date('2026-11-22T20:00:00Z');
const good: Parameters<typeof readinessChecks>[0] = {
  databaseTime: () => Promise.resolve(NOW),
  pendingMigrations: () => Promise.resolve([]),
  kekOpens: () => Promise.resolve(true),
  wordpressVersion: () => Promise.resolve('7.1'),
  now: () => NOW,
};
const silent = { error: () => undefined, warn: () => undefined };

async function readyz(changes: Partial<typeof good>, leaving = new AbortController().signal) {
  const route = healthRoutes(readinessChecks({ ...good, ...changes }), leaving, silent).find(
    ({ path }) => path === '/readyz',
  );
  if (route === undefined) throw new Error('no /readyz');
  const { status, body } = await route.handle();
  return { status, body: body as { status: string; checks: Record<string, string> } };
}

describe('/readyz', () => {
  it('is ready when all is well', async () => {
    const { status, body } = await readyz({});
    expect(status).toBe(200);
    expect(body.status).toBe('ready');
    expect(new Set(Object.values(body.checks))).toEqual(new Set(['ok']));
  });

  const failing = () => Promise.reject(new Error('connect ECONNREFUSED 10.1.2.3:3306'));
  it.each([
    ['database', { databaseTime: failing }],
    ['migrations', { pendingMigrations: () => Promise.resolve(['a', 'b']) }],
    ['migrations', { pendingMigrations: failing }],
    ['keys', { kekOpens: () => Promise.resolve(false) }],
    ['keys', { kekOpens: () => Promise.resolve(undefined) }],
    ['wordpress', { wordpressVersion: failing }],
    ['clock', { databaseTime: () => Promise.resolve(new Date(NOW.getTime() + 6_000)) }],
    ['clock', { databaseTime: () => Promise.resolve(new Date(NOW.getTime() - 6_000)) }],
  ])('says that the check %s fails, and nothing of the inside', async (name, changes) => {
    const { status, body } = await readyz(changes);
    expect(status).toBe(503);
    expect(body.status).toBe('not_ready');
    expect(body.checks[name]).not.toBe('ok');
    expect(JSON.stringify(body)).not.toContain('10.1.2.3');
  });

  it('forgives a clock that is a little off', async () => {
    expect((await readyz({ databaseTime: () => Promise.resolve(new Date(NOW.getTime() + 4_000)) })).status).toBe(200);
  });

  it('waits three seconds for a check, and for all of them at once', async () => {
    const never = () => new Promise<never>(() => undefined);
    const before = performance.now();
    const { status, body } = await readyz({ wordpressVersion: never, kekOpens: never });
    expect(performance.now() - before).toBeLessThan(4_500);
    expect(status).toBe(503);
    expect(body.checks).toMatchObject({ database: 'ok', keys: 'no answer in 3 seconds' });
  }, 10_000);

  it('fails while the process is leaving, at once also for who asked before', async () => {
    const leaving = new AbortController();
    const asked = readyz({ wordpressVersion: () => new Promise(() => undefined) }, leaving.signal);
    const before = performance.now();
    leaving.abort();
    const draining = { status: 503, body: { status: 'draining' } };
    expect(await asked).toMatchObject(draining);
    expect(await readyz({}, leaving.signal)).toMatchObject(draining);
    expect(performance.now() - before).toBeLessThan(1_000);
  });
});
