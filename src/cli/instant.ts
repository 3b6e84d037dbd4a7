/** An instant with a zone, or a date, which begins in UTC. */
export function instantOf(text: string): Date | undefined {
  const form = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;
  const at = new Date(text);
  return form.test(text) && !Number.isNaN(at.getTime()) ? at : undefined;
}
