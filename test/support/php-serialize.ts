/** What a test hands to `serialize()`: objects are PHP arrays with string keys, arrays are PHP lists. */
export type Serialisable =
  null | boolean | number | string | readonly Serialisable[] | { readonly [key: string]: Serialisable };

/** PHP's `serialize()` for plain data, so that a test can write the rows that WordPress writes. */
export function serialize(value: Serialisable): string {
  if (value === null) return 'N;';
  if (typeof value === 'boolean') return `b:${value ? 1 : 0};`;
  if (typeof value === 'number') return Number.isInteger(value) ? `i:${value};` : `d:${value};`;
  if (typeof value === 'string') return `s:${Buffer.byteLength(value)}:"${value}";`;
  const entries: [string, Serialisable][] = Object.entries(value);
  const items = entries.map(
    ([key, item]) => (/^(0|-?[1-9]\d*)$/.test(key) ? `i:${key};` : serialize(key)) + serialize(item),
  );
  return `a:${items.length}:{${items.join('')}}`;
}
