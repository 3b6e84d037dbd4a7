import type { Command } from 'commander';
import { OPERATOR } from '../../audit/audit-entry.js';
import { showAgent } from '../../http/routes/agent-view.js';
import type { AgentChanges } from '../../identity/agents/agent-store.js';
import type { Agent } from '../../identity/agents/agent.js';
import { checkBounds, shownBounds } from '../../identity/agents/bounds.js';
import { noSuchAgent } from '../../identity/agents/manage-agents.js';
import type { AgentId } from '../../kernel/ids.js';
import type { JsonObject } from '../../kernel/json.js';
import type { Sidecar } from '../../compose.js';
import { agentOf, boundsOf, nameOf, publicKeyOf, userOf, type BoundsOptions } from '../agent-arguments.js';
import { careful, goesOn, type CarefulOptions } from '../careful.js';
import type { OpenTerminal } from '../chaperone.js';
import { configOf, withSealing, withSidecar, type GlobalOptions } from '../context.js';
import { createAgent, makeIntoFile, tryToCreate, withoutSecrets } from '../make-agent.js';
import { UsageError } from '../output.js';
import { table } from '../table.js';

interface CreateOptions extends CarefulOptions, BoundsOptions {
  readonly name: string;
  readonly login?: string;
  readonly user?: string;
  readonly publicKey?: string;
  readonly agentFile?: string;
  readonly password: boolean;
}

const PAGE = 200;

async function allAgents(sidecar: Sidecar): Promise<readonly Agent[]> {
  const all: Agent[] = [];
  for (;;) {
    const after = all.at(-1)?.id;
    const page = await sidecar.agents.list({ limit: PAGE, ...(after === undefined ? {} : { after }) });
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}

async function existing(sidecar: Sidecar, id: AgentId): Promise<Agent> {
  const agent = await sidecar.agents.get(id);
  if (agent === undefined) throw noSuchAgent();
  return agent;
}

const ofScalar = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '-';

const rowsOf = (fields: object): string[][] =>
  Object.entries(fields).map(([field, value]: [string, unknown]) => [
    field,
    Array.isArray(value) ? value.join(', ') : ofScalar(value),
  ]);

const words = (agent: Agent): string => table(['field', 'value'], rowsOf(showAgent(agent)));

const bounds = (command: Command): Command =>
  command
    .option('--tools <globs>', 'tools that it may ever call, such as "posts.*,site.info"; "all" takes the bound away')
    .option('--expires <instant>', 'when its time ends, such as 2027-01-31; "never" takes the bound away')
    .option('--ips <ranges>', 'from where it may call, such as 192.0.2.0/24,2001:db8::/32; "anywhere" takes it away');

function createCommand(agent: Command, open: OpenTerminal): void {
  bounds(careful(agent.command('create')))
    .description('makes a service account with the role "AI agent", binds an agent to it and gives it a key')
    .requiredOption('--name <name>', 'what people call it')
    .option('--login <login>', "the account's login", 'ai-agent')
    .option('--user <id>', 'bind this WordPress user instead of making an account')
    .option('--no-password', 'makes no application password for the account')
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
        applicationPassword: options.password,
        bounds: boundsOf(options),
      };
      checkBounds(wanted.bounds, new Date());
      const account = options.user === undefined ? `a WordPress user "${login}"` : `WordPress user ${options.user}`;
      const would = {
        json: { create: wanted.name },
        words: `bind "${wanted.name}" to ${account} and make it a key${options.user === undefined ? '' : '; whoever uses that account can then administer nothing with it'}`,
        seals: true,
        tried: (sidecar: Sidecar) => tryToCreate(sidecar, wanted),
      };
      // A new account takes nothing from anybody; one that is there stops being a person's.
      const yes = options.yes === true || options.user === undefined;
      if (!(await goesOn({ ...options, yes }, open(options), would))) return;
      const made = await makeIntoFile(agentFile, config.publicUrl.href, () =>
        withSealing(config, (sidecar) => createAgent(sidecar, wanted)),
      );
      const shown = agentFile === undefined ? made : withoutSecrets(made);
      const note =
        agentFile === undefined
          ? '\nThe secrets are shown this once. Keep them where the agent alone can read them.'
          : `\nThe secrets are in ${agentFile}.`;
      open(options).result({ agent: { ...shown } }, `${table(['field', 'value'], rowsOf(shown))}${note}`);
    });
}

function lookingCommands(agent: Command, open: OpenTerminal): void {
  agent
    .command('list')
    .description('agents, the users they act as, and whether they may')
    .action(async (_own: object, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const agents = await withSidecar(configOf(options), allAgents);
      const rows = agents.map(({ id, name, userId, state, expiresAt }) => {
        const isOver = expiresAt !== undefined && expiresAt <= new Date();
        return [id, name, String(userId), isOver ? 'expired' : state, expiresAt?.toISOString() ?? '-'];
      });
      const list =
        rows.length === 0
          ? 'No agents yet. Make one with: chaperone agent create --name NAME'
          : table(['id', 'name', 'user', 'state', 'expires'], rows);
      open(options).result({ items: agents.map(showAgent) }, list);
    });
  agent
    .command('show <id>')
    .description('one agent, with its bounds')
    .action(async (id: string, _own: object, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const found = await withSidecar(configOf(options), (sidecar) => existing(sidecar, agentOf(id)));
      open(options).result({ agent: showAgent(found) }, words(found));
    });
}

const jsonOf = ({ name, state, directUse, ...wanted }: AgentChanges): JsonObject => ({
  ...(name === undefined ? {} : { name }),
  ...(state === undefined ? {} : { state }),
  ...(directUse === undefined ? {} : { directUse }),
  ...shownBounds(wanted),
});

/** One change of an agent, told beforehand and shown afterwards. */
async function change(
  id: AgentId,
  {
    changes,
    options,
    open,
    would,
  }: { changes: AgentChanges; options: CarefulOptions; open: OpenTerminal; would: string },
): Promise<void> {
  const terminal = open(options);
  await withSidecar(configOf(options), async (sidecar) => {
    const { name } = await existing(sidecar, id);
    checkBounds(changes, new Date());
    const update = ({ updateAgent }: Sidecar) => updateAgent({ id, changes, actor: OPERATOR });
    const json = jsonOf(changes);
    const told = changes.state === undefined ? `: ${JSON.stringify(json)}` : '';
    const deed = { json, words: `${would} "${name}" (${id})${told}`, tried: update };
    if (!(await goesOn(options, terminal, deed))) return;
    const after = await update(sidecar);
    terminal.result({ agent: showAgent(after) }, words(after));
  });
}

interface ChangeOptions extends CarefulOptions, BoundsOptions {
  readonly name?: string;
  readonly directUse?: string;
}

function changesOf({ name, directUse, ...options }: ChangeOptions): AgentChanges {
  if (directUse !== undefined && directUse !== 'refused' && directUse !== 'allowed')
    throw new UsageError('--direct-use is "refused" or "allowed"');
  const changes = {
    ...(name === undefined ? {} : { name: nameOf(name) }),
    ...(directUse === undefined ? {} : { directUse: directUse === 'allowed' }),
    ...boundsOf(options),
  };
  if (Object.keys(changes).length === 0) throw new UsageError('Name at least one change; --help lists them');
  return changes;
}

function changingCommands(agent: Command, open: OpenTerminal): void {
  agent
    .command('suspend <id>')
    .description('stops an agent with its next request; at once, without --yes')
    .option('--dry-run', 'says what would be done, and does nothing')
    .action((id: string, _own: object, command: Command) => {
      const options = { ...command.optsWithGlobals<CarefulOptions>(), yes: true };
      return change(agentOf(id), { changes: { state: 'suspended' }, options, open, would: 'suspend' });
    });
  careful(agent.command('resume <id>'))
    .description('lets a suspended agent go on')
    .action((id: string, _own: object, command: Command) => {
      const options = command.optsWithGlobals<CarefulOptions>();
      return change(agentOf(id), { changes: { state: 'active' }, options, open, would: 'resume' });
    });
  bounds(careful(agent.command('change <id>')))
    .description('renames or bounds an agent, or lets its account use WordPress directly')
    .option('--name <name>', 'what people call it')
    .option('--direct-use <word>', 'its application password on WordPress itself: "refused" or "allowed"')
    .action((id: string, _own: object, command: Command) => {
      const options = command.optsWithGlobals<ChangeOptions>();
      return change(agentOf(id), { changes: changesOf(options), options, open, would: 'change' });
    });
}

function endingCommands(agent: Command, open: OpenTerminal): void {
  careful(agent.command('delete <id>'))
    .description(
      "ends an agent with all of its keys and its account's application passwords; the WordPress account stays",
    )
    .action(async (id: string, _own: object, command: Command) => {
      const options = command.optsWithGlobals<CarefulOptions>();
      await withSidecar(configOf(options), async (sidecar) => {
        const { id: agentId, name } = await existing(sidecar, agentOf(id));
        const end = ({ deleteAgent }: Sidecar) => deleteAgent({ id: agentId, actor: OPERATOR });
        const words = `end "${name}" (${agentId}) with all of its keys, and every application password of its account`;
        // Its first step, which is all that a transaction could take back.
        const tried = ({ updateAgent }: Sidecar) =>
          updateAgent({ id: agentId, changes: { state: 'suspended' }, actor: OPERATOR });
        if (!(await goesOn(options, open(options), { json: { delete: agentId }, words, tried }))) return;
        await end(sidecar);
        open(options).result(
          { id: agentId, deleted: true },
          `"${name}" is gone, and with it its keys and its account’s application passwords.`,
        );
      });
    });
  careful(agent.command('password <id>'))
    .description("a new application password for the agent's account, made by WordPress and shown this once")
    .option('--revoke-others', 'ends all others of the account at once')
    .action(async (id: string, _own: object, command: Command) => {
      const options = command.optsWithGlobals<CarefulOptions & { readonly revokeOthers?: boolean }>();
      const revokeOthers = options.revokeOthers === true;
      await withSidecar(configOf(options), async (sidecar) => {
        const { id: agentId, name } = await existing(sidecar, agentOf(id));
        const others = revokeOthers ? 'end all others' : 'keep the others';
        const would = {
          json: { password: agentId, revokeOthers },
          words: `make "${name}" an application password and ${others}`,
          // WordPress makes it, so there is nothing to roll back and nothing is tried.
          tried: async ({ agents }: Sidecar) => agents.get(agentId),
        };
        if (!(await goesOn(options, open(options), would))) return;
        const password = await sidecar.issuePassword({ agentId, revokeOthers, actor: OPERATOR });
        const json = { applicationPassword: password.reveal(), othersRevoked: revokeOthers };
        open(options).result(json, `${password.reveal()}\nIt is shown this once.`);
      });
    });
}

export function agentCommand(program: Command, open: OpenTerminal): void {
  const agent = program.command('agent').description('agents, their accounts and their bounds');
  createCommand(agent, open);
  lookingCommands(agent, open);
  changingCommands(agent, open);
  endingCommands(agent, open);
}
