import { describe, expect, it } from '@jest/globals';
import {
  fastHash,
  matchesFastHash,
  parsePasswordHash,
} from '../../../../src/identity/application-passwords/password-hash.js';

describe('wp_fast_hash()', () => {
  it.each([
    ['password', '$generic$5kFnqVB4H8sAaEg-HC4BoAY2wTWniLJdF-mQwkWu'],
    ['abcdEFGHijklMNOPqrstUVWX', '$generic$VbqhfQOT_VfaFmt_p27nedVhgUdnEi-dOUZamH4W'],
    ['abcd1234EFGH5678ijkl9012', '$generic$-r4FB5NrhNs1VZlhj9uMueqVu30SZqjhd5q-NUtA'],
    ['', '$generic$XJQGK2eUryTa4vHbU0bDv1Ml3wGPwaC1ATczq0o_'],
  ])('%j', (password, hash) => {
    expect(fastHash(password)).toBe(hash);
    expect(matchesFastHash(password, hash)).toBe(true);
    expect(matchesFastHash(`${password}x`, hash)).toBe(false);
    expect(matchesFastHash(password, `${hash}x`)).toBe(false);
    expect(matchesFastHash(password, hash.slice(0, -1))).toBe(false);
  });
});

describe('parsePasswordHash', () => {
  const bcrypt = '$05$abcdefghijklmnopqrstuuHezVQj0jun1LoSeKMrBow7mHlobkbDa';

  it.each([
    ['$generic$5kFnqVB4H8sAaEg-HC4BoAY2wTWniLJdF-mQwkWu', 'fast'],
    ['$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0', 'phpass'],
    ['$H$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0', 'phpass'],
    [`$2y${bcrypt}`, 'bcrypt'],
    [`$2a${bcrypt}`, 'bcrypt'],
    [`$2b${bcrypt}`, 'bcrypt'],
  ])('%s is %s', (hash, kind) => {
    expect(parsePasswordHash(hash).kind).toBe(kind);
  });

  it.each([
    ['plain md5', '5f4dcc3b5aa765d61d8327deb882cf99', 'hash_unknown'],
    ['a user password since 6.8', `$wp$2y${bcrypt}`, 'hash_unknown'],
    ['bcrypt with the sign extension bug', `$2x${bcrypt}`, 'hash_unknown'],
    ['md5 crypt', '$1$O3JMY.Tw$AdLnLjQ/5jXF9.MTp3gHv/', 'hash_unknown'],
    ['sha512 crypt', '$6$salt$x', 'hash_unknown'],
    ['nothing', '', 'hash_unknown'],
    ['phpass of 2^30 rounds', '$P$SIQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0', 'hash_too_costly'],
    ['phpass of 2^17 rounds', '$P$FIQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0', 'hash_too_costly'],
    ['phpass of too few rounds', '$P$4IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0', 'hash_unknown'],
    ['phpass with something behind', '$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0\n', 'hash_unknown'],
    ['bcrypt of cost 15', `$2y$15${bcrypt.slice(3)}`, 'hash_too_costly'],
    ['bcrypt of cost 31', `$2y$31${bcrypt.slice(3)}`, 'hash_too_costly'],
    ['bcrypt of cost 3', `$2y$03${bcrypt.slice(3)}`, 'hash_unknown'],
    ['bcrypt of cost 99', `$2y$99${bcrypt.slice(3)}`, 'hash_unknown'],
  ])('%s is refused', (_what, hash, reason) => {
    expect(parsePasswordHash(hash)).toEqual({ kind: 'refused', reason });
  });

  it('the highest costs that are still computed', () => {
    expect(parsePasswordHash('$P$EIQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0').kind).toBe('phpass');
    expect(parsePasswordHash(`$2y$14${bcrypt.slice(3)}`).kind).toBe('bcrypt');
  });
});
