import { describe, expect, it } from '@jest/globals';
import { makeRefusalLog, type Refused } from '../../../src/identity/refusal-log.js';
import type { ErrorCode } from '../../../src/kernel/errors.js';
import type { AgentId, KeyId, WpUserId } from '../../../src/kernel/ids.js';

const refusedAs = (code: ErrorCode, changes: { agentId?: string; keyId?: string | null; operation?: string } = {}) => {
  const { agentId = 'agent-a', keyId = 'key-a', operation } = changes;
  const actor = { userId: 7 as WpUserId, agentId: agentId as AgentId, credential: 'signature', ip: null } as const;
  return {
    actor,
    keyId: keyId as KeyId | null,
    code,
    ...(operation === undefined ? {} : { detail: { operation } }),
  };
};

function setup() {
  const world = { seconds: 0, down: false };
  const written: { code: string; refused: unknown; operation?: unknown; at: number }[] = [];
  const log = makeRefusalLog({
    clock: { now: () => new Date(world.seconds * 1_000) },
    write: ({ code, detail = {} }: Refused, at) => {
      if (world.down) return Promise.reject(new Error('the database is away'));
      const { refused, ...rest } = detail;
      written.push({ code, refused, ...rest, at: at.getTime() / 1_000 });
      return Promise.resolve();
    },
  });
  const many = async (count: number, refused: Refused): Promise<void> => {
    await Promise.all(Array.from({ length: count }, () => log.note(refused)));
  };
  return { world, written, log, many };
}

describe('refusals in the log', () => {
  it('a thousand write one entry, and the next after a minute says how many it stands for', async () => {
    const { world, written, many, log } = setup();
    const suspended = refusedAs('agent_suspended');
    await many(1_000, suspended);
    world.seconds = 59;
    await log.note(suspended);
    expect(written).toEqual([{ code: 'agent_suspended', refused: undefined, at: 0 }]);
    world.seconds = 60;
    await many(1_000, suspended);
    expect(written.slice(1)).toEqual([{ code: 'agent_suspended', refused: 1_001, at: 60 }]);
    world.seconds = 120;
    await log.note(suspended);
    expect(written.slice(2)).toEqual([{ code: 'agent_suspended', refused: 1_000, at: 120 }]);
  });

  it('names the addresses that an entry stands for, the first few: who has a leaked key isn’t hidden behind its owner', async () => {
    const { world, written, log } = setup();
    const from = (ip: string): Refused => {
      const refused = refusedAs('address_refused');
      return { ...refused, actor: { ...refused.actor, ip } };
    };
    await log.note(from('192.0.2.1'));
    await log.note(from('192.0.2.1'));
    await log.note(from('203.0.113.9'));
    await log.note(from('192.0.2.1'));
    world.seconds = 60;
    await log.flush();
    expect(written.slice(1)).toMatchObject([{ refused: 3, addresses: ['192.0.2.1', '203.0.113.9'] }]);
    for (let host = 1; host <= 20; host += 1) await log.note(from(`198.51.100.${host}`));
    world.down = true;
    world.seconds = 120;
    await expect(log.flush()).rejects.toThrow();
    world.down = false;
    await log.flush();
    expect(written.at(-1)).toMatchObject({ refused: 20 });
    expect(written.at(-1)).toHaveProperty('addresses.length', 8);
  });

  it('two codes, two keys, two agents and a request without a key write an entry each', async () => {
    const { written, many } = setup();
    for (const each of [
      refusedAs('agent_suspended'),
      refusedAs('address_refused'),
      refusedAs('agent_suspended', { keyId: 'key-b' }),
      refusedAs('agent_suspended', { keyId: null }),
      refusedAs('agent_suspended', { agentId: 'agent-b' }),
    ])
      await many(100, each);
    expect(written).toHaveLength(5);
  });

  it('one entry a minute for each operation, so that what was tried stays to be seen', async () => {
    const { world, written, many, log } = setup();
    await many(100, refusedAs('capability_missing', { operation: 'saveSettings' }));
    await many(50, refusedAs('capability_missing', { operation: 'deleteAgent' }));
    expect(written.map(({ operation }) => operation)).toEqual(['saveSettings', 'deleteAgent']);
    world.seconds = 60;
    await log.flush();
    expect(written.slice(2)).toMatchObject([
      { operation: 'deleteAgent', refused: 49 },
      { operation: 'saveSettings', refused: 99 },
    ]);
  });

  it('a clock that is set back keeps no refusal out of the log', async () => {
    const { world, written, log } = setup();
    world.seconds = 7_200;
    await log.note(refusedAs('agent_suspended'));
    world.seconds = 3_600;
    await log.note(refusedAs('agent_suspended'));
    expect(written.map(({ at }) => at)).toEqual([7_200, 3_600]);
  });

  it('what was counted is written although nobody comes again, after its minute or when the process ends', async () => {
    const { world, written, log, many } = setup();
    await many(5, refusedAs('agent_expired'));
    world.seconds = 59;
    await log.flush();
    expect(written).toHaveLength(1);
    world.seconds = 60;
    await log.flush();
    await log.flush(true);
    expect(written.slice(1)).toEqual([{ code: 'agent_expired', refused: 4, at: 60 }]);
    await many(3, refusedAs('agent_expired'));
    await log.flush(true);
    expect(written.slice(2)).toEqual([{ code: 'agent_expired', refused: 3, at: 60 }]);
  });

  it('what could not be written is counted, and tried again by the next', async () => {
    const { world, written, log } = setup();
    world.down = true;
    await expect(log.note(refusedAs('agent_suspended'))).rejects.toThrow('away');
    await expect(log.note(refusedAs('agent_suspended'))).rejects.toThrow('away');
    world.down = false;
    await log.note(refusedAs('agent_suspended'));
    expect(written).toMatchObject([{ refused: 3 }]);
  });

  it('wrong credentials that the attempt gate has counted are an entry each, and no others are', async () => {
    const { written, many } = setup();
    await many(20, { ...refusedAs('credentials_invalid'), isCounted: true });
    await many(20, { ...refusedAs('token_invalid'), isCounted: true });
    expect(written).toHaveLength(40);
    await many(20, refusedAs('credentials_invalid'));
    await many(20, refusedAs('token_invalid'));
    await many(20, refusedAs('credential_mismatch'));
    expect(written).toHaveLength(43);
  });
});
