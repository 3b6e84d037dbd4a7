import { describe, expect, it } from '@jest/globals';
import { addSlashes, isEmail, lookupLogin } from '../../../../src/identity/wordpress-users/login-name.js';

describe('lookupLogin: the login that core would look for', () => {
  it.each([
    ['admin', 'admin'],
    ['  Admin\t', 'Admin'],
    ['Zoë Müller', 'Zoe Muller'],
    ['ÅSA', 'ASA'],
    ['Zoe\u0308', 'Zoe'],
    ['Weiß', 'Weis'],
    ['Łódź', 'Lodz'],
    ['a%20b', 'ab'],
    ['a&amp;b', 'ab'],
    ['a   b', 'a b'],
    ['a\u00A0b', 'a\u00A0b'],
    ['o\\', 'o\\'],
    ['日本', '日本'],
  ])('%j becomes %j', (name, login) => {
    expect(lookupLogin(name, '')).toBe(login);
  });

  it('spells letters out by the locale of the site', () => {
    expect(lookupLogin('Müller', 'de_DE')).toBe('Mueller');
    expect(lookupLogin('Weiß', 'de_AT')).toBe('Weiss');
    expect(lookupLogin('Ørsted', 'da_DK')).toBe('Oersted');
    expect(lookupLogin('col·legi', 'ca')).toBe('collegi');
    expect(lookupLogin('Đoković', 'sr_RS')).toBe('DJokovic');
  });

  it.each(['', '   ', '0', '<b>admin</b>'])('%j is nobody', (name) => {
    expect(lookupLogin(name, '')).toBeUndefined();
  });
});

describe('isEmail, as is_email()', () => {
  it.each(['a@b.de', "o'brien@example.org", 'x+y@sub.example.org', 'A@B.DE', '_@a.b1'])('%j is one', (text) => {
    expect(isEmail(text)).toBe(true);
  });
  it.each([
    'a@b.c',
    '@example.org',
    'admin',
    'a b@example.org',
    'a@@example.org',
    'a@example',
    'a@example..org',
    'a@-x.org',
  ])('%j is none', (text) => {
    expect(isEmail(text)).toBe(false);
  });
  it.each(['a@x-.org', 'a@example.org.', ' a@example.org', 'ä@example.org', 'a@exämple.org', 'a\\b@example.org'])(
    '%j is none',
    (text) => {
      expect(isEmail(text)).toBe(false);
    },
  );
});

it('addSlashes, as addslashes()', () => {
  expect(addSlashes(`o'brien "x" \\ \0`)).toBe(`o\\'brien \\"x\\" \\\\ \\0`);
});
