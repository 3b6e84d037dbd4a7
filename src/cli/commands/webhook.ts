import type { Command } from 'commander';
import type { OpenTerminal } from '../chaperone.js';
import { deliveryCommands } from './webhook-deliveries.js';
import { endpointCommands } from './webhook-endpoints.js';
import { sourceCommands } from './webhook-sources.js';

export function webhookCommand(program: Command, open: OpenTerminal): void {
  const webhook = program.command('webhook').description('outside systems that start calls, and those that are told');
  sourceCommands(webhook.command('source').description('outside systems that may start a call'), open);
  endpointCommands(webhook.command('endpoint').description('where notices go'), open);
  deliveryCommands(webhook, open);
}
