import { describe, expect, it } from '@jest/globals';
import { addressKey, limitId, limitKey, type LimitSubjects } from '../../../src/limits/keys.js';

const subjects: LimitSubjects = { user: 7, agent: 'agt_a', ip: '192.0.2.7', tool: 'posts.create', site: 'wp_' };

describe('keys', () => {
  it('hold what the rule counts by and nothing else, in one order', () => {
    expect(limitKey(['agent', 'tool'], subjects)).toBe('[["agent","agt_a"],["tool","posts.create"]]');
    expect(limitKey(['tool', 'agent'], subjects)).toBe(limitKey(['agent', 'tool'], subjects));
    expect(limitKey(['user'], { ...subjects, ip: 'changed' })).toBe(limitKey(['user'], subjects));
  });

  it('can’t be made to look like another’s', () => {
    const sly = { ...subjects, agent: 'a"],["tool","posts.create', tool: 't' };
    expect(limitKey(['agent'], sly)).not.toBe(limitKey(['agent', 'tool'], { ...subjects, agent: 'a' }));
    expect(limitId('a', 'bc')).not.toEqual(limitId('ab', 'c'));
    expect(limitId('rule', 'key')).toHaveLength(20);
  });

  it('are undefined when a part is unknown, so that the call is refused', () => {
    for (const ip of [undefined, '', 'localhost', '1.2.3', '01.2.3.4', '1.2.3.4, 5.6.7.8'])
      expect(limitKey(['user', 'ip'], { ...subjects, ip })).toBeUndefined();
    expect(limitKey(['agent'], { ...subjects, agent: undefined })).toBeUndefined();
  });

  it('take an address for what it is', () => {
    expect(addressKey('2001:db8:1:2:3::4')).toBe(addressKey('2001:0DB8:1:2:ffff:ffff:ffff:ffff'));
    expect(addressKey('2001:db8:1:2::')).not.toBe(addressKey('2001:db8:1:3::'));
    expect(addressKey('::ffff:192.0.2.7')).toBe(addressKey('192.0.2.7'));
    expect(addressKey('::ffff:c000:207')).toBe(addressKey('192.0.2.7'));
    expect(addressKey('fe80::1%eth0')).toBe(addressKey('fe80::2'));
    expect(addressKey('::c000:207')).not.toBe(addressKey('192.0.2.7'));
  });
});
