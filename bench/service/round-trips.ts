import { countingRelay } from '../../dev/counting-relay.js';
import { freePort } from '../../dev/ports.js';
import type { Call } from '../../src/client/index.js';
import { createCall, deliver, governed, updateCall, straight } from './requests.js';
import { startSidecar, type Stack } from './stack.js';

const WARM_UP = 5;
const CALLS = 20;

/** Questions to MariaDB for each call, one call at a time: a sidecar of its own by way of a relay that counts them. */
export async function countRoundTrips({ folder, environment, databaseUrl, agent, wordpressUrl }: Stack): Promise<void> {
  const relay = await countingRelay(new URL(databaseUrl));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const sidecar = await startSidecar(folder, {
    ...environment,
    CHAPERONE_DATABASE_URL: relay.url,
    CHAPERONE_PUBLIC_URL: url,
    CHAPERONE_LISTEN: `127.0.0.1:${port}`,
  });
  const { id } = (await deliver(straight(wordpressUrl, agent, 0))) as { id: number };
  const kinds: readonly (readonly [string, (turn: number) => Call])[] = [
    ['posts.create', createCall],
    ['posts.update', (turn) => updateCall(turn, id)],
    ['posts.create, dry run', (turn) => ({ ...createCall(turn), dryRun: true })],
  ];
  for (const [name, call] of kinds) {
    const calls = Array.from({ length: WARM_UP + CALLS }, (_, turn) => call(turn));
    let before = 0;
    for (const [turn, request] of governed(url, agent, calls, { withPassword: false }).entries()) {
      if (turn === WARM_UP) before = relay.requests();
      await deliver(request);
    }
    console.log(`  ${name.padEnd(24)} ${((relay.requests() - before) / CALLS).toFixed(1)}`);
  }
  await sidecar.stop();
  await relay.close();
}
