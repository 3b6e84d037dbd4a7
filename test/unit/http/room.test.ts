import { EventEmitter, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import express, { type Request, type Response } from 'express';
import { makeRoom, turnAway } from '../../../src/http/room.js';

const request = {} as unknown as Request;
const aResponse = (): EventEmitter & Response => new EventEmitter() as unknown as EventEmitter & Response;

const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
const never = (): void => undefined;

it('lets in as many as there is room for, sends the others away with a time, and takes one more when one has left', async () => {
  const { isFull, within } = makeRoom(2);
  let inside = 0;
  const handler = within(() => {
    inside += 1;
  });
  const come = async (response: Response): Promise<void> => {
    await handler(request, response, never);
  };
  const [first, second] = [aResponse(), aResponse()];
  await come(first);
  await come(second);
  await expect(come(aResponse())).rejects.toMatchObject({ code: 'overloaded', extras: { retryAfter: 1 } });
  expect(inside).toBe(2);
  expect(isFull()).toBe(true);
  first.emit('close');
  await settled();
  await come(aResponse());
  expect(inside).toBe(3);
});

it('keeps the place of somebody who hung up until the work is done, and gives it back when it fails', async () => {
  const { isFull, within } = makeRoom(1);
  let fail = never as (reason: Error) => void;
  const work = new Promise<void>((_resolve, reject) => {
    fail = reject;
  });
  const response = aResponse();
  const working = Promise.resolve(within(() => work)(request, response, never));
  response.emit('close');
  await settled();
  expect(isFull()).toBe(true);
  fail(new Error('failed'));
  await expect(working).rejects.toThrow('failed');
  await settled();
  expect(isFull()).toBe(false);
});

it('gives no room to somebody who has gone while the body was read', async () => {
  const { isFull, within } = makeRoom(1);
  const gone = Object.assign(aResponse(), { closed: true });
  await within(() => {
    throw new Error('worked for nobody');
  })(request, gone, never);
  expect(isFull()).toBe(false);
});

it('turns away while it is full, but for what does no work', async () => {
  let full = true;
  const app = express();
  app.use((_request, response, next) => {
    response.locals['requestId'] = 'r1';
    next();
  });
  app.use(turnAway({ isFull: () => full }, ['/livez', '/v1/calls/{id}', '/.well-known/x']));
  app.use((_request, response) => {
    response.send('passed');
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const statusOf = async (path: string): Promise<number> => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
  for (const path of ['/livez', '/v1/calls/call_1', '/.well-known/x'])
    expect([path, await statusOf(path)]).toEqual([path, 200]);
  for (const path of ['/v1/execute', '/v1/calls/a/b', '/livez/', '/xwell-known/x'])
    expect([path, await statusOf(path)]).toEqual([path, 503]);
  const refused = await fetch(`http://127.0.0.1:${port}/v1/execute`, { method: 'POST', body: '{' });
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(await refused.json()).toMatchObject({ code: 'overloaded', status: 503, retryAfter: 1 });
  full = false;
  expect(await statusOf('/v1/execute')).toBe(200);
  server.close();
  server.closeAllConnections();
});
