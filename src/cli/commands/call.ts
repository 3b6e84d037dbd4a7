import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { ChaperoneProblem, createClient, type Client } from '../../client/index.js';
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

/** Signs and sends one call. The answer is the sidecar's own JSON; a refusal is an answer too, with exit code 1. */
export function callCommand(program: Command, open: OpenTerminal): void {
  program
    .command('call <tool>')
    .description('signs a call and sends it to the sidecar: the quickest way to try a policy')
    .option('--args <json>', 'the arguments, or @file', '{}')
    .option('--agent-file <file>', 'JSON with keyId, algorithm and secret', 'chaperone-agent.json')
    .option('--url <address>', "the sidecar's public address; otherwise the agent file's, or CHAPERONE_PUBLIC_URL")
    .option('--dry-run', 'decide, and do nothing', false)
    .option('--reason <text>', 'why, for people who read the log')
    .option('--idempotency-key <key>', 'makes the call safe to repeat')
    .action(async (tool: string, _own: object, command: Command) => {
      const options = command.optsWithGlobals<CallOptions>();
      const { dryRun, reason, idempotencyKey } = options;
      const call = { tool, args: readArgs(options.args), dryRun, ...(reason === undefined ? {} : { reason }) };
      try {
        const outcome = await clientOf(options).execute(call, idempotencyKey === undefined ? {} : { idempotencyKey });
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
