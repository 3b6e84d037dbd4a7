import type { AuditLog } from '../../audit/audit-log.js';
import { newMessageId, type RandomBytes } from '../../kernel/ids.js';
import type { Outbox } from './delivery-store.js';
import { bodyOf, noticeOf } from './notice.js';

/**
 * The log, with its notices: both are written in one transaction, so there is no notice of what didn't happen and nothing
 * happens whose notice is lost.
 */
export function withNotices(log: AuditLog, outbox: Outbox, random: RandomBytes): AuditLog {
  return {
    async append(entries) {
      const written = await log.append(entries);
      for (const entry of written) {
        const notice = noticeOf(entry);
        if (notice === undefined) continue;
        const { kind, at, agentId, callId } = notice;
        await outbox.put({ messageId: newMessageId(random), kind, body: bodyOf(notice), at, agentId, callId });
      }
      return written;
    },
  };
}
