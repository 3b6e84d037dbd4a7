import { resolve } from 'node:path';
import type { Command } from 'commander';
import { OPERATOR } from '../../audit/audit-entry.js';
import { readSiteAddress } from '../../compose.js';
import { readConfig, type Config } from '../../config.js';
import type { JsonObject } from '../../kernel/json.js';
import { withSidecar, type GlobalOptions } from '../context.js';
import type { OpenTerminal } from '../chaperone.js';
import { activateBridge, copyBridge } from '../install-bridge.js';
import { UsageError, type Terminal } from '../output.js';
import {
  completeSettings,
  findWpConfig,
  readSettings,
  secretOf,
  wpConfigWithKek,
  writeSettings,
  writeWpConfig,
} from '../site-settings.js';
import { createAgent, makeIntoFile, withoutSecrets, type MadeAgent } from '../make-agent.js';

interface InitOptions extends GlobalOptions {
  readonly wpPath: string;
  readonly publicUrl?: string;
  readonly wordpressUrl?: string;
  readonly listen?: string;
  readonly agentName: string;
  readonly agentLogin: string;
  readonly agentFile?: string;
  readonly php: string;
}

/**
 * The settings file, complete: what was given, what wp-config.php says, and the site's own address. Everything that can
 * be refused is refused before the first file is written; the settings go first, so that the key is never lost.
 */
async function settle(options: InitOptions, file: string): Promise<Config> {
  const site = findWpConfig(resolve(options.wpPath));
  const settings = completeSettings(readSettings(file), site, options);
  const { CHAPERONE_TABLE_PREFIX: prefix = '' } = settings;
  const url = secretOf(settings, 'CHAPERONE_DATABASE_URL') ?? '';
  const address = options.wordpressUrl ?? settings['CHAPERONE_WORDPRESS_URL'] ?? (await readSiteAddress(url, prefix));
  const complete = { ...settings, CHAPERONE_WORDPRESS_URL: address };
  const config = readConfig(complete);
  const wpConfig = wpConfigWithKek(site, secretOf(settings, 'CHAPERONE_KEK') ?? '');
  if ((await withSidecar(config, (sidecar) => sidecar.kekOpens())) === false) {
    throw new UsageError(
      "This site's secrets were sealed with another key-encryption key. Give it as CHAPERONE_KEK in --env-file; nothing was changed.",
    );
  }
  writeSettings(file, complete);
  if (wpConfig !== undefined) writeWpConfig(site, wpConfig);
  return config;
}

/** Each step does what is missing, so an interrupted init is mended by running it again. */
async function pair(options: InitOptions, config: Config, terminal: Terminal): Promise<MadeAgent | undefined> {
  return withSidecar(config, async (sidecar) => {
    const ran = await sidecar.migrate();
    terminal.say(`tables      ${ran.length === 0 ? 'up to date' : `${ran.length} made`}`);
    await sidecar.pairSite({ publicUrl: config.publicUrl, actor: OPERATOR });
    terminal.say('keys        sidecar and bridge share a key for each direction');
    terminal.say(`plugin      ${copyBridge(resolve(options.wpPath))}`);
    await activateBridge(resolve(options.wpPath), options.php);
    const status = await sidecar.bridge.status();
    await sidecar.rememberSite(status);
    terminal.say(`WordPress   ${status.wordpressVersion} answers, the bridge is active`);
    if ((await sidecar.agents.list({ limit: 1 })).length > 0) return undefined;
    return makeIntoFile(options.agentFile, config.publicUrl.href, () =>
      createAgent(sidecar, { name: options.agentName, login: options.agentLogin }),
    );
  });
}

export function initCommand(program: Command, open: OpenTerminal): void {
  program
    .command('init')
    .description('pairs a site with this sidecar: settings, tables, keys, the plugin, a first agent')
    .requiredOption('--wp-path <folder>', 'where WordPress lies')
    .option('--public-url <address>', 'where agents and the site reach the sidecar')
    .option('--wordpress-url <address>', "where the sidecar reaches the site; otherwise the site's own address")
    .option('--listen <address>', 'where the sidecar listens')
    .option('--agent-name <name>', 'what people call the first agent', 'First agent')
    .option('--agent-login <login>', 'the login of its service account', 'ai-agent')
    .option('--agent-file <file>', "writes the agent's secrets there (mode 0600) instead of showing them")
    .option('--php <command>', 'the php command that runs this site', 'php')
    .action(async (_own: object, command: Command) => {
      const options = command.optsWithGlobals<InitOptions>();
      const terminal = open(options);
      const file = options.envFile ?? 'chaperone.env';
      const config = await settle(options, file);
      terminal.say(`settings    ${file}`);
      const agent = await pair(options, config, terminal);
      report(terminal, options, file, agent);
    });
}

function report(terminal: Terminal, options: InitOptions, file: string, agent: MadeAgent | undefined): void {
  const next = `chaperone serve --env-file ${file}`;
  const shown = agent === undefined || options.agentFile === undefined ? agent : withoutSecrets(agent);
  const json: JsonObject = { settings: file, agent: shown === undefined ? null : { ...shown }, next };
  const lines =
    agent === undefined
      ? ['agent       there is one already; its secret was shown when it was made']
      : [
          `agent       ${agent.id}, acting as ${agent.login ?? `user ${agent.userId}`}`,
          ...(options.agentFile === undefined
            ? [
                `key id      ${agent.keyId}`,
                `secret      ${agent.secret ?? '-'}`,
                `password    ${agent.applicationPassword ?? '-'}`,
                '',
                'The secret and the password are shown this once.',
              ]
            : [`its secrets ${options.agentFile}`]),
        ];
  terminal.result(json, [...lines, '', `Next: ${next}`, `Then: chaperone doctor --env-file ${file}`].join('\n'));
}
