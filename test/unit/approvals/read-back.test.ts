import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Approval } from '../../../src/approvals/approval.js';
import type { JsonObject } from '../../../src/kernel/json.js';
import { ApprovalWorld } from '../../support/fakes/approval-world.js';

const MINUTE = 60;

describe('an approved call whose outcome nobody was told', () => {
  let world: ApprovalWorld;
  let held: Approval;
  /** The last vote runs the call, and the process dies while WordPress works on it. */
  const lose = async (args: JsonObject, tool = 'posts.update'): Promise<void> => {
    held = await world.ask(args, tool);
    const died = new Promise<void>((resolve) => {
      world.crash = resolve;
    });
    void world.useCases.approve({ id: held.id, principal: world.as(1), note: null });
    await died;
    world.later(4 * MINUTE);
    await world.settleLostCalls();
  };
  const readBack = async (): Promise<unknown> => {
    world.later(4 * MINUTE);
    await world.useCases.readBack();
    return (await world.present(held.id)).resolution?.['readBack'];
  };

  beforeEach(() => {
    world = new ApprovalWorld();
    world.person(1);
  });

  it('is unknown, and not looked for while somebody may still be working on it', async () => {
    await lose({ id: 12, title: 'Asked' });
    expect((await world.present(held.id)).state).toBe('unknown');
    world.later(MINUTE);
    expect(await world.useCases.readBack()).toBe(0);
  });

  it('was done where the site is as the call wanted it', async () => {
    await lose({ id: 12, title: 'Asked' });
    world.post = { ...world.post, title: { raw: 'Asked', rendered: '' }, modified_gmt: '2' };
    expect(await readBack()).toMatchObject({ result: 'done' });
    expect(world.kinds().at(-1)).toBe('approval.reconciled');
  });

  it('is unclear where the target is as it was, since WordPress began with it', async () => {
    await lose({ id: 12, title: 'Asked' });
    expect(await readBack()).toMatchObject({ result: 'unclear', detail: expect.stringContaining('as it was before') });
  });

  it('wasn’t done where it never arrived; while that can’t be found out it is looked for later', async () => {
    await lose({ id: 12, title: 'Asked' });
    world.found = 'later';
    expect(await readBack()).toBeUndefined();
    world.found = { result: 'not_done', detail: 'It never reached WordPress.' };
    expect(await readBack()).toMatchObject({ result: 'not_done' });
  });

  it('was done where WordPress wrote down that it was, whatever became of it since', async () => {
    await lose({ title: 'New' }, 'posts.create');
    world.found = { result: 'done', detail: 'WordPress carried it out and answered 201.', entityId: 31 };
    expect(await readBack()).toMatchObject({ result: 'done', entityId: 31 });
    expect((await world.present(held.id)).state).toBe('unknown');
  });

  it('is unclear where somebody else changed it, and for what was to be made', async () => {
    await lose({ id: 12, title: 'Asked' });
    world.post = { ...world.post, title: { raw: 'By somebody', rendered: '' }, modified_gmt: '2' };
    expect(await readBack()).toMatchObject({ result: 'unclear' });
    await lose({ title: 'New' }, 'posts.create');
    expect(await readBack()).toMatchObject({ result: 'unclear' });
  });

  it('was done where the post is in the trash that should be', async () => {
    await lose({ id: 12 }, 'posts.trash');
    world.post = { ...world.post, status: 'trash', modified_gmt: '2' };
    expect(await readBack()).toMatchObject({ result: 'done' });
  });

  it('is looked for once, stays unknown and is never run again', async () => {
    await lose({ id: 12, title: 'Asked' });
    await readBack();
    expect(await world.useCases.readBack()).toBe(0);
    expect(await world.useCases.resume()).toBe(0);
    expect((await world.present(held.id)).state).toBe('unknown');
    expect(world.runs).toHaveLength(1);
    expect(world.kinds().filter((kind) => kind === 'approval.reconciled')).toHaveLength(1);
  });

  it('is looked for later while WordPress can’t be read', async () => {
    await lose({ id: 12, title: 'Asked' });
    world.unreachable = true;
    expect(await readBack()).toBeUndefined();
    world.unreachable = false;
    expect(await readBack()).toMatchObject({ result: 'unclear' });
  });
});
