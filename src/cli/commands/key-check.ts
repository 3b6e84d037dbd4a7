import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { ChaperoneProblem, createClient, type ClientKey } from '../../client/index.js';
import { readProcessConfig } from '../../config.js';
import { readAgent } from '../agent-file.js';
import type { OpenTerminal } from '../chaperone.js';
import type { GlobalOptions } from '../context.js';
import { UsageError } from '../output.js';

interface CheckOptions extends GlobalOptions {
  readonly agentFile: string;
  readonly keyId?: string;
  readonly privateKey?: string;
  readonly url?: string;
}

function privateKeyOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new UsageError(`--private-key: the file can't be read: ${file}`);
  }
}

function keyOf({
  agentFile,
  keyId,
  privateKey,
}: CheckOptions): ClientKey & { keyId: string; url?: string | undefined } {
  if ((keyId === undefined) !== (privateKey === undefined))
    throw new UsageError('--key-id and --private-key belong together');
  if (keyId === undefined || privateKey === undefined) return readAgent(agentFile);
  return { keyId, algorithm: 'ed25519', privateKey: privateKeyOf(privateKey) };
}

/** Signs one request that does nothing, with a key that may still be pending: what its holder does before it is activated. */
export function checkCommand(key: Command, open: OpenTerminal): void {
  key
    .command('check')
    .description('tries a key, also one that is still pending: signs a request that does nothing else')
    .option('--agent-file <file>', 'JSON with keyId, algorithm and secret', 'chaperone-agent.json')
    .option('--key-id <id>', 'an Ed25519 key, with --private-key')
    .option('--private-key <file>', 'its private half as PEM, which stays here')
    .option('--url <address>', "the sidecar's public address; otherwise the agent file's, or CHAPERONE_PUBLIC_URL")
    .action(async (_own: object, command: Command) => {
      const options = command.optsWithGlobals<CheckOptions>();
      const { url, ...signing } = keyOf(options);
      const address = options.url ?? url ?? readProcessConfig(options.envFile).publicUrl;
      try {
        const answer = await createClient({ ...signing, url: address }).request('POST', '/v1/keys/check');
        const state = (answer['key'] as { state?: unknown } | undefined)?.state;
        open(options).result(answer, `The sidecar knows ${signing.keyId}; it is ${String(state)}.`);
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
