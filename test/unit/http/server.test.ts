import { EventEmitter, once } from 'node:events';
import { Agent, get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import express from 'express';
import { describe, expect, it } from '@jest/globals';
import { listen } from '../../../src/http/server.js';

const GRACE_MS = 20_000;

describe('a server that closes', () => {
  it('ends with the answers that are under way, though somebody asks again and again over one connection', async () => {
    const app = express();
    app.get('/now', (_request, response) => void response.json({}));
    // A connection that the kernel still holds when the server closes is refused with it: the call must be under way by then.
    const arrival = new EventEmitter();
    const arrived = once(arrival, 'call');
    app.get('/later', (_request, response) => {
      arrival.emit('call');
      setTimeout(() => response.json({}), 300);
    });
    const server = await listen(app, { host: '127.0.0.1', port: 0 });
    const ask = (agent: Agent, path: string): Promise<string> =>
      new Promise((resolve) => {
        get({ host: '127.0.0.1', port: server.port, path, agent }, (response) => {
          response.resume().on('end', () => {
            resolve(String(response.statusCode));
          });
        }).on('error', (error: NodeJS.ErrnoException) => {
          resolve(error.code ?? '');
        });
      });
    const probe = new Agent({ keepAlive: true, maxSockets: 1 });
    const caller = new Agent({ keepAlive: true, maxSockets: 1 });
    const answers: string[] = [];
    const over = new AbortController();
    const probing = (async () => {
      while (!over.signal.aborted) answers.push(await ask(probe, '/now'));
    })();
    const call = ask(caller, '/later');
    await arrived;
    const began = performance.now();
    await server.close(GRACE_MS);
    expect(performance.now() - began).toBeLessThan(3_000);
    expect(await call).toBe('200');
    await pause(50);
    over.abort();
    await probing;
    expect(new Set(answers)).toEqual(new Set(['200', 'ECONNREFUSED']));
  });
});
