import { nonceStoreContract } from '../../../contracts/nonce-store.contract.js';
import { FakeNonceStore } from '../../../support/fakes/fake-nonce-store.js';

nonceStoreContract('in memory', () => Promise.resolve(new FakeNonceStore()));
