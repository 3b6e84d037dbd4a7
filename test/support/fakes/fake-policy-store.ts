import type { PolicyVersion } from '../../../src/kernel/ids.js';
import type {
  Activation,
  PolicyStore,
  PolicySummary,
  StoredPolicy,
} from '../../../src/policy-versions/policy-store.js';

function summaryOf({ version, at, author, note, sha256 }: StoredPolicy): PolicySummary {
  return { version, at, author, note, sha256 };
}

/** The store in memory, with a copy to go back to when a transaction fails. */
export class FakePolicyStore implements PolicyStore {
  #policies: readonly StoredPolicy[] = [];
  #activations: readonly Activation[] = [];
  /** How often the text of a version was asked for. */
  reads = 0;

  snapshot(): () => void {
    const [policies, activations] = [this.#policies, this.#activations];
    return () => {
      this.#policies = policies;
      this.#activations = activations;
    };
  }

  async newest(): Promise<PolicySummary | undefined> {
    const [newest] = await this.list({ limit: 1 });
    return newest;
  }

  async get(version: PolicyVersion): Promise<StoredPolicy | undefined> {
    this.reads += 1;
    return Promise.resolve(this.#policies.find((policy) => policy.version === version));
  }

  async list({ before, limit }: { before?: PolicyVersion; limit: number }): Promise<readonly PolicySummary[]> {
    const below = this.#policies.filter(({ version }) => before === undefined || version < before);
    const newestFirst = [...below].sort((left, right) => right.version - left.version);
    return Promise.resolve(newestFirst.slice(0, limit).map(summaryOf));
  }

  async insert(policy: StoredPolicy): Promise<boolean> {
    if (this.#policies.some(({ version }) => version === policy.version)) return Promise.resolve(false);
    this.#policies = [...this.#policies, policy];
    return Promise.resolve(true);
  }

  async activate(activation: Activation): Promise<void> {
    this.#activations = [...this.#activations, activation];
    return Promise.resolve();
  }

  async active(): Promise<PolicyVersion | undefined> {
    return Promise.resolve(this.#activations.at(-1)?.version);
  }

  async activations(limit: number): Promise<readonly Activation[]> {
    return Promise.resolve([...this.#activations].reverse().slice(0, limit));
  }
}
