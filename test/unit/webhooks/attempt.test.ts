import { describe, expect, it } from '@jest/globals';
import type { MessageId, WebhookEndpointId } from '../../../src/kernel/ids.js';
import { Secret } from '../../../src/kernel/secret.js';
import { makeSealedBox } from '../../../src/secrets/sealed-box.js';
import { makeAddressRules } from '../../../src/webhooks/outbound/address.js';
import { makeAttempt } from '../../../src/webhooks/outbound/attempt.js';
import type { Delivery } from '../../../src/webhooks/outbound/delivery.js';
import { makeResolveDestination, type Destination } from '../../../src/webhooks/outbound/destination.js';
import type { WebhookEndpoint } from '../../../src/webhooks/outbound/endpoint.js';
import { makeWebhookSecret } from '../../../src/webhooks/webhook-secret.js';

const NOW = new Date('2026-11-26T10:00:00Z');
const random = (count: number): Uint8Array => new Uint8Array(count).fill(5);
const box = makeSealedBox([new Secret(new Uint8Array(32))], random);
const id = 'whe_00000000000000000000' as WebhookEndpointId;
const { row } = makeWebhookSecret({ box, random }, `endpoint:${id}`, undefined, NOW);
const endpoint = { id, url: 'https://rebinding.example/in' } as WebhookEndpoint;
const delivery = { messageId: 'msg_1' as MessageId, body: '{}' } as Delivery;

/** The name leads to one address after the other, however often it is asked for. */
function rebinding(addresses: readonly string[]) {
  const sent: Destination[] = [];
  let asked = 0;
  const attempt = makeAttempt({
    secrets: { ofOwner: () => Promise.resolve([row]) },
    box,
    resolve: makeResolveDestination({
      lookup: () => Promise.resolve([addresses[asked++] ?? '127.0.0.1']),
      rules: makeAddressRules([]),
    }),
    post: (destination) => {
      sent.push(destination);
      return Promise.resolve({ kind: 'answered', status: 204 });
    },
    clock: { now: () => NOW },
    userAgent: 'test',
  });
  return { attempt, sent, asked: () => asked };
}

describe('a name that begins to lead inside', () => {
  it('is looked up once for each attempt, and what was checked is what is connected to', async () => {
    const world = rebinding(['8.8.8.8', '127.0.0.1']);
    expect(await world.attempt(endpoint, delivery)).toEqual({ ok: true, status: 204 });
    expect(world.asked()).toBe(1);
    expect(world.sent).toMatchObject([{ address: '8.8.8.8' }]);
  });

  it('is refused at the attempt at which it does, with the reason, and nothing is sent', async () => {
    const world = rebinding(['8.8.8.8', '169.254.169.254', '10.0.0.1', '::ffff:127.0.0.1']);
    await world.attempt(endpoint, delivery);
    for (let attempt = 0; attempt < 3; attempt += 1)
      expect(await world.attempt(endpoint, delivery)).toMatchObject({
        ok: false,
        status: null,
        reason: expect.stringContaining('network'),
      });
    expect(world.sent).toHaveLength(1);
  });
});
