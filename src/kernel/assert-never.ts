/** Ends an exhaustive switch: a case that was forgotten doesn't compile. */
export function assertNever(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
