import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { activeParts } from '../../../wp-bridge/admin/src/diff/active.js';
import { compareRead, withUnseen } from '../../../wp-bridge/admin/src/diff/compare.js';

/** What is left to a reader who sees no markup at all, not even addresses. */
const words = (markup: string): string => markup.replace(/<[^>]*>/g, ' ').trim();
const block = (inner: string): string => `<!-- wp:html -->${inner}<!-- /wp:html -->`;

describe('a comparison as it is read', () => {
  it.each([
    ['an iframe', block('<iframe src="https://a.test"></iframe>'), block('<iframe src="https://b.test"></iframe>')],
    ['a script that is added', block('<p>A</p>'), block('<p>A</p><script src="https://b.test/x.js"></script>')],
    ['a video', block('<video src="a.mp4"></video>'), block('<video src="b.mp4"></video>')],
    ['a handler', block('<p>A</p>'), block('<p onclick="steal()">A</p>')],
    ['an attribute of a block', '<!-- wp:block {"ref":12} /-->', '<!-- wp:block {"ref":99} /-->'],
    ['a style', block('<p>A</p>'), block('<p style="display:none">A</p>')],
    ['where a form goes', block('<form action="/a">A</form>'), block('<form action="/b">A</form>')],
    ['a comment in HTML', 'One.<!-- a -->', 'One.<!-- b -->'],
  ])('shows the source where only this changed: %s', (_what, before, after) => {
    expect(compareRead(before, after, words)).toMatchObject([
      { isSame: false, isUnread: true, left: { markup: before }, right: { markup: after } },
    ]);
  });

  it.each([
    [
      'an attribute of a block',
      '<!-- wp:x {"ref":12} -->Rain<!-- /wp:x -->',
      '<!-- wp:x {"ref":99} -->Sun<!-- /wp:x -->',
    ],
    ['two that change places', '<p a="1" b="2">Rain</p>', '<p a="2" b="1">Sun</p>'],
    ['a handler behind a bracket', '<p title=">">Rain</p>', '<p title=">" onclick="x()">Sun</p>'],
  ])('shows the source where words changed, and this with them: %s', (_what, before, after) => {
    expect(compareRead(before, after, words)).toMatchObject([{ isSame: false, isUnread: true }]);
  });

  it('leaves the source away where all that changed is read', () => {
    const [row] = compareRead(
      block('<p class="a">Rain until Thursday.</p>'),
      block('<p class="a">Rain until Friday.</p>'),
      words,
    );
    expect(row).toMatchObject({ isSame: false, isUnread: false, active: [] });
  });

  it('shows the source of new parts that nobody could read, and names what isn’t only text', () => {
    const added = compareRead(
      '',
      ['<!-- wp:block {"ref":9} /-->', block('<p>A</p><script>x()</script>'), 'Text.'].join('\n\n'),
      words,
    );
    expect(added.map(({ isUnread, active }) => [isUnread, active])).toEqual([
      [true, []],
      [true, ['<script>']],
      [false, []],
    ]);
  });

  it('never says that nothing changed where the stored texts differ, whatever the reader leaves out', () => {
    const part = fc.constantFrom(
      '<!-- wp:a -->',
      '<!-- /wp:a -->',
      '<!-- wp:b /-->',
      '<p x="1">',
      '<p x="2">',
      'a',
      ' ',
      '\n\n',
      '\u200b',
    );
    const text = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const rows = compareRead(before, after, () => '');
        expect(rows.every(({ isSame }) => isSame)).toBe(before === after);
        expect(rows.every(({ isSame, isUnread }) => isSame || isUnread)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('what isn’t only text', () => {
  it.each([
    ['<p>on Monday, a script = text, javascript is a language</p>', []],
    ['<SCRIPT>x</SCRIPT><iframe/src=x>', ['<script>', '<iframe>']],
    ['<object data=x><embed src=x><form action=/a>', ['<object>', '<embed>', '<form>']],
    ['<img/onerror=x()>', ['onerror=']],
    ['<p title="a"onclick = "x()">', ['onclick=']],
    ['<p a"><script>x()</script>', ['<script>']],
    ['<a href="java&#115;cript&colon;x()">', ['javascript:']],
    ['<a href="java\n\tscript:x()">', ['javascript:']],
    ['<!-- wp:x {"html":"\\u003cscript\\u003e"} /-->', ['<script>']],
    ['<p style="position:fixed">', ['style=']],
  ])('%s', (markup, names) => {
    expect(activeParts(markup)).toEqual(names);
  });
});

it('characters that nobody sees have a number', () => {
  expect(withUnseen('a\u202eb\u200bc')).toBe('a⟨U+202E⟩b⟨U+200B⟩c');
  expect(withUnseen('naïve 👩‍👧 نمی‌خواهم')).toBe('naïve 👩‍👧 نمی‌خواهم');
});
