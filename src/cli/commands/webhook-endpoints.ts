import type { Command } from 'commander';
import type { Sidecar } from '../../compose.js';
import { OPERATOR } from '../../audit/audit-entry.js';
import { showDelivery } from '../../http/routes/webhook-deliveries.js';
import { showEndpoint } from '../../http/routes/webhook-endpoints.js';
import { parseAgentId, parseWebhookEndpointId, type AgentId, type WebhookEndpointId } from '../../kernel/ids.js';
import { NOTICE_KINDS, type NoticeKind } from '../../webhooks/outbound/notice.js';
import type { OpenTerminal } from '../chaperone.js';
import { careful, goesOn, type CarefulOptions } from '../careful.js';
import { configOf, withSealing, withSidecar, type GlobalOptions } from '../context.js';
import { UsageError } from '../output.js';
import { table } from '../table.js';
import { rotateSecretCommand, SHOWN_ONCE } from './webhook-secret.js';

interface CreateOptions extends GlobalOptions {
  readonly events?: string;
  readonly agent?: string;
  readonly description?: string;
}

function idOf(text: string): WebhookEndpointId {
  const id = parseWebhookEndpointId(text);
  if (id === undefined) throw new UsageError("that isn't an endpoint's id, whe_…");
  return id;
}

function agentOf(text: string | undefined): AgentId | null {
  if (text === undefined) return null;
  const id = parseAgentId(text);
  if (id === undefined) throw new UsageError("--agent must be an agent's id, agt_…");
  return id;
}

function eventsOf(text: string | undefined): readonly NoticeKind[] | null {
  if (text === undefined) return null;
  return text.split(',').map((part) => {
    const kind = NOTICE_KINDS.find((each) => each === part.trim());
    if (kind === undefined) throw new UsageError(`--events takes some of ${NOTICE_KINDS.join(',')}`);
    return kind;
  });
}

function createCommand(endpoint: Command, open: OpenTerminal): void {
  endpoint
    .command('create <url>')
    .description('sends notices to an address')
    .option('--events <names>', 'with commas between them; all of them when it is left out')
    .option('--agent <id>', 'only about the calls of this agent')
    .option('--description <text>', 'for people')
    .action(async (url: string, _own: object, command: Command) => {
      const options = command.optsWithGlobals<CreateOptions>();
      const wanted = {
        url,
        events: eventsOf(options.events),
        agentId: agentOf(options.agent),
        description: (options.description ?? '').slice(0, 190),
      };
      const made = await withSealing(configOf(options), (sidecar) =>
        sidecar.createEndpoint({ ...wanted, actor: OPERATOR }),
      );
      const secret = made.secret.reveal();
      open(options).result(
        { endpoint: showEndpoint(made.endpoint), secret },
        `${made.endpoint.id}\n${secret}\n${SHOWN_ONCE}`,
      );
    });
}

function stateCommands(endpoint: Command, open: OpenTerminal): void {
  for (const [verb, state] of [
    ['disable', 'disabled'],
    ['enable', 'active'],
  ] as const) {
    endpoint
      .command(`${verb} <id>`)
      .description(state === 'active' ? 'sends notices again' : 'sends no more notices')
      .action(async (text: string, _own: object, command: Command) => {
        const options = command.optsWithGlobals<GlobalOptions>();
        const id = idOf(text);
        const changed = await withSidecar(configOf(options), (sidecar) =>
          sidecar.updateEndpoint({ id, changes: { state }, actor: OPERATOR }),
        );
        open(options).result({ endpoint: showEndpoint(changed) }, `${id} is ${state}.`);
      });
  }
}

export function endpointCommands(endpoint: Command, open: OpenTerminal): void {
  createCommand(endpoint, open);
  endpoint
    .command('list')
    .description('endpoints and whether they are reached')
    .action(async (_own: object, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const found = await withSidecar(configOf(options), (sidecar) => sidecar.webhookEndpoints.list());
      const rows = found.map((each) => [
        each.id,
        each.url,
        each.state,
        each.disabledReason ?? (each.failingSince === null ? '-' : `failing since ${each.failingSince.toISOString()}`),
      ]);
      const words = rows.length === 0 ? 'No endpoints.' : table(['id', 'address', 'state', 'trouble'], rows);
      open(options).result({ items: found.map(showEndpoint) }, words);
    });
  rotateSecretCommand(endpoint, open, { name: 'id', parse: (text) => ({ kind: 'endpoint', id: idOf(text) }) });
  stateCommands(endpoint, open);
  endpoint
    .command('test <id>')
    .description('sends a webhook.test now and says what became of it')
    .action(async (text: string, _own: object, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const id = idOf(text);
      const sent = await withSidecar(configOf(options), (sidecar) => sidecar.testEndpoint(id));
      const status = sent.lastStatus === null ? '' : ` (status ${sent.lastStatus})`;
      const words = sent.state === 'delivered' ? `Delivered${status}.` : `Not delivered: ${sent.lastError ?? ''}`;
      open(options).result(showDelivery(sent), words);
      if (sent.state !== 'delivered') process.exitCode = 1;
    });
  careful(endpoint.command('remove <id>'))
    .description('ends an endpoint with its secrets and what is on the way to it')
    .action(async (text: string, _own: object, command: Command) => {
      const options = command.optsWithGlobals<CarefulOptions>();
      const id = idOf(text);
      const terminal = open(options);
      const words = `end ${id} with its secrets and what is on the way to it`;
      const end = (sidecar: Sidecar) => sidecar.deleteEndpoint({ id, actor: OPERATOR });
      if (!(await goesOn(options, terminal, { json: { remove: id }, words, tried: end }))) return;
      await withSidecar(configOf(options), end);
      terminal.result({ id, deleted: true }, `${id} is gone.`);
    });
}
