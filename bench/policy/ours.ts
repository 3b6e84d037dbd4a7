import { compilePolicy } from '../../src/policy/compile.js';
import { evaluate } from '../../src/policy/evaluate.js';
import { parsePolicy } from '../../src/policy/parse.js';
import type { Engine } from './engine.js';

/** Chaperone's own evaluator: the whole decision, with every finding and the place of its rule. */
export const ours: Engine = {
  name: 'chaperone',
  prepare(rules, cases) {
    const document = {
      formatVersion: 1,
      tools: rules.map(({ tool, role, over, effect }, index) => ({
        id: index.toString(36),
        match: {
          tools: [tool],
          ...(role === null ? {} : { roles: [role] }),
          ...(over === null ? {} : { args: [{ path: '/n', greaterThan: over }] }),
        },
        effect,
      })),
    };
    const outcome = parsePolicy(JSON.stringify(document));
    if (!outcome.ok) throw new Error(outcome.problems[0]?.message);
    const policy = compilePolicy(outcome, 1);
    return Promise.resolve((index) => {
      const one = cases[index];
      if (one === undefined) throw new Error('no such case');
      return evaluate(policy, one.call, one.facts).effect === 'allow' ? 'allow' : 'deny';
    });
  },
};

/** The same rules in a loop, as a small gateway would have them: no index, no findings. */
export const inALine: Engine = {
  name: 'in a line',
  prepare: (rules, cases) =>
    Promise.resolve((index) => {
      const one = cases[index];
      if (one === undefined) throw new Error('no such case');
      const { call, facts } = one;
      let isAllowed = false;
      for (const { tool, role, over, effect } of rules) {
        if (tool !== call.tool || (over !== null && call.args.n <= over)) continue;
        if (role !== null && !facts.subject.roles.includes(role)) continue;
        if (effect === 'deny') return 'deny';
        isAllowed = true;
      }
      return isAllowed ? 'allow' : 'deny';
    }),
};
