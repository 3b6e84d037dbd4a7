/** Bytes as a hexadecimal literal: whatever is in them, nothing of it can be read as SQL, under any sql_mode or charset. */
const hex = (bytes: Uint8Array): string => (bytes.byteLength === 0 ? "''" : `X'${Buffer.from(bytes).toString('hex')}'`);
const textual = (value: string): string => (value === '' ? "''" : `_utf8mb4 ${hex(Buffer.from(value, 'utf8'))}`);

/** What a statement may hold in place of a placeholder. @throws TypeError for what no column takes */
function literal(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'string') return textual(value);
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (value instanceof Uint8Array) return hex(value);
  if (value instanceof Date) return textual(value.toISOString().slice(0, 23).replace('T', ' '));
  throw new TypeError('a statement holds a value that no column takes');
}

/** Quoted names and texts, in which a question mark is one; then a placeholder. */
const PART = /`(?:[^`]|``)*`|'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|\\\?|\?/g;

/** A statement with its values written into it, in digits and hexadecimal alone, so that it can travel with others. */
export function inlined(sql: string, bindings: readonly unknown[]): string {
  let next = 0;
  const text = sql.replace(PART, (part) => {
    if (part === '\\?') return '?';
    if (part !== '?') return part;
    if (next >= bindings.length) throw new TypeError('a statement has more placeholders than values');
    next += 1;
    return literal(bindings[next - 1]);
  });
  if (next !== bindings.length) throw new TypeError('a statement has more values than placeholders');
  return text;
}
