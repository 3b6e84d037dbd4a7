import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { OPERATOR } from '../../audit/audit-entry.js';
import { ChaperoneError } from '../../kernel/errors.js';
import { parseWpUserId, type WpUserId } from '../../kernel/ids.js';
import type { Sidecar } from '../../compose.js';
import { configOf, withSidecar, type GlobalOptions } from '../context.js';
import type { OpenTerminal } from '../chaperone.js';
import { UsageError } from '../output.js';
import { table } from '../table.js';

interface CreateOptions extends GlobalOptions {
  readonly name: string;
  readonly login?: string;
  readonly user?: string;
  readonly publicKey?: string;
  readonly agentFile?: string;
}

export interface MadeAgent {
  readonly id: string;
  readonly userId: number;
  readonly login: string | null;
  /** Null when the account was there before. */
  readonly applicationPassword: string | null;
  readonly keyId: string;
  readonly algorithm: string;
  /** Base64; null for a key whose private half the agent keeps. */
  readonly secret: string | null;
}

/** A service account by the bridge, or one that is there, and an agent bound to it. Secrets are in this answer and nowhere else. */
export async function createAgent(
  sidecar: Sidecar,
  wanted: {
    readonly name: string;
    readonly login: string;
    readonly userId?: WpUserId;
    readonly publicKey?: Uint8Array;
  },
): Promise<MadeAgent> {
  const { name, login, publicKey } = wanted;
  const account =
    wanted.userId === undefined ? await sidecar.bridge.createAccount({ login, displayName: name }) : undefined;
  const userId = wanted.userId ?? account?.userId;
  if (userId === undefined) {
    throw new ChaperoneError('args_invalid', {
      detail: `A WordPress user "${login}" exists already; bind it with --user ID, or choose another --login.`,
    });
  }
  const key =
    publicKey === undefined ? ({ algorithm: 'hmac-sha256' } as const) : ({ algorithm: 'ed25519', publicKey } as const);
  const created = await sidecar.createAgent({ name, userId, key, actor: OPERATOR });
  return {
    id: created.agent.id,
    userId,
    login: account?.login ?? null,
    applicationPassword: account?.applicationPassword.reveal() ?? null,
    keyId: created.keyId,
    algorithm: created.algorithm,
    secret: created.secret?.reveal() ?? null,
  };
}

/** For those whose secrets went into a file. */
export function withoutSecrets({
  id,
  userId,
  login,
  keyId,
  algorithm,
}: MadeAgent): Omit<MadeAgent, 'secret' | 'applicationPassword'> {
  return { id, userId, login, keyId, algorithm };
}

function userOf(text: string | undefined): { userId?: WpUserId } {
  if (text === undefined) return {};
  const userId = parseWpUserId(text);
  if (userId === undefined) throw new UsageError(`--user must be a WordPress user id, not "${text}"`);
  return { userId };
}

/** In a file of its owner alone, which must not be there yet: an agent's secret is never overwritten. */
export function writeAgentFile(file: string, agent: MadeAgent, url: string): void {
  writeFileSync(file, `${JSON.stringify({ ...agent, url }, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
}

export function agentCommand(program: Command, open: OpenTerminal): void {
  const agent = program.command('agent').description('agents, their accounts and keys');
  agent
    .command('create')
    .description('makes a service account with the role "AI agent", binds an agent to it and gives it a key')
    .requiredOption('--name <name>', 'what people call it')
    .option('--login <login>', "the account's login", 'ai-agent')
    .option('--user <id>', 'bind this WordPress user instead of making an account')
    .option('--public-key <base64>', 'the 32 bytes of an Ed25519 public key, instead of an HMAC secret')
    .option('--agent-file <file>', 'writes the secrets there (mode 0600) instead of showing them')
    .action(async (_own: object, command: Command) => {
      const options = command.optsWithGlobals<CreateOptions>();
      const { name, login = 'ai-agent', publicKey, agentFile } = options;
      const config = configOf(options);
      const key = publicKey === undefined ? {} : { publicKey: Buffer.from(publicKey, 'base64') };
      const made = await withSidecar(config, (sidecar) =>
        createAgent(sidecar, { name, login, ...userOf(options.user), ...key }),
      );
      if (agentFile !== undefined) writeAgentFile(agentFile, made, config.publicUrl.href);
      const shown = agentFile === undefined ? made : withoutSecrets(made);
      const rows = Object.entries(shown).map(([field, value]: [string, string | number | null]) => [
        field,
        String(value ?? '-'),
      ]);
      const note =
        agentFile === undefined
          ? '\nThe secrets are shown this once. Keep them where the agent alone can read them.'
          : `\nThe secrets are in ${agentFile}.`;
      open(options).result({ agent: { ...shown } }, `${table(['field', 'value'], rows)}${note}`);
    });
  agent
    .command('list')
    .description('agents, the users they act as, and whether they may')
    .action(async (_own: object, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const agents = await withSidecar(configOf(options), (sidecar) => sidecar.agents.list());
      const items = agents.map(({ id, name, userId, state, createdAt }) => ({
        id,
        name,
        userId,
        state,
        createdAt: createdAt.toISOString(),
      }));
      const words =
        items.length === 0
          ? 'No agents yet. Make one with: chaperone agent create --name NAME'
          : table(
              ['id', 'name', 'user', 'state'],
              items.map((each) => [each.id, each.name, String(each.userId), each.state]),
            );
      open(options).result({ items }, words);
    });
}
