/**
 * The program of a worker thread, as text: so it runs the same from compiled files and from sources, with no path of
 * its own. It gets `{id, kind, hash, password}` and answers `{id, matches}` or `{id, failed}`.
 *
 * phpass (`PasswordHash::crypt_private()` of wp-includes/class-phpass.php): md5 of salt and password, then 2^n times md5
 * of digest and password, in phpass's own base 64 (least significant bits first). bcrypt is bcryptjs's.
 */
export const KEY_DERIVATION_WORKER = String.raw`
'use strict';
const { parentPort, workerData } = require('node:worker_threads');
const { hash, timingSafeEqual } = require('node:crypto');
const bcrypt = require(workerData.bcrypt);
const { itoa64 } = workerData;

function encode64(bytes) {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    let bits = bytes[at] | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
    for (let left = Math.min(bytes.length - at, 3) + 1; left > 0; left -= 1, bits >>= 6) text += itoa64[bits & 63];
  }
  return text;
}

function phpass(password, stored) {
  const secret = Buffer.from(password, 'utf8');
  const block = Buffer.concat([Buffer.alloc(16), secret]);
  let digest = hash('md5', Buffer.concat([Buffer.from(stored.slice(4, 12), 'utf8'), secret]), 'buffer');
  for (let left = 2 ** itoa64.indexOf(stored[3]); left > 0; left -= 1) {
    digest.copy(block);
    digest = hash('md5', block, 'buffer');
  }
  const computed = Buffer.from(stored.slice(0, 12) + encode64(digest), 'utf8');
  const given = Buffer.from(stored, 'utf8');
  return computed.length === given.length && timingSafeEqual(computed, given);
}

parentPort.on('message', ({ id, kind, hash: stored, password }) => {
  try {
    const matches = kind === 'phpass' ? phpass(password, stored) : bcrypt.compareSync(password, stored);
    parentPort.postMessage({ id, matches });
  } catch (error) {
    parentPort.postMessage({ id, failed: String(error) });
  }
});
`;
