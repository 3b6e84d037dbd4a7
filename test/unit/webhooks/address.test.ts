import { describe, expect, it } from '@jest/globals';
import { makeAddressRules } from '../../../src/webhooks/outbound/address.js';
import { makeResolveDestination, type Lookup } from '../../../src/webhooks/outbound/destination.js';

const strict = makeAddressRules([]);
const REFUSED =
  `0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.255.255.254
  168.63.129.16 169.254.0.1 169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1
  192.88.99.1 192.168.0.1 192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255
  240.0.0.1 255.255.255.255 :: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:8.8.8.8 ::ffff:169.254.169.254
  64:ff9b::7f00:1 64:ff9b::808:808 64:ff9b:1::1 100::1 2001::1 2001:0:7f00:1::1 2001:10::1 2001:20::1 2001:db8::1
  2002:7f00:1::1 2002:a9fe:a9fe::1 2002:808:808::1 2620:4f:8000::1 3fff::1 fc00::1 fd00:ec2::254 fdff:ffff::1 fe80::1
  fe80::1%eth0 febf::1 fec0::1 ff02::1 4000::1 localhost 127.1 2130706433 0x7f000001 017700000001 1.1.1.1.1`.split(
    /\s+/,
  );
const REACHED =
  `1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1 169.253.255.255
  169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 223.255.255.255
  2001:4860:4860::8888 2606:4700:4700::1111 2a00:1450::1 2003::1 2001:200::1 3ffe::1`.split(/\s+/);

describe('without the operator’s leave', () => {
  it.each(REFUSED)('%s is not reached', (address) => {
    expect(strict.mayReach(address)).toBe(false);
  });

  it.each(REACHED)('%s is', (address) => {
    expect(strict.mayReach(address)).toBe(true);
  });
});

describe('with it', () => {
  const rules = makeAddressRules(['10.1.0.0/16', '127.0.0.1', 'fd00:1::/32']);

  it.each([
    ['10.1.2.3', true],
    ['10.2.0.0', false],
    ['127.0.0.1', true],
    ['127.0.0.2', false],
    ['fd00:1::5', true],
    ['fd00:2::5', false],
    ['169.254.169.254', false],
  ])('%s: %s', (address, reached) => {
    expect(rules.mayReach(address)).toBe(reached);
  });
});

describe('an endpoint’s address', () => {
  const names: Record<string, readonly string[]> = {
    'good.example': ['8.8.8.8', '2606:4700:4700::1111'],
    'inside.example': ['10.0.0.1'],
    'both.example': ['8.8.8.8', '127.0.0.1'],
    'mapped.example': ['::ffff:169.254.169.254'],
    localhost: ['127.0.0.1'],
  };
  const lookup: Lookup = (name) => Promise.resolve(names[name] ?? []);
  const resolve = makeResolveDestination({ lookup, rules: strict });
  const open = makeResolveDestination({ lookup, rules: makeAddressRules(['127.0.0.0/8', '10.0.0.0/8', '::1']) });

  it('leads to the first of its addresses', async () => {
    expect(await resolve('https://good.example:8443/in?x=1')).toMatchObject({
      ok: true,
      destination: { address: '8.8.8.8', family: 4 },
    });
  });

  it.each([
    'https://inside.example/',
    'https://both.example/',
    'https://mapped.example/',
    'https://localhost/',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f.0.0.1/',
    'https://0177.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://１２７.0.0.1/',
    'https://[fd00:ec2::254]/latest/meta-data',
    'http://good.example/',
    'http://169.254.169.254/',
    'ftp://good.example/',
    'file:///etc/passwd',
    'gopher://good.example/',
    'https://user@good.example/',
    'https://user:word@good.example/',
    'https://good.example/#part',
    '//good.example/',
    'good.example',
    '',
    `https://good.example/${'x'.repeat(2_000)}`,
  ])('%s is refused', async (url) => {
    expect(await resolve(url)).toMatchObject({ ok: false, why: 'refused' });
  });

  it('that doesn’t resolve says so', async () => {
    expect(await resolve('https://nowhere.example/')).toMatchObject({ ok: false, why: 'unresolved' });
  });

  it('may be http where it leads to an opened loopback, and nowhere else', async () => {
    expect(await open('http://127.0.0.1:8080/')).toMatchObject({ ok: true });
    expect(await open('http://[::1]:8080/')).toMatchObject({ ok: true });
    expect(await open('http://localhost/')).toMatchObject({ ok: true });
    expect(await open('https://inside.example/')).toMatchObject({ ok: true });
    expect(await open('http://inside.example/')).toMatchObject({ ok: false });
    expect(await open('http://good.example/')).toMatchObject({ ok: false });
  });
});
