export type Say = (line: string) => void;

export const say: Say = (line) => {
  console.log(`• ${line}`);
};

/** Does one named step and prints its name with the time it took. */
export async function step<T>(name: string, work: (note: Say) => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await work((line) => {
    say(`${name}: ${line}`);
  });
  say(`${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  return result;
}
