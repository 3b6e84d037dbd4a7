import { relay, type Relay } from './relay.js';

export interface CuttingRelay extends Relay {
  /** The next packet that holds `word` reaches the server, and the connection is cut instead of its answer coming back. */
  loseAnswerTo(word: string): void;
  /** The connection is cut before the next packet that holds `word` reaches the server. */
  dropNext(word: string): void;
  /** Answers that were lost. */
  lost(): number;
}

/** Hands bytes on between clients and a server, and cuts where a test says so. */
export async function cuttingRelay(target: URL): Promise<CuttingRelay> {
  let plan: { readonly word: string; readonly arrives: boolean } | undefined;
  let lost = 0;
  const made = await relay(target, (client, upstream) => {
    let cutting = false;
    client.on('data', (bytes: Buffer) => {
      if (plan !== undefined && bytes.includes(plan.word)) {
        const { arrives } = plan;
        plan = undefined;
        if (!arrives) {
          client.destroy();
          upstream.destroy();
          return;
        }
        cutting = true;
      }
      upstream.write(bytes);
    });
    upstream.on('data', (bytes: Buffer) => {
      if (cutting) {
        lost += 1;
        client.destroy();
        upstream.destroy();
      } else client.write(bytes);
    });
  });
  return {
    ...made,
    loseAnswerTo: (word) => (plan = { word, arrives: true }),
    dropNext: (word) => (plan = { word, arrives: false }),
    lost: () => lost,
  };
}
