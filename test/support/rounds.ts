/**
 * How often a test tries: few times in `npm test`, and in `npm run test:counts` as often as the published figures say. The environment may
 * give any other count under this name.
 */
export function rounds(name: string, counts: { readonly usual: number; readonly published: number }): number {
  const given = process.env[name];
  if (given === undefined) return process.env['COUNTS'] === 'published' ? counts.published : counts.usual;
  const count = Number(given);
  if (!Number.isSafeInteger(count) || count < 1) throw new Error(`${name} must be a whole number of at least 1`);
  return count;
}
