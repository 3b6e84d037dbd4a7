import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseBasicCredentials } from '../../../../src/identity/application-passwords/index.js';

const basic = (text: string | Uint8Array): string => `Basic ${Buffer.from(text).toString('base64')}`;

describe('parseBasicCredentials (RFC 7617)', () => {
  it('reads what any client sends', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[^:\p{Cc}]{0,60}$/u),
        fc.stringMatching(/^\P{Cc}{0,60}$/u),
        (username, password) => {
          expect(parseBasicCredentials(basic(`${username}:${password}`))).toEqual({ username, password });
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ["RFC 7617's own example", 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==', 'Aladdin', 'open sesame'],
    ["RFC 7617's UTF-8 example", 'Basic dGVzdDoxMjPCow==', 'test', '123£'],
    ['the scheme in any case, more spaces', 'bASIC   YTpi', 'a', 'b'],
    ['the first colon divides', basic('a:b:c'), 'a', 'b:c'],
    ['no name', basic(':b'), '', 'b'],
    ['no password', basic('a:'), 'a', ''],
  ])('%s', (_what, header, username, password) => {
    expect(parseBasicCredentials(header)).toEqual({ username, password });
  });

  it.each([
    ['another scheme', 'Bearer YTpi'],
    ['no value', 'Basic '],
    ['no scheme', 'YTpi'],
    ['something behind', 'Basic YTpi x'],
    ['base64url', `Basic ${Buffer.from('a:\u00FF\u00BF~').toString('base64url')}-_`],
    ['bits beyond the last byte', 'Basic YTpjZB=='],
    ['missing padding', 'Basic YTpiYg'],
    ['a line break inside', 'Basic YT\npi'],
    ['no colon', basic('ab')],
    ['Latin-1', basic(Buffer.from('m\xFCller:x', 'latin1'))],
    ['a control character in the name', basic('a\0b:x')],
    ['a control character in the password', basic('a:x\n')],
    ['a password of 4,097 bytes', basic(`a:${'x'.repeat(4_097)}`)],
    ['a field of more than 8 kB', basic(`${'a'.repeat(8_000)}:x`)],
  ])('%s is malformed', (_what, header) => {
    expect(parseBasicCredentials(header)).toBeUndefined();
  });
});
