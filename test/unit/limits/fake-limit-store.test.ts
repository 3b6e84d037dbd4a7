import { limitStoreContract } from '../../contracts/limit-store.contract.js';
import { FakeLimitStore } from '../../support/fakes/fake-limit-store.js';

limitStoreContract('in memory', () => {
  let now = 0;
  let store = new FakeLimitStore(() => now);
  const subject = {
    get stores() {
      return [store, store] as const;
    },
    setClock: (micros: number) => {
      now = micros;
      return Promise.resolve();
    },
    clear: () => {
      store = new FakeLimitStore(() => now);
      return Promise.resolve();
    },
    stop: () => Promise.resolve(),
  };
  return Promise.resolve(subject);
});
