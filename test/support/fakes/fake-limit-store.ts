import { available, emptyHistory, groupSizeOf, nowFor, record, type History } from '../../../src/limits/admission.js';
import { limitId } from '../../../src/limits/keys.js';
import { checkDemands, type LimitDemand, type LimitStore, type LimitVerdict } from '../../../src/limits/limit-store.js';
import { refit, type KeptHistory } from '../../../src/limits/refit.js';
import { foreseen, verdictOf, type Outcome } from '../../../src/limits/verdict.js';
import { frameAt, type Micros } from '../../../src/limits/window.js';

/** Limits in memory, by a clock of the test's, for tests that need no database. */
export class FakeLimitStore implements LimitStore {
  readonly #kept = new Map<string, KeptHistory>();
  readonly #clock: () => Micros;

  constructor(clock: () => Micros) {
    this.#clock = clock;
  }

  consume(demands: readonly LimitDemand[], { peek = false } = {}): Promise<LimitVerdict> {
    try {
      checkDemands(demands);
      return Promise.resolve(this.#decide(demands, peek));
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #decide(demands: readonly LimitDemand[], peek: boolean): LimitVerdict {
    const at = this.#clock();
    const fit = peek ? ({ history }: KeptHistory): History => history : refit;
    const outcomes = demands.map((demand) => this.#outcome(demand, at, fit));
    if (peek) return foreseen(outcomes, at);
    const admitted = outcomes.every(
      ({ demand, history, now }) => available(history, demand.limit, frameAt(demand.window, now).floor) >= 1,
    );
    for (const { demand, history } of outcomes) this.#regrouped(demand, history);
    if (!admitted) return verdictOf(false, outcomes, at);
    return verdictOf(
      true,
      outcomes.map((outcome) => this.#write(outcome)),
      at,
    );
  }

  #outcome(demand: LimitDemand, at: Micros, fit: typeof refit): Outcome {
    const kept = this.#kept.get(nameOf(demand));
    const history = kept === undefined ? emptyHistory(groupSizeOf(demand.limit)) : fit(kept, demand, at);
    return { demand, history, now: nowFor(history, at) };
  }

  /** As every store does: once refitted to another limit, a history stays so, whatever becomes of the call. */
  #regrouped(demand: LimitDemand, history: History): void {
    const kept = this.#kept.get(nameOf(demand));
    if (kept !== undefined) this.#kept.set(nameOf(demand), { ...kept, history });
  }

  #write({ demand, history, now }: Outcome): Outcome {
    const { floor, end } = frameAt(demand.window, now);
    const next = record(history, floor, now, 1);
    const keepUntil = Math.max(this.#kept.get(nameOf(demand))?.keepUntil ?? 0, end);
    this.#kept.set(nameOf(demand), { history: next, keepUntil });
    return { demand, history: next, now };
  }

  purge(limit: number): Promise<number> {
    const at = this.#clock();
    const done = [...this.#kept].filter(([, { keepUntil }]) => keepUntil <= at).slice(0, limit);
    for (const [name] of done) this.#kept.delete(name);
    return Promise.resolve(done.length);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const nameOf = ({ rule, key }: LimitDemand): string => limitId(rule, key).toString('hex');
