#!/usr/bin/env -S node --max-semi-space-size=4 --
import { Command, CommanderError } from 'commander';
import { VERSION } from '../version.js';
import { agentCommand } from './commands/agent.js';
import { auditCommand } from './commands/audit.js';
import { callCommand } from './commands/call.js';
import { doctorCommand } from './commands/doctor.js';
import { errorsCommand } from './commands/errors.js';
import { identityCommand } from './commands/identity.js';
import { initCommand } from './commands/init.js';
import { keyCommand } from './commands/key.js';
import { migrateCommand } from './commands/migrate.js';
import { policyCommand } from './commands/policy.js';
import { secretsCommand } from './commands/secrets.js';
import { serveCommand } from './commands/serve.js';
import { webhookCommand } from './commands/webhook.js';
import type { GlobalOptions } from './context.js';
import { failure, makeTerminal, type Failure, type Terminal } from './output.js';

export type OpenTerminal = (options: GlobalOptions) => Terminal;

const open: OpenTerminal = ({ json }) =>
  makeTerminal(
    json === true,
    (text) => process.stdout.write(text),
    (text) => process.stderr.write(text),
  );

function makeProgram(): Command {
  const program = new Command('chaperone')
    .description('Lets AI agents work on a WordPress site under supervision.')
    .version(VERSION)
    .option('--env-file <file>', 'reads CHAPERONE_ settings from a file; the environment wins')
    .option('--json', 'prints the result as JSON and nothing else')
    .showHelpAfterError('(chaperone --help shows the commands)')
    .exitOverride();
  serveCommand(program);
  migrateCommand(program, open);
  initCommand(program, open);
  doctorCommand(program, open);
  callCommand(program, open);
  policyCommand(program, open);
  agentCommand(program, open);
  auditCommand(program, open);
  identityCommand(program, open);
  keyCommand(program, open);
  secretsCommand(program, open);
  webhookCommand(program, open);
  errorsCommand(program, open);
  return program;
}

/** Options of the program may stand before or behind the command's own. */
function acceptGlobalsAnywhere(command: Command): void {
  for (const child of command.commands) {
    child
      .option('--env-file <file>', 'reads CHAPERONE_ settings from a file')
      .option('--json', 'prints the result as JSON');
    child.exitOverride();
    acceptGlobalsAnywhere(child);
  }
}

/** A command line that isn't understood; commander has said so on standard error. Help and version are no failures. */
function misuse({ exitCode, message }: CommanderError): Failure {
  const detail = message.replace(/^error: /, '');
  return { exitCode: exitCode === 0 ? 0 : 2, words: '', json: { code: 'usage', detail } };
}

const program = makeProgram();
acceptGlobalsAnywhere(program);
try {
  await program.parseAsync();
} catch (error) {
  const { exitCode, words, json } = error instanceof CommanderError ? misuse(error) : failure(error);
  if (exitCode !== 0 && process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(json, null, 2)}\n`);
  if (words !== '') process.stderr.write(`chaperone: ${words}\n`);
  process.exitCode = exitCode;
}
