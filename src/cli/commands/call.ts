import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { ChaperoneProblem, createClient, type Client } from '../../client/index.js';
import { parseCallId } from '../../kernel/ids.js';
import type { JsonObject } from '../../kernel/json.js';
import { parseStrictJson } from '../../kernel/strict-json.js';
import { isJsonObject } from '../../kernel/json.js';
import { readProcessConfig } from '../../config.js';
import { readAgent } from '../agent-file.js';
import type { GlobalOptions } from '../context.js';
import type { OpenTerminal } from '../chaperone.js';
import { UsageError } from '../output.js';

interface CallOptions extends GlobalOptions {
  readonly args: string;
  readonly agentFile: string;
  readonly url?: string;
  readonly dryRun: boolean;
  readonly reason?: string;
  readonly idempotencyKey?: string;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new UsageError(`--args: the file can't be read: ${file}`);
  }
}

function readArgs(text: string): JsonObject {
  const parsed = parseStrictJson(text.startsWith('@') ? readText(text.slice(1)) : text);
  if (!parsed.ok) throw new UsageError(`--args: ${parsed.detail}`);
  if (!isJsonObject(parsed.value)) throw new UsageError('--args must be a JSON object');
  return parsed.value;
}

function clientOf(options: CallOptions): Client {
  const { keyId, algorithm, secret, url } = readAgent(options.agentFile);
  const address = options.url ?? url ?? readProcessConfig(options.envFile).publicUrl;
  return createClient({ url: address, keyId, algorithm, secret });
}

function execute(tool: string, options: CallOptions): Promise<JsonObject> {
  const { dryRun, reason, idempotencyKey } = options;
  const call = { tool, args: readArgs(options.args), dryRun, ...(reason === undefined ? {} : { reason }) };
  return clientOf(options).execute(call, idempotencyKey === undefined ? {} : { idempotencyKey });
}

function undo(id: string, options: CallOptions): Promise<JsonObject> {
  const callId = parseCallId(id);
  if (callId === undefined) throw new UsageError(`${id} isn't the id of a call`);
  const { dryRun, reason } = options;
  return clientOf(options).request('POST', `/v1/calls/${callId}/undo`, {
    dryRun,
    ...(reason === undefined ? {} : { reason }),
  });
}

/** Signs and sends one call. The answer is the sidecar's own JSON; a refusal is an answer too, with exit code 1. */
export function callCommand(program: Command, open: OpenTerminal): void {
  program
    .command('call <tool> [id]')
    .description('signs a call and sends it to the sidecar; `call undo <id>` puts back what a call changed')
    .option('--args <json>', 'the arguments, or @file', '{}')
    .option('--agent-file <file>', 'JSON with keyId, algorithm and secret', 'chaperone-agent.json')
    .option('--url <address>', "the sidecar's public address; otherwise the agent file's, or CHAPERONE_PUBLIC_URL")
    .option('--dry-run', 'decide, and do nothing', false)
    .option('--reason <text>', 'why, for people who read the log')
    .option('--idempotency-key <key>', 'makes the call safe to repeat')
    .action(async (tool: string, id: string | undefined, _own: object, command: Command) => {
      const options = command.optsWithGlobals<CallOptions>();
      if ((tool === 'undo') !== (id !== undefined))
        throw new UsageError('call undo takes the id of a call, and a tool takes --args');
      try {
        const outcome = id === undefined ? await execute(tool, options) : await undo(id, options);
        open(options).result(outcome, JSON.stringify(outcome, null, 2));
      } catch (error) {
        if (!(error instanceof ChaperoneProblem)) throw error;
        open(options).result(
          error.problem,
          `${error.problem['title'] as string}\n${error.problem['detail'] as string}`,
        );
        process.exitCode = 1;
      }
    });
}
