import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { Sidecar } from '../../compose.js';
import { OPERATOR } from '../../audit/audit-entry.js';
import { mapping, showSource } from '../../http/routes/webhook-sources.js';
import { parseAgentId, type AgentId } from '../../kernel/ids.js';
import { parseStrictJson } from '../../kernel/strict-json.js';
import type { Mapping } from '../../webhooks/inbound/mapping.js';
import { parseSourceName, type SourceName } from '../../webhooks/inbound/source.js';
import { parseWebhookSecret } from '../../webhooks/webhook-secret.js';
import type { OpenTerminal } from '../chaperone.js';
import { careful, goesOn, type CarefulOptions } from '../careful.js';
import { configOf, withSealing, withSidecar, type GlobalOptions } from '../context.js';
import { UsageError } from '../output.js';
import { table } from '../table.js';
import { rotateSecretCommand, SHOWN_ONCE } from './webhook-secret.js';

interface CreateOptions extends GlobalOptions {
  readonly agent: string;
  readonly tool: string;
  readonly args: string;
  readonly description?: string;
  readonly secretFile?: string;
}

function nameOf(text: string): SourceName {
  const name = parseSourceName(text);
  if (name === undefined) throw new UsageError('a name holds 1 to 64 of a-z, 0-9, - and _');
  return name;
}

function agentOf(text: string): AgentId {
  const id = parseAgentId(text);
  if (id === undefined) throw new UsageError("--agent must be an agent's id, agt_…");
  return id;
}

function mappingOf(text: string): Mapping {
  const read = parseStrictJson(text);
  const parsed = read.ok ? mapping.safeParse(read.value) : undefined;
  if (parsed?.success === true) return parsed.data;
  throw new UsageError('--args must be like {"title":{"from":"/data/title"},"status":{"value":"draft"}}');
}

/** A secret that the sender gave out, from a file: on the command line it would stand in the shell's history. */
function givenIn(file: string): Uint8Array {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new UsageError(`--secret-file can't be read: ${file}`);
  }
  const bytes = parseWebhookSecret(text.trim());
  if (bytes === undefined) throw new UsageError('--secret-file must hold whsec_ and 24 to 64 bytes in base64');
  return bytes;
}

function createCommand(source: Command, open: OpenTerminal): void {
  source
    .command('create <name>')
    .description('binds an outside system to one agent and one tool')
    .requiredOption('--agent <id>', 'as whom its calls run')
    .requiredOption('--tool <name>', 'what it calls')
    .requiredOption('--args <json>', 'where each argument comes from: {"title":{"from":"/data/title"}} or {"value":…}')
    .option('--description <text>', 'for people')
    .option('--secret-file <file>', 'the whsec_ secret that the sender gave out, instead of a fresh one')
    .action(async (name: string, _own: object, command: Command) => {
      const options = command.optsWithGlobals<CreateOptions>();
      const wanted = {
        name: nameOf(name),
        agentId: agentOf(options.agent),
        tool: options.tool,
        mapping: mappingOf(options.args),
        description: (options.description ?? '').slice(0, 190),
        ...(options.secretFile === undefined ? {} : { given: givenIn(options.secretFile) }),
      };
      const config = configOf(options);
      const made = await withSealing(config, (sidecar) => sidecar.createSource({ ...wanted, actor: OPERATOR }));
      const url = new URL(`v1/webhooks/${name}`, config.publicUrl).href;
      const secret = made.secret.reveal();
      open(options).result({ source: showSource(made.source), url, secret }, `${url}\n${secret}\n${SHOWN_ONCE}`);
    });
}

export function sourceCommands(source: Command, open: OpenTerminal): void {
  createCommand(source, open);
  source
    .command('list')
    .description('sources, their agents and tools')
    .action(async (_own: object, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const found = await withSidecar(configOf(options), (sidecar) => sidecar.webhookSources.list());
      const rows = found.map((each) => [each.name, each.agentId, each.tool, each.state]);
      const words = rows.length === 0 ? 'No sources.' : table(['name', 'agent', 'tool', 'state'], rows);
      open(options).result({ items: found.map(showSource) }, words);
    });
  const parse = (text: string) => ({ kind: 'source', name: nameOf(text) }) as const;
  const rotate: Command = rotateSecretCommand(source, open, { name: 'name', parse }, () => {
    const { secretFile } = rotate.opts<{ secretFile?: string }>();
    return secretFile === undefined ? undefined : givenIn(secretFile);
  }).option('--secret-file <file>', 'the whsec_ secret that the sender gave out, instead of a fresh one');
  for (const [verb, state] of [
    ['pause', 'paused'],
    ['resume', 'active'],
  ] as const) {
    source
      .command(`${verb} <name>`)
      .description(state === 'paused' ? 'takes no more messages, and keeps everything' : 'takes messages again')
      .action(async (text: string, _own: object, command: Command) => {
        const options = command.optsWithGlobals<GlobalOptions>();
        const name = nameOf(text);
        const changed = await withSidecar(configOf(options), (sidecar) =>
          sidecar.updateSource({ name, changes: { state }, actor: OPERATOR }),
        );
        open(options).result({ source: showSource(changed) }, `${name} is ${state}.`);
      });
  }
  careful(source.command('remove <name>'))
    .description('ends a source with its secrets')
    .action(async (text: string, _own: object, command: Command) => {
      const options = command.optsWithGlobals<CarefulOptions>();
      const name = nameOf(text);
      const terminal = open(options);
      const end = (sidecar: Sidecar) => sidecar.deleteSource({ name, actor: OPERATOR });
      const words = `end the source ${name} with its secrets`;
      if (!(await goesOn(options, terminal, { json: { remove: name }, words, tried: end }))) return;
      await withSidecar(configOf(options), end);
      terminal.result({ name, deleted: true }, `${name} is gone.`);
    });
}
