import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { ChaperoneError } from '../../kernel/errors.js';
import { KEY_DERIVATION_WORKER } from './key-derivation-worker.js';
import type { KeyDerivation } from './key-derivation.js';
import { ITOA64, type SlowHash } from './password-hash.js';

export interface KeyDerivationPoolOptions {
  /** Threads; each hashes one password at a time and is started when it is first needed. */
  readonly workers: number;
  /** Comparisons that may wait for a thread; one more is refused. */
  readonly queueLimit: number;
}

export const DEFAULT_KEY_DERIVATION: KeyDerivationPoolOptions = { workers: 2, queueLimit: 32 };

/**
 * A few worker threads behind a bounded queue: a burst of guesses at slow hashes turns into `overloaded`, not into an
 * event loop that stands still or a queue that grows. Idle threads don't keep the process alive.
 */
export function makeKeyDerivationPool(options: KeyDerivationPoolOptions = DEFAULT_KEY_DERIVATION): KeyDerivation {
  return new Pool(options);
}

interface Job {
  readonly id: number;
  readonly password: string;
  readonly hash: SlowHash;
  readonly settle: (matches: boolean) => void;
  readonly fail: (error: ChaperoneError) => void;
}

type Answer = { readonly id: number } & ({ readonly matches: boolean } | { readonly failed: string });

interface Seat {
  readonly worker: Worker;
  job: Job | undefined;
}

const overloaded = (): ChaperoneError => new ChaperoneError('overloaded', { retryAfter: 1 });

class Pool implements KeyDerivation {
  readonly #options: KeyDerivationPoolOptions;
  readonly #seats = new Set<Seat>();
  readonly #waiting: Job[] = [];
  #lastId = 0;
  #closed = false;

  constructor(options: KeyDerivationPoolOptions) {
    this.#options = options;
  }

  matches(password: string, hash: SlowHash): Promise<boolean> {
    if (this.#closed || this.#waiting.length >= this.#options.queueLimit) return Promise.reject(overloaded());
    return new Promise((settle, fail) => {
      this.#lastId += 1;
      this.#waiting.push({ id: this.#lastId, password, hash, settle, fail });
      this.#assign();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#waiting.splice(0)) job.fail(overloaded());
    await Promise.all(Array.from(this.#seats, (seat) => seat.worker.terminate()));
  }

  #assign(): void {
    const seat = this.#closed || this.#waiting.length === 0 ? undefined : this.#freeSeat();
    const job = seat === undefined ? undefined : this.#waiting.shift();
    if (seat === undefined || job === undefined) return;
    seat.job = job;
    seat.worker.ref();
    seat.worker.postMessage({ id: job.id, kind: job.hash.kind, hash: job.hash.hash, password: job.password });
  }

  #freeSeat(): Seat | undefined {
    for (const seat of this.#seats) if (seat.job === undefined) return seat;
    return this.#seats.size < this.#options.workers ? this.#hire() : undefined;
  }

  #hire(): Seat {
    const workerData = { bcrypt: createRequire(import.meta.url).resolve('bcryptjs'), itoa64: ITOA64 };
    const worker = new Worker(KEY_DERIVATION_WORKER, { eval: true, workerData, env: {} });
    const seat: Seat = { worker, job: undefined };
    worker.on('message', (answer: Answer) => this.#finish(seat, answer));
    worker.on('error', (error) => this.#dismiss(seat, error));
    worker.on('exit', () => this.#dismiss(seat, new Error('the worker ended')));
    this.#seats.add(seat);
    return seat;
  }

  #finish(seat: Seat, answer: Answer): void {
    const job = seat.job;
    if (job?.id !== answer.id) return;
    seat.job = undefined;
    seat.worker.unref();
    if ('matches' in answer) job.settle(answer.matches);
    else job.fail(new ChaperoneError('internal', { cause: answer.failed }));
    this.#assign();
  }

  /** A thread that died takes down the one comparison it worked on; the next one starts another thread. */
  #dismiss(seat: Seat, cause: unknown): void {
    if (!this.#seats.delete(seat)) return;
    seat.job?.fail(new ChaperoneError('internal', { cause }));
    this.#assign();
  }
}
