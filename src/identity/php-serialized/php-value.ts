/**
 * What PHP's `serialize()` can say without objects. A string is text when its bytes are UTF-8 and bytes when they
 * aren't, so that nothing is silently replaced; an integer beyond 2^53 is a bigint; an array is a Map in PHP's order,
 * so `__proto__` is a key like any other.
 */
export type PhpValue = null | boolean | number | bigint | string | Uint8Array | PhpArray;
export type PhpArray = ReadonlyMap<PhpKey, PhpValue>;
export type PhpKey = string | number;

export function isPhpArray(value: PhpValue | undefined): value is PhpArray {
  return value instanceof Map;
}

/** PHP's `(bool)` cast: false are null, false, 0, -0, 0.0, "", "0" and the empty array; NAN is true. */
export function phpTruthy(value: PhpValue | undefined): boolean {
  if (value === undefined || value === null || value === '0' || value === 0) return false;
  if (typeof value === 'number') return true;
  if (value instanceof Uint8Array) return value.length > 0;
  return isPhpArray(value) ? value.size > 0 : Boolean(value);
}
