import { policyStoreContract } from '../../contracts/policy-store.contract.js';
import { FakePolicyStore } from '../../support/fakes/fake-policy-store.js';

policyStoreContract('in memory', async () => Promise.resolve(new FakePolicyStore()));
