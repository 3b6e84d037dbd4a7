import type { Stack } from './stack.js';
import { quantile, timed } from './figures.js';
import { createCall, deliver, governed, straight, updateCall, type Ready } from './requests.js';

const WARM_UP = 20;

interface Pair {
  readonly straight: Ready;
  readonly governed: Ready;
}

/** Who comes first changes from pair to pair, so that neither always finds what the other warmed. */
async function race(pairs: readonly Pair[]): Promise<{ straight: number[]; governed: number[] }> {
  const times = { straight: [] as number[], governed: [] as number[] };
  for (const [turn, pair] of pairs.entries()) {
    const order = turn % 2 === 0 ? (['straight', 'governed'] as const) : (['governed', 'straight'] as const);
    for (const kind of order) {
      const milliseconds = await timed(() => deliver(pair[kind]));
      if (turn >= WARM_UP) times[kind].push(milliseconds);
    }
  }
  return times;
}

function print(
  what: string,
  times: { readonly straight: readonly number[]; readonly governed: readonly number[] },
): void {
  const p50 = { straight: quantile(times.straight, 0.5), governed: quantile(times.governed, 0.5) };
  console.log(
    `  ${what.padEnd(14)} governed p50 ${p50.governed.toFixed(1)} ms (p90 ${quantile(times.governed, 0.9).toFixed(1)})   ` +
      `straight p50 ${p50.straight.toFixed(1)} ms (p90 ${quantile(times.straight, 0.9).toFixed(1)})   ` +
      `ratio ${(p50.governed / p50.straight).toFixed(3)}`,
  );
}

/** One call at a time, in turn with the same call made straight to WordPress by the same user. */
export async function compareGoverned({ wordpressUrl, sidecarUrl, agent }: Stack, pairs: number): Promise<void> {
  const turns = Array.from({ length: WARM_UP + pairs }, (_, turn) => turn);
  const creating = governed(sidecarUrl, agent, turns.map(createCall), { withPassword: false });
  print(
    'posts.create',
    await race(
      paired(
        turns.map((turn) => straight(wordpressUrl, agent, turn)),
        creating,
      ),
    ),
  );
  const { id } = (await deliver(straight(wordpressUrl, agent, 0))) as { id: number };
  const changing = governed(
    sidecarUrl,
    agent,
    turns.map((turn) => updateCall(turn, id)),
    { withPassword: false },
  );
  print(
    'posts.update',
    await race(
      paired(
        turns.map((turn) => straight(wordpressUrl, agent, turn, id)),
        changing,
      ),
    ),
  );
}

const paired = (direct: readonly Ready[], ours: readonly Ready[]): readonly Pair[] =>
  direct.flatMap((each, turn) => (ours[turn] === undefined ? [] : [{ straight: each, governed: ours[turn] }]));
