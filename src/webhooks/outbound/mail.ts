import { OPERATOR } from '../../audit/audit-entry.js';
import type { AuditLog } from '../../audit/audit-log.js';
import type { Clock } from '../../kernel/clock.js';
import { describeError } from '../../kernel/errors.js';
import { parseApprovalId, type ApprovalId, type WebhookEndpointId } from '../../kernel/ids.js';
import type { InTransaction } from '../../kernel/in-transaction.js';
import { isJsonObject, type Json } from '../../kernel/json.js';
import type { Attempt, AttemptResult } from './attempt.js';
import type { WebhookEndpoint } from './endpoint.js';
import type { EndpointStore } from './endpoint-store.js';
import type { NoticeKind } from './notice.js';

/** The endpoint that is no address: those who may vote, by e-mail. It goes through the same outbox as every other. */
export const MAIL_ENDPOINT = 'whe_approversbymail00000' as WebhookEndpointId;

const OCCASIONS = {
  'approval.requested': 'requested',
  'approval.advanced': 'advanced',
  'approval.escalated': 'escalated',
} as const satisfies Partial<Record<NoticeKind, string>>;
type MailKind = keyof typeof OCCASIONS;
const MAIL_KINDS = Object.keys(OCCASIONS) as readonly MailKind[];
const isMailKind = (kind: NoticeKind): kind is MailKind => kind in OCCASIONS;

/** Which approval, and which of its steps began to wait, where the notice says so. */
interface About {
  readonly approvalId: ApprovalId;
  readonly step?: number;
}

/** Tells people, and how many could be told. @throws what WordPress doesn't answer */
export type TellByMail = (
  occasion: (typeof OCCASIONS)[MailKind],
  about: About & { readonly messageId: string },
) => Promise<{ readonly sent: number; readonly failed: number }>;

const failed = (reason: string): AttemptResult => ({ ok: false, status: null, reason, gone: false });

function aboutIn(body: string): About | undefined {
  const { data } = JSON.parse(body) as { readonly data?: Json };
  if (!isJsonObject(data)) return undefined;
  const approvalId = parseApprovalId(data['approvalId']);
  const { step } = data;
  return approvalId && { approvalId, ...(typeof step === 'number' ? { step } : {}) };
}

/** An attempt fails while one of those who should be told couldn't be; who was told isn't told again. */
export function makeMailAttempt(tell: TellByMail): Attempt {
  return async (_endpoint, { kind, body, messageId }) => {
    const about = aboutIn(body);
    if (!isMailKind(kind) || about === undefined) return failed('e-mail is for approvals that wait');
    try {
      const { failed: missed } = await tell(OCCASIONS[kind], { ...about, messageId });
      return missed === 0 ? { ok: true, status: 200 } : failed(`${missed} e-mails couldn't be sent`);
    } catch (error) {
      return failed(describeError(error));
    }
  };
}

/** By e-mail to the one endpoint, over HTTP to every other. */
export const mailOr =
  (mail: Attempt, post: Attempt): Attempt =>
  (endpoint, delivery) =>
    (endpoint.id === MAIL_ENDPOINT ? mail : post)(endpoint, delivery);

export interface EnsureMailDeps {
  readonly inTransaction: InTransaction<{
    readonly webhookEndpoints: Pick<EndpointStore, 'insert' | 'get'>;
    readonly audit: AuditLog;
  }>;
  readonly endpoints: Pick<EndpointStore, 'get'>;
  readonly clock: Clock;
}

/** Makes the endpoint where there is none yet. One that was switched off stays so. */
export function makeEnsureMail({ inTransaction, endpoints, clock }: EnsureMailDeps): () => Promise<void> {
  const make = (): Promise<void> =>
    inTransaction(async ({ webhookEndpoints, audit }) => {
      const at = clock.now();
      const endpoint: WebhookEndpoint = {
        ...{ id: MAIL_ENDPOINT, url: 'mailto:approvers', agentId: null, events: MAIL_KINDS },
        description: 'E-mail to those who may vote',
        ...{ state: 'active', disabledReason: null, failingSince: null, createdAt: at, updatedAt: at },
      };
      await webhookEndpoints.insert(endpoint);
      const detail = { name: 'webhook_endpoint', endpoint: MAIL_ENDPOINT, change: 'created' };
      await audit.append([{ kind: 'settings.changed', at, actor: OPERATOR, detail }]);
    });
  return async () => {
    if ((await endpoints.get(MAIL_ENDPOINT)) !== undefined) return;
    try {
      await make();
    } catch (error) {
      // Another replica was faster, or it really failed.
      if ((await endpoints.get(MAIL_ENDPOINT)) === undefined) throw error;
    }
  };
}
