import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { Secret } from '../../src/kernel/secret.js';
import { redisLimitStore } from '../../src/limits/limit-store.redis.js';
import { startRedis, type TestRedis } from '../support/redis.js';
import { aDemand, limitStoreContract } from './limit-store.contract.js';

const TEST_CLOCK = "tonumber(redis.call('GET', 'test-clock'))";

limitStoreContract('Redis', async () => {
  const server = await startRedis();
  const redis = new Redis(server.url);
  const options = { url: new Secret(server.url), namespace: 'tests', clock: TEST_CLOCK };
  const stores = [redisLimitStore(options), redisLimitStore(options)] as const;
  return {
    stores,
    expires: true,
    setClock: async (micros) => {
      await redis.set('test-clock', String(micros));
    },
    clear: async () => {
      await redis.flushall();
    },
    stop: async () => {
      await Promise.all([...stores.map((store) => store.close()), redis.quit()]);
      await server.stop();
    },
  };
});

describe('limits in Redis', () => {
  let server: TestRedis;
  let redis: Redis;
  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(server.url);
    redis.on('error', () => undefined);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });

  it('go by the server’s clock, and expire a minute after they count no more', async () => {
    const store = redisLimitStore({ url: new Secret(server.url), namespace: 'a' });
    const demand = aDemand({ limit: 1, window: { kind: 'rolling', seconds: 1 } });
    const first = await store.consume([demand]);
    expect(Math.abs(first.at / 1_000 - Date.now())).toBeLessThan(5_000);
    expect((await store.consume([demand])).admitted).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 1_010));
    expect((await store.consume([demand])).admitted).toBe(true);
    const [key = ''] = await redis.keys('*');
    expect(await redis.pttl(key)).toBeGreaterThan(59_000);
    expect(await redis.pttl(key)).toBeLessThanOrEqual(61_000);
    await store.close();
  });

  it('are kept apart for each site', async () => {
    const stores = ['site a', 'site b'].map((namespace) => redisLimitStore({ url: new Secret(server.url), namespace }));
    const demand = aDemand({ limit: 1 });
    for (const store of stores) expect((await store.consume([demand])).admitted).toBe(true);
    for (const store of stores) expect((await store.consume([demand])).admitted).toBe(false);
    await Promise.all(stores.map((store) => store.close()));
  });

  it('refuse to answer when the server is gone', async () => {
    const gone = await startRedis();
    const store = redisLimitStore({ url: new Secret(gone.url), namespace: 'a' });
    expect((await store.consume([aDemand()])).admitted).toBe(true);
    await gone.stop();
    await expect(store.consume([aDemand()])).rejects.toMatchObject({ code: 'database_unavailable' });
    await store.close();
  });
});
