import { describe, expect, it } from '@jest/globals';
import { checkpointText, parseCheckpoint } from '../../../src/audit/checkpoint.js';
import {
  noteKeyId,
  openNote,
  publicHalf,
  signNote,
  verifierKey,
  type NoteKey,
  type NoteSigner,
} from '../../../src/audit/signed-note.js';
import { Secret } from '../../../src/kernel/secret.js';

/** The example of Go's golang.org/x/mod/sumdb/note, whose form C2SP's signed-note describes. */
const PETER_SKEY = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';
const PETER_VKEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const PETER_NOTE =
  'If you think cryptography is the answer to your problem,\n' +
  "then you don't know what your problem is.\n" +
  '\n' +
  '\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';

function signerOf(name: string, seed: Uint8Array): NoteSigner {
  return { name, seed: new Secret(seed), publicKey: publicHalf(seed) };
}
const peter = signerOf(
  'PeterNeumann',
  Buffer.from(PETER_SKEY.slice(PETER_SKEY.lastIndexOf('+A') + 1), 'base64').subarray(1),
);
const enoch = signerOf('EnochRoot', Buffer.alloc(32, 7));

describe('a signed note', () => {
  it('is letter by letter what Go’s note package writes', () => {
    expect(verifierKey(peter)).toBe(PETER_VKEY);
    expect(noteKeyId(peter).toString('hex')).toBe('c74f20a3');
    const text = PETER_NOTE.slice(0, PETER_NOTE.indexOf('\n\n') + 1);
    expect(signNote(text, [peter])).toBe(PETER_NOTE);
    expect(openNote(PETER_NOTE, [peter])).toMatchObject({ ok: true, text });
  });

  it('opens for each of its signers, and for nobody else', () => {
    const note = signNote('a\nb\n', [peter, enoch]);
    expect(note.split('\n')).toHaveLength(6);
    const names = (keys: readonly NoteKey[]) => {
      const opened = openNote(note, keys);
      return opened.ok ? opened.signedBy.map(({ name }) => name) : opened.reason;
    };
    expect(names([peter, enoch])).toEqual(['PeterNeumann', 'EnochRoot']);
    expect(names([enoch])).toEqual(['EnochRoot']);
    expect(names([signerOf('EnochRoot', Buffer.alloc(32, 8))])).toContain('none');
    expect(names([{ ...enoch, name: 'Other' }])).toContain('none');
    expect(names([])).toContain('none');
  });

  it.each([
    ['another text', PETER_NOTE.replace('answer', 'Answer')],
    ['a line more', PETER_NOTE.replace('is.\n', 'is.\nAnd more.\n')],
    ['a changed signature', PETER_NOTE.replace('ZJkuBS', 'ZJkuBT')],
    ['a shorter signature', PETER_NOTE.replace('x08go/ZJ', 'x08go/')],
    ['no signature', PETER_NOTE.slice(0, PETER_NOTE.indexOf('\u2014'))],
    ['no last line break', PETER_NOTE.slice(0, -1)],
    ['a hyphen for the dash', PETER_NOTE.replace('\u2014', '-')],
    ['a further space', PETER_NOTE.replace('\u2014 ', '\u2014  ')],
    ['nothing', ''],
    ['line breaks alone', '\n\n\n'],
    ['a hundred signatures', PETER_NOTE + PETER_NOTE.slice(PETER_NOTE.indexOf('\u2014')).repeat(99)],
  ])('with %s does not open', (_name, note) => {
    expect(openNote(note, [peter])).toMatchObject({ ok: false });
  });

  it('is not made of text that has an empty line or no end', () => {
    for (const text of ['', 'a', '\n', 'a\n\nb\n']) expect(() => signNote(text, [peter])).toThrow('note');
  });
});

describe('a checkpoint', () => {
  const said = { origin: 'example.org/audit', size: 20_852_163, root: 'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=' };

  it('has the form of C2SP’s tlog-checkpoint', () => {
    expect(checkpointText({ ...said, origin: 'example.com/behind-the-sofa' })).toBe(
      'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n',
    );
    expect(parseCheckpoint(checkpointText(said))).toEqual(said);
  });

  it.each([
    '',
    'a\n1\n',
    'a\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n',
    checkpointText(said) + 'more\n',
    'a\n-1\nx\n',
  ])('is not %j', (text) => {
    expect(parseCheckpoint(text)).toBeUndefined();
  });
});
