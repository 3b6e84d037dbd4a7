/** A promise that was not kept, in words: no run ends with an error that it doesn't name. */
export function broken(words: string): void {
  console.log(`  BROKEN: ${words}`);
  process.exitCode = 1;
}
