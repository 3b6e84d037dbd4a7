import type { Command } from 'commander';
import { configOf, withSidecar, type GlobalOptions } from '../context.js';
import type { OpenTerminal } from '../chaperone.js';
import { describeError } from '../../kernel/errors.js';
import type { Sidecar } from '../../compose.js';
import { missingKeks } from '../../secrets/list-secrets.js';
import { table } from '../table.js';

interface Finding {
  readonly name: string;
  readonly problem: string | null;
}

const FIRST_STEPS = {
  agents: 'none; make one with: chaperone agent create --name NAME',
  policy: 'none is active, so every call is refused; save one with: chaperone policy save FILE --activate',
};

async function attempt(name: string, check: () => Promise<string | undefined>): Promise<Finding> {
  try {
    return { name, problem: (await check()) ?? null };
  } catch (error) {
    return { name, problem: describeError(error) };
  }
}

async function examine(sidecar: Sidecar): Promise<readonly Finding[]> {
  const ready = await Promise.all(sidecar.checks.map(({ name, check }) => attempt(name, check)));
  const passwords = await attempt('application passwords', async () =>
    (await sidecar.bridge.status()).applicationPasswordsAvailable
      ? undefined
      : 'WordPress has them switched off; agents may still sign without one',
  );
  const agents = await attempt('agents', async () =>
    (await sidecar.agents.list({ limit: 1 })).length > 0 ? undefined : FIRST_STEPS.agents,
  );
  const policy = await attempt('policy', async () =>
    (await sidecar.readPolicies.list({ limit: 1 })).activeVersion === null ? FIRST_STEPS.policy : undefined,
  );
  const secrets = await attempt('secrets', async () => missingKeks(await sidecar.listSecrets()));
  return [...ready, passwords, secrets, agents, policy];
}

/** Looks at everything that a call needs, and says what is wrong and what to do. Exit code 1 when something is. */
export function doctorCommand(program: Command, open: OpenTerminal): void {
  program
    .command('doctor')
    .description('checks the database, the migrations, the keys, WordPress, the clock, agents and policy')
    .action(async (_own: object, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const findings = await withSidecar(configOf(options), examine);
      const isWell = findings.every(({ problem }) => problem === null);
      const rows = findings.map(({ name, problem }) => [name, problem ?? 'ok']);
      open(options).result(
        { ok: isWell, checks: Object.fromEntries(rows.map(([name, state]) => [name ?? '', state ?? ''])) },
        table(['check', 'state'], rows),
      );
      if (!isWell) process.exitCode = 1;
    });
}
