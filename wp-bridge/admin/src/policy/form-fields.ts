import { __ } from '@wordpress/i18n';
import type { Block } from './format.js';

/** One value of a rule as a form shows it. */
export interface Field {
  readonly label: string;
  readonly help?: string;
  /** From the rule on. */
  readonly path: readonly (string | number)[];
  readonly kind: 'text' | 'number' | 'lines' | 'days' | 'choice';
  readonly choices?: readonly string[];
}

export interface BlockForm {
  readonly title: string;
  readonly lead: string;
  readonly add: string;
  readonly fields: readonly Field[];
  /** A new rule that is right as it stands. */
  readonly template: (id: string) => Readonly<Record<string, unknown>>;
}

const id = (): Field => ({
  label: __('Name of the rule', 'chaperone'),
  help: __('Unique in the policy; findings and the log name it.', 'chaperone'),
  path: ['id'],
  kind: 'text',
});
const tools = (): Field => ({
  label: __('For these tools', 'chaperone'),
  help: __('One on each line; * stands for anything (posts.*). Empty: all.', 'chaperone'),
  path: ['match', 'tools'],
  kind: 'lines',
});

const toolsForm = (): BlockForm => ({
  title: __('What agents may use', 'chaperone'),
  lead: __('What no rule allows is refused.', 'chaperone'),
  add: __('Add a rule for tools', 'chaperone'),
  fields: [
    id(),
    tools(),
    { label: __('Then', 'chaperone'), path: ['effect'], kind: 'choice', choices: ['allow', 'ask', 'deny'] },
  ],
  template: (name) => ({ id: name, match: { tools: ['posts.list'] }, effect: 'allow' }),
});

const timeForm = (): BlockForm => ({
  title: __('When they may work', 'chaperone'),
  lead: __('In the policy’s time zone. A window that ends before it begins runs over midnight.', 'chaperone'),
  add: __('Add hours', 'chaperone'),
  fields: [
    id(),
    tools(),
    { label: __('On these days (none: every day)', 'chaperone'), path: ['allow', 0, 'days'], kind: 'days' },
    { label: __('From', 'chaperone'), path: ['allow', 0, 'from'], kind: 'text' },
    { label: __('To', 'chaperone'), path: ['allow', 0, 'to'], kind: 'text' },
    {
      label: __('Outside of them', 'chaperone'),
      path: ['onViolation'],
      kind: 'choice',
      choices: ['deny', 'ask'],
    },
  ],
  template: (name) => ({
    id: name,
    allow: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '18:00' }],
  }),
});

const contentForm = (): BlockForm => ({
  title: __('What texts may not say', 'chaperone'),
  lead: __('Terms are found through every disguise; agents are never told which.', 'chaperone'),
  add: __('Add terms', 'chaperone'),
  fields: [
    id(),
    { label: __('Terms, one on each line', 'chaperone'), path: ['terms'], kind: 'lines' },
    {
      label: __('How grave it is', 'chaperone'),
      path: ['severity'],
      kind: 'choice',
      choices: ['low', 'medium', 'high', 'critical'],
    },
  ],
  template: (name) => ({ id: name, terms: [__('miracle cure', 'chaperone')], severity: 'high' }),
});

const limitsForm = (): BlockForm => ({
  title: __('How often', 'chaperone'),
  lead: __('No span of that length ever holds more calls.', 'chaperone'),
  add: __('Add a limit', 'chaperone'),
  fields: [
    id(),
    tools(),
    { label: __('At most', 'chaperone'), path: ['limit'], kind: 'number' },
    {
      label: __('In', 'chaperone'),
      help: __('Such as 30s, 10m, 1h, 7d, or hour and day by the clock.', 'chaperone'),
      path: ['window'],
      kind: 'text',
    },
    {
      label: __('Counted for each, one on each line', 'chaperone'),
      help: __('user, agent, ip, tool, site', 'chaperone'),
      path: ['per'],
      kind: 'lines',
    },
  ],
  template: (name) => ({ id: name, per: ['agent'], limit: 100, window: '1h' }),
});

const approvalsForm = (): BlockForm => ({
  title: __('What people approve first', 'chaperone'),
  lead: __('Further steps and other approvers are added in the text.', 'chaperone'),
  add: __('Add an approval', 'chaperone'),
  fields: [
    id(),
    tools(),
    { label: __('Step', 'chaperone'), path: ['steps', 0, 'name'], kind: 'text' },
    {
      label: __('Roles that may approve, one on each line', 'chaperone'),
      path: ['steps', 0, 'approvers', 'roles'],
      kind: 'lines',
    },
    { label: __('Different people needed', 'chaperone'), path: ['steps', 0, 'quorum'], kind: 'number' },
    {
      label: __('Dies after', 'chaperone'),
      help: __('Such as 12h or 3d.', 'chaperone'),
      path: ['expiresIn'],
      kind: 'text',
    },
  ],
  template: (name) => ({
    id: name,
    match: { tools: ['posts.publish'] },
    steps: [{ name: 'desk', approvers: { roles: ['editor'] }, quorum: 1 }],
    expiresIn: '24h',
  }),
});

/** The forms, in the order in which people think of them. Entities, and what a form can't show, are for the text. */
export const blockForms = (): Readonly<Record<Exclude<Block, 'entities'>, BlockForm>> => ({
  tools: toolsForm(),
  time: timeForm(),
  content: contentForm(),
  rateLimits: limitsForm(),
  approvals: approvalsForm(),
});
