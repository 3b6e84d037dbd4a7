import type { Command } from 'commander';
import { OPERATOR } from '../../audit/audit-entry.js';
import { showDelivery } from '../../http/routes/webhook-deliveries.js';
import { parseWebhookEndpointId } from '../../kernel/ids.js';
import { DELIVERY_STATES } from '../../webhooks/outbound/delivery.js';
import type { OpenTerminal } from '../chaperone.js';
import { configOf, withSidecar, type GlobalOptions } from '../context.js';
import { UsageError } from '../output.js';
import { table } from '../table.js';

interface ListOptions extends GlobalOptions {
  readonly endpoint?: string;
  readonly status?: string;
}

const SHOWN = 50;

function filterOf({ endpoint, status }: ListOptions) {
  const endpointId = endpoint === undefined ? undefined : parseWebhookEndpointId(endpoint);
  const state = DELIVERY_STATES.find((each) => each === status);
  if (endpoint !== undefined && endpointId === undefined)
    throw new UsageError("--endpoint must be an endpoint's id, whe_…");
  if (status !== undefined && state === undefined)
    throw new UsageError(`--status takes one of ${DELIVERY_STATES.join(', ')}`);
  return { ...(endpointId === undefined ? {} : { endpointId }), ...(state === undefined ? {} : { state }) };
}

export function deliveryCommands(webhook: Command, open: OpenTerminal): void {
  webhook
    .command('deliveries')
    .description(`notices on their way, delivered and dead: the newest ${SHOWN}`)
    .option('--endpoint <id>', 'of this endpoint alone')
    .option('--status <status>', DELIVERY_STATES.join(', '))
    .action(async (_own: object, command: Command) => {
      const options = command.optsWithGlobals<ListOptions>();
      const filter = filterOf(options);
      const found = await withSidecar(configOf(options), (sidecar) =>
        sidecar.webhookDeliveries.list(filter, { limit: SHOWN }),
      );
      const rows = found.map((each) => [
        String(each.id),
        each.kind,
        each.endpointId,
        each.state,
        String(each.attempts),
        each.lastError ?? '-',
      ]);
      const headings = ['id', 'event', 'endpoint', 'status', 'attempts', 'trouble'];
      const words = rows.length === 0 ? 'No deliveries.' : table(headings, rows);
      open(options).result({ items: found.map(showDelivery) }, words);
    });
  webhook
    .command('redeliver <id>')
    .description('sends a notice again, under the same message id')
    .action(async (text: string, _own: object, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      if (!/^[1-9][0-9]{0,14}$/.test(text)) throw new UsageError('a delivery is named by its number');
      const renewed = await withSidecar(configOf(options), (sidecar) =>
        sidecar.redeliver({ id: Number(text), actor: OPERATOR }),
      );
      open(options).result(showDelivery(renewed), `${renewed.messageId} is on its way again.`);
    });
}
