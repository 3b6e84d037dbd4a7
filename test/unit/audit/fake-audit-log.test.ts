import { auditLogContract } from '../../contracts/audit-log.contract.js';
import { FakeAuditLog } from '../../support/fakes/fake-audit-log.js';

auditLogContract('in memory', async () => {
  const fake = new FakeAuditLog();
  return Promise.resolve({ inTransaction: fake.inTransaction, reader: fake });
});
