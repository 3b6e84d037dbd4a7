import { describe, expect, it } from '@jest/globals';
import { changesOf, editorOf, standingTexts } from '../../../wp-bridge/admin/src/approvals/change.js';
import { mayReject, rejectingAs } from '../../../wp-bridge/admin/src/approvals/rejecting.js';
import { choose, edited, picked } from '../../../wp-bridge/admin/src/approvals/selection.js';

const ids = (rows: readonly { readonly id: string }[]): string[] => rows.map(({ id }) => id);

describe('a selection of calls', () => {
  const shown = [
    { id: 'a', digest: '1' },
    { id: 'b', digest: '1' },
  ];
  const later = [
    { id: 'a', digest: '1' },
    { id: 'b', digest: '2' },
  ];
  const chosen = choose(new Map(), new Set(['a', 'b', 'gone']), shown);

  it('holds what was shown when each was chosen, and drops what was edited since', () => {
    expect(ids(picked(chosen, shown))).toEqual(['a', 'b']);
    expect(ids(picked(chosen, later))).toEqual(['a']);
    expect(ids(edited(chosen, later))).toEqual(['b']);
    expect(edited(chosen, shown)).toEqual([]);
  });

  it('never gives a call that stays chosen the digest of a later answer', () => {
    expect(choose(chosen, new Set(['a', 'b']), later).get('b')).toBe('1');
    const anew = choose(choose(chosen, new Set(['a']), later), new Set(['a', 'b']), later);
    expect(ids(picked(anew, later))).toEqual(['a', 'b']);
  });
});

describe('whose rejection it is', () => {
  const zoe = { userId: 7, login: 'zoe' };
  const of = (own: boolean, others: readonly (typeof zoe)[]) => ({
    you: { mayReject: own, rejectInNameOf: [...others] },
  });

  it('is one’s own where one may, and otherwise that of somebody who has given their votes', () => {
    expect(rejectingAs(of(true, [zoe]))).toEqual({});
    expect(rejectingAs(of(false, [zoe]))).toEqual({ inNameOf: 7 });
    expect(rejectingAs(of(true, [zoe]), '7')).toEqual({ inNameOf: 7 });
    expect(rejectingAs(of(false, []))).toEqual({});
  });

  it('is offered to nobody else', () => {
    expect([of(true, []), of(false, [zoe]), of(false, [])].map(mayReject)).toEqual([true, true, false]);
  });
});

describe('what a call would do to what is there', () => {
  const before = { status: 'draft', title: 'News', content: '<p>Rain</p>', excerpt: '', author: 3 };
  const of = (tool: string, args: Record<string, unknown>, was: Record<string, unknown> = before) => {
    const call = { tool, before: was, effectiveArgs: { id: 7, ...args } };
    const changes = changesOf(call);
    return { changed: changes.map(({ name, after }) => [name, after]), says: standingTexts(call, changes) };
  };
  const all = [
    { name: 'title', text: 'News' },
    { name: 'content', text: '<p>Rain</p>' },
  ];

  it.each([
    ['posts.publish', {}, before, 'publish'],
    ['pages.trash', {}, before, 'trash'],
    ['posts.restore', {}, { ...before, status: 'trash' }, 'draft'],
    ['posts.update', { status: 'publish' }, before, 'publish'],
  ])('%s changes the status, and shows the text that it is done to', (tool, args, was, status) => {
    expect(of(tool, args, was)).toEqual({ changed: [['status', status]], says: all });
  });

  it('shows the rest of the text where a changed one would be published with it', () => {
    expect(of('posts.update', { title: 'Old', status: 'publish' }).says).toEqual(all.slice(1));
    expect(of('posts.update', { title: 'Old' }).says).toEqual([]);
  });

  it('knows where wp-admin shows it', () => {
    expect(editorOf({ tool: 'pages.trash', effectiveArgs: { id: 7 } })).toBe('post.php?action=edit&post=7');
    expect(editorOf({ tool: 'comments.moderate', effectiveArgs: { id: 7 } })).toContain('c=7');
    expect(editorOf({ tool: 'posts.trash', effectiveArgs: { id: '7&x=1' } })).toBeNull();
    expect(editorOf({ tool: 'settings.update', effectiveArgs: {} })).toBeNull();
  });
});
