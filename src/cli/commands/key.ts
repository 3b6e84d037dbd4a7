import type { Command } from 'commander';
import type { Sidecar } from '../../compose.js';
import { OPERATOR } from '../../audit/audit-entry.js';
import { showKey, showMade } from '../../http/routes/agent-view.js';
import { shownState, type AgentKey } from '../../identity/agents/agent.js';
import { checkBounds } from '../../identity/agents/bounds.js';
import type { KeyRequest, MadeKey } from '../../identity/agents/make-key.js';
import { agentOf, boundsOf, keyOf, publicKeyOf, type BoundsOptions } from '../agent-arguments.js';
import { careful, goesOn, secondsOf, type CarefulOptions } from '../careful.js';
import type { OpenTerminal } from '../chaperone.js';
import { checkCommand } from './key-check.js';
import { configOf, withSealing, withSidecar, type GlobalOptions } from '../context.js';
import type { Terminal } from '../output.js';
import { reserveFile } from '../private-files.js';
import { table } from '../table.js';

interface KeyOptions extends CarefulOptions, Omit<BoundsOptions, 'tools'> {
  readonly publicKey?: string;
  readonly pending?: boolean;
  readonly keyFile?: string;
  readonly overlap: string;
  readonly force?: boolean;
}

const making = (command: Command): Command =>
  careful(command)
    .option('--public-key <base64>', 'the 32 bytes of an Ed25519 public key, instead of an HMAC secret')
    .option('--pending', 'it can be tried with "chaperone key check", and does nothing until it is activated')
    .option('--expires <instant>', 'when it ends by itself, such as 2027-01-31; "never" takes the bound away')
    .option('--ips <ranges>', 'from where it may be used, such as 192.0.2.0/24,2001:db8::/32; "anywhere" takes it away')
    .option('--key-file <file>', 'writes the key there (mode 0600, for "chaperone call") instead of showing it');

const replacing = (command: Command): Command =>
  command
    .option('--overlap <duration>', 'how long the key before stays good; 0 for one that leaked', '24h')
    .option('--force', 'ends a rotation that is still under way');

/** Makes a key and shows its secret once, or puts it into a file that must not be there yet. */
async function intoFile<T extends MadeKey>(
  options: KeyOptions,
  terminal: Terminal,
  { make, words }: { readonly make: () => Promise<T>; readonly words: (made: T) => string },
): Promise<void> {
  const { keyFile } = options;
  const reserved = keyFile === undefined ? undefined : reserveFile(keyFile);
  const made = await make().catch((error: unknown) => {
    reserved?.release();
    throw error;
  });
  const { id: keyId, algorithm } = made.key;
  const secret = made.secret?.reveal() ?? null;
  reserved?.write(`${JSON.stringify({ keyId, algorithm, secret, url: configOf(options).publicUrl.href }, null, 2)}\n`);
  const shown = showMade(made, new Date());
  const json = reserved === undefined ? shown : showKey(made.key, new Date());
  const told =
    secret === null
      ? ''
      : reserved === undefined
        ? `\nsecret  ${secret}\nIt is shown this once.`
        : `\nIt is in ${keyFile ?? ''}.`;
  terminal.result(json, `${words(made)}${told}`);
}

const requestOf = (publicKey: Uint8Array | undefined): KeyRequest =>
  publicKey === undefined ? { algorithm: 'hmac-sha256' } : { algorithm: 'ed25519', publicKey };

function addCommand(key: Command, open: OpenTerminal): void {
  making(key.command('add <agent>'))
    .description('a further key for an agent that has fewer than two')
    .action(async (agent: string, _own: object, command: Command) => {
      const options = command.optsWithGlobals<KeyOptions>();
      const terminal = open(options);
      const [agentId, bounds, pending] = [agentOf(agent), boundsOf(options), options.pending === true];
      const { publicKey } = publicKeyOf(options.publicKey);
      checkBounds(bounds, new Date());
      const add = (sidecar: Sidecar) =>
        sidecar.addKey({ agentId, key: requestOf(publicKey), pending, bounds, actor: OPERATOR });
      const would = {
        json: { add: agentId, pending },
        words: `give ${agentId} a further ${pending ? 'pending ' : ''}key`,
        tried: add,
        seals: true,
      };
      if (!(await goesOn(options, terminal, would))) return;
      await intoFile(options, terminal, {
        make: () => withSealing(configOf(options), add),
        words: ({ key: { id, state } }) => `${id} is ${state}.`,
      });
    });
}

function rotateCommand(key: Command, open: OpenTerminal): void {
  replacing(making(key.command('rotate <agent> <key>')))
    .description('replaces a key; the one before stays good until the overlap ends')
    .action(async (agent: string, old: string, _own: object, command: Command) => {
      const options = command.optsWithGlobals<KeyOptions>();
      const terminal = open(options);
      const [agentId, keyId, bounds] = [agentOf(agent), keyOf(old), boundsOf(options)];
      const [overlapSeconds, force] = [secondsOf('--overlap', options.overlap), options.force === true];
      const pending = options.pending === true;
      checkBounds(bounds, new Date());
      const end = pending ? 'let it go on until the new one is activated' : `end it after ${overlapSeconds} s`;
      const json = { rotate: keyId, pending, overlapSeconds, force };
      const input = { agentId, keyId, overlapSeconds, force, pending, bounds, ...publicKeyOf(options.publicKey) };
      const rotate = (sidecar: Sidecar) => sidecar.rotateKey({ ...input, actor: OPERATOR });
      if (
        !(await goesOn(options, terminal, { json, words: `replace ${keyId} and ${end}`, tried: rotate, seals: true }))
      )
        return;
      await intoFile(options, terminal, {
        make: () => withSealing(configOf(options), rotate),
        words: ({ key: { id, state }, oldKeyValidUntil }) =>
          `${id} is ${state}; ${keyId} ${oldKeyValidUntil === null ? 'stays active' : `is good until ${oldKeyValidUntil.toISOString()}`}.`,
      });
    });
}

function switchCommands(key: Command, open: OpenTerminal): void {
  replacing(careful(key.command('activate <agent> <key>')))
    .description('lets a pending key sign everything; the key that it replaces retires')
    .action(async (agent: string, pending: string, _own: object, command: Command) => {
      const options = command.optsWithGlobals<KeyOptions>();
      const terminal = open(options);
      const [agentId, keyId] = [agentOf(agent), keyOf(pending)];
      const [overlapSeconds, force] = [secondsOf('--overlap', options.overlap), options.force === true];
      const activate = (sidecar: Sidecar) =>
        sidecar.activateKey({ agentId, keyId, overlapSeconds, force, actor: OPERATOR });
      const json = { activate: keyId, overlapSeconds, force };
      if (!(await goesOn(options, terminal, { json, words: `activate ${keyId}`, tried: activate }))) return;
      const { key: active, oldKeyValidUntil } = await withSidecar(configOf(options), activate);
      const until = oldKeyValidUntil?.toISOString() ?? null;
      const before = until === null ? '' : ` The key before is good until ${until}.`;
      terminal.result({ ...showKey(active, new Date()), oldKeyValidUntil: until }, `${keyId} is active.${before}`);
    });
  careful(key.command('revoke <agent> <key>'))
    .description('ends a key at once and erases its secret')
    .action(async (agent: string, dead: string, _own: object, command: Command) => {
      const options = command.optsWithGlobals<CarefulOptions>();
      const terminal = open(options);
      const [agentId, keyId] = [agentOf(agent), keyOf(dead)];
      const revoke = (sidecar: Sidecar) => sidecar.revokeKey({ agentId, keyId, actor: OPERATOR });
      const would = { json: { revoke: keyId }, words: `end ${keyId} at once`, tried: revoke };
      if (!(await goesOn(options, terminal, would))) return;
      await withSidecar(configOf(options), revoke);
      terminal.result({ id: keyId, state: 'revoked' }, `${keyId} is dead.`);
    });
}

function words(keys: readonly AgentKey[]): string {
  const now = new Date();
  const rows = keys.map((key) => [
    key.id,
    key.algorithm,
    shownState(key, now),
    key.fingerprint ?? '-',
    key.notAfter?.toISOString() ?? key.expiresAt?.toISOString() ?? '-',
    key.lastUsedAt?.toISOString() ?? 'never',
    key.state === 'retiring' ? String(key.retiringUses) : '-',
  ]);
  return table(['key', 'algorithm', 'state', 'fingerprint', 'until', 'last used', 'calls while retiring'], rows);
}

export function keyCommand(program: Command, open: OpenTerminal): void {
  const key = program.command('key').description("agents' signing keys");
  key
    .command('list <agent>')
    .description('states, fingerprints, last use, and how many calls a retiring key still signs')
    .action(async (agent: string, _own: object, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const keys = await withSidecar(configOf(options), (sidecar) => sidecar.agents.keysOf(agentOf(agent)));
      open(options).result({ items: keys.map((each) => showKey(each, new Date())) }, words(keys));
    });
  addCommand(key, open);
  rotateCommand(key, open);
  switchCommands(key, open);
  checkCommand(key, open);
}
