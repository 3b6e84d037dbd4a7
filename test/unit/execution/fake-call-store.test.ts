import { callStoreContract } from '../../contracts/call-store.contract.js';
import { FakeCallStore } from '../../support/fakes/fake-call-store.js';

callStoreContract('in memory', () => Promise.resolve(new FakeCallStore()));
