import type { Command } from 'commander';
import { OPERATOR } from '../../audit/audit-entry.js';
import { ChaperoneError } from '../../kernel/errors.js';
import { parseWpUserId, type WpUserId } from '../../kernel/ids.js';
import type { Sidecar } from '../../compose.js';
import { configOf, withSidecar, type GlobalOptions } from '../context.js';
import type { OpenTerminal } from '../chaperone.js';
import { UsageError } from '../output.js';
import { reserveFile } from '../private-files.js';
import { table } from '../table.js';

const PUBLIC_KEY_BYTES = 32;
/** As many as the column `name` holds. */
const LONGEST_NAME = 190;

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
  if (wanted.userId !== undefined) await refuseNobody(sidecar, wanted.userId);
  const account =
    wanted.userId === undefined ? await sidecar.bridge.createAccount({ login, displayName: name }) : undefined;
  const userId = wanted.userId ?? account?.userId;
  if (userId === undefined) {
    throw new ChaperoneError('args_invalid', {
      detail: `A WordPress user "${login}" exists already. Bind it with "chaperone agent create --user ID", or choose another login.`,
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

async function refuseNobody(sidecar: Sidecar, userId: WpUserId): Promise<void> {
  const [answer] = await sidecar.bridge.ask([{ userId, checks: [] }]);
  if (answer?.exists !== true)
    throw new ChaperoneError('args_invalid', { detail: `There is no WordPress user ${userId}.` });
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

/** Makes an agent and puts its secrets into a file of its owner alone, which must not be there yet. */
export async function makeIntoFile(
  file: string | undefined,
  url: string,
  make: () => Promise<MadeAgent>,
): Promise<MadeAgent> {
  if (file === undefined) return make();
  const reserved = reserveFile(file);
  const agent = await make().catch((error: unknown) => {
    reserved.release();
    throw error;
  });
  reserved.write(`${JSON.stringify({ ...agent, url }, null, 2)}\n`);
  return agent;
}

/** 32 bytes in base64, read strictly: half a key must not be found out after its account was made. */
function publicKeyOf(text: string | undefined): { publicKey?: Uint8Array } {
  if (text === undefined) return {};
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== PUBLIC_KEY_BYTES || bytes.toString('base64') !== text)
    throw new UsageError('--public-key must be the 32 bytes of an Ed25519 public key in base64');
  return { publicKey: bytes };
}

function nameOf(text: string): string {
  const name = text.trim();
  if (name === '' || name.length > LONGEST_NAME)
    throw new UsageError(`--name must have 1 to ${LONGEST_NAME} characters`);
  return name;
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
      const { login = 'ai-agent', agentFile } = options;
      const config = configOf(options);
      const wanted = {
        name: nameOf(options.name),
        login,
        ...userOf(options.user),
        ...publicKeyOf(options.publicKey),
      };
      const made = await makeIntoFile(agentFile, config.publicUrl.href, () =>
        withSidecar(config, (sidecar) => createAgent(sidecar, wanted)),
      );
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
