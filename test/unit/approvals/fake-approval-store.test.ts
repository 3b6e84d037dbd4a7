import { approvalStoreContract } from '../../contracts/approval-store.contract.js';
import { FakeApprovalStore } from '../../support/fakes/fake-approval-store.js';

approvalStoreContract('in memory', () => Promise.resolve(new FakeApprovalStore()));
