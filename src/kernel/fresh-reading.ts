import type { Brand } from './ids.js';

/** A place in the order of readings: those that begin later have higher numbers. */
export type Moment = Brand<number, 'Moment'>;

/**
 * Something that is read again and again, and never remembered beyond who asked before it was read: a reading serves those
 * whose request was there when it began, so what was changed before a request came is seen by that request.
 */
export interface FreshReading<T> {
  /** Now: whoever shows it later gets a reading that began after it. */
  moment(): Moment;
  /** Begins a reading for those who will ask soon. */
  begin(): void;
  /** The newest reading, if it began after `moment`; otherwise one that begins now. */
  since(moment?: Moment): Promise<T>;
  /** The newest reading, if it began at most so long ago; otherwise one that begins now. For what is no permission. */
  recent(milliseconds: number): Promise<T>;
}

interface Reading<T> {
  readonly number: number;
  readonly begun: number;
  readonly value: Promise<T>;
}

/** `now` in milliseconds, of a clock that never goes back. A reading that failed serves nobody who asks afterwards. */
export function makeFreshReading<T>(read: () => Promise<T>, now: () => number): FreshReading<T> {
  let count = 0;
  let newest: Reading<T> | undefined;
  const start = (): Promise<T> => {
    count += 1;
    const reading = { number: count, begun: now(), value: read() };
    newest = reading;
    reading.value.catch(() => {
      if (newest === reading) newest = undefined;
    });
    return reading.value;
  };
  return {
    moment: () => count as Moment,
    begin() {
      void start();
    },
    since: (moment) =>
      moment !== undefined && newest !== undefined && newest.number > moment ? newest.value : start(),
    recent: (milliseconds) => (newest !== undefined && now() - newest.begun <= milliseconds ? newest.value : start()),
  };
}
