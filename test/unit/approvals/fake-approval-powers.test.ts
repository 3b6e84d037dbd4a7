import { delegationStoreContract, grantStoreContract } from '../../contracts/approval-powers.contract.js';
import { FakeDelegationStore } from '../../support/fakes/fake-delegation-store.js';
import { FakeGrantStore } from '../../support/fakes/fake-grant-store.js';

delegationStoreContract('the fake', () => Promise.resolve(new FakeDelegationStore()));
grantStoreContract('the fake', () => Promise.resolve(new FakeGrantStore()));
