import { expect, it } from '@jest/globals';
import type { ChainReport } from '../../../src/audit/verify-chain.js';
import { makeVerifyTogether } from '../../../src/audit/verify-together.js';

const WHOLE: ChainReport = { ok: true, entries: 5_000 };

/** Walks that go as far as the test lets them. */
function walks() {
  const begun: { step: (entries: number) => void; end: (report: ChainReport) => void; fail: (error: Error) => void }[] =
    [];
  let drawn = 0;
  const verifyTogether = makeVerifyTogether({
    reader: { head: () => Promise.resolve({ height: 5_000, hash: '' }), evidence: () => Promise.resolve([]) },
    verify: (step) => new Promise((end, fail) => void begun.push({ step, end, fail })),
    random: (count) => new Uint8Array(count).fill((drawn += 1)),
  });
  return { begun, verifyTogether };
}

const settle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

it('says how far it is, and hands its report to whoever asks about that walk again', async () => {
  const { begun, verifyTogether } = walks();
  const first = await verifyTogether({ within: 0 });
  if (first.report !== undefined) throw new Error('it has ended already');
  begun[0]?.step(3_000);
  const { run } = first.running;
  expect(await verifyTogether({ within: 0, run })).toMatchObject({ running: { run, entries: 3_000 } });
  const waiting = verifyTogether({ within: 10_000, run });
  await settle();
  begun[0]?.end(WHOLE);
  expect(await waiting).toEqual({ report: WHOLE });
  expect(await verifyTogether({ within: 0, run })).toEqual({ report: WHOLE });
  expect(begun).toHaveLength(1);
});

it('walks once for all who ask meanwhile, and anew for who asks afterwards', async () => {
  const { begun, verifyTogether } = walks();
  const all = Promise.all([verifyTogether(), verifyTogether(), verifyTogether({ run: 'f'.repeat(24) })]);
  await settle();
  expect(begun).toHaveLength(1);
  begun[0]?.end(WHOLE);
  expect(await all).toEqual([{ report: WHOLE }, { report: WHOLE }, { report: WHOLE }]);
  const later = Promise.all([verifyTogether(), verifyTogether()]);
  await settle();
  expect(begun).toHaveLength(2);
  begun[1]?.end(WHOLE);
  await later;
});

it('fails for those who waited, and begins anew then', async () => {
  const { begun, verifyTogether } = walks();
  const failing = verifyTogether();
  await settle();
  begun[0]?.fail(new Error('gone'));
  await expect(failing).rejects.toThrow('gone');
  const again = verifyTogether();
  await settle();
  begun[1]?.end(WHOLE);
  expect(await again).toEqual({ report: WHOLE });
});
