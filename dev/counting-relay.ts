import { relay, type Relay } from './relay.js';

export interface CountingRelay extends Relay {
  /** How often a client began to speak after the server had answered: round trips. */
  requests(): number;
}

/** Hands bytes on between clients and a server, and counts round trips. */
export async function countingRelay(target: URL): Promise<CountingRelay> {
  let count = 0;
  const made = await relay(target, (client, upstream) => {
    let answered = true;
    client.on('data', () => {
      if (answered) count += 1;
      answered = false;
    });
    upstream.on('data', () => (answered = true));
    client.pipe(upstream).pipe(client);
  });
  return { ...made, requests: () => count };
}
