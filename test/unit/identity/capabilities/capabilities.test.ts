import { describe, expect, it } from '@jest/globals';
import { capabilitiesOf, makeReadCapabilities } from '../../../../src/identity/capabilities/index.js';
import { readStored, type PhpValue } from '../../../../src/identity/php-serialized/index.js';
import { FakeWordPressUsers, userId } from '../../../support/fakes/fake-wordpress-users.js';
import { serialize, type Serialisable } from '../../../support/php-serialize.js';

function php(value: Serialisable): PhpValue {
  const decoded = readStored(Buffer.from(serialize(value)));
  if (!decoded.ok) throw new Error(decoded.reason);
  return decoded.value;
}

const ROLES: Serialisable = {
  administrator: {
    name: 'Administrator',
    capabilities: { manage_options: true, edit_posts: true, unfiltered_upload: true, ai_agent_manage_policies: true },
  },
  editor: {
    name: 'Editor',
    capabilities: { edit_posts: true, publish_posts: true, moderate_comments: false, ai_agent_view_logs: true },
  },
  moderator: { name: 'Moderator', capabilities: { moderate_comments: true, publish_posts: false } },
  ai_agent: { name: 'Agent', capabilities: { ai_agent_execute_tool: true, read: true } },
  '2024': { name: 'Class of 2024', capabilities: { read: true } },
  nameless: { capabilities: { manage_options: true } },
  odd: { name: 'Odd', capabilities: 'manage_options' },
};

const of = (
  caps: Serialisable,
  extra: { readonly multisite?: boolean; readonly isSuperAdmin?: boolean; readonly isAgentBound?: boolean } = {},
) =>
  capabilitiesOf({
    capsMeta: php(caps),
    roles: php(ROLES),
    multisite: false,
    isSuperAdmin: false,
    isAgentBound: false,
    ...extra,
  });

describe('roles and capabilities, as WP_User has them', () => {
  it('a role grants what it lists, and its own name', () => {
    const editor = of({ editor: true });
    expect(['edit_posts', 'publish_posts', 'editor', 'exist'].map((name) => editor.has(name))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(
      ['moderate_comments', 'manage_options', 'administrator', 'nonsense', ''].some((name) => editor.has(name)),
    ).toBe(false);
    expect(editor.roles).toEqual(['editor']);
  });

  it('of two roles the later one in the row decides', () => {
    expect(of({ editor: true, moderator: true }).has('publish_posts')).toBe(false);
    expect(of({ moderator: true, editor: true }).has('publish_posts')).toBe(true);
    expect(of({ moderator: true, editor: true }).has('moderate_comments')).toBe(false);
  });

  it('the user’s own entries decide over roles, also to deny', () => {
    const user = of({
      editor: true,
      edit_posts: false,
      manage_options: true,
      upload_files: 1,
      list_users: '0',
      export: 'yes',
    });
    expect(['edit_posts', 'list_users'].some((name) => user.has(name))).toBe(false);
    expect(['manage_options', 'upload_files', 'export', 'publish_posts'].every((name) => user.has(name))).toBe(true);
  });

  it('roles that the site doesn’t define are capabilities and nothing else', () => {
    const user = of({ ghost: true, nameless: true, odd: true, '2024': true });
    expect(user.roles).toEqual(['2024', 'odd']);
    expect([user.has('ghost'), user.has('manage_options'), user.has('read')]).toEqual([true, false, true]);
  });

  it('nothing readable is nothing granted', () => {
    for (const capsMeta of [undefined, null, 'administrator', true, 5]) {
      const user = capabilitiesOf({
        capsMeta,
        roles: php(ROLES),
        multisite: false,
        isSuperAdmin: false,
        isAgentBound: false,
      });
      expect([user.has('read'), user.has('administrator'), user.roles]).toEqual([false, false, []]);
    }
    const user = capabilitiesOf({
      capsMeta: php({ editor: true }),
      roles: undefined,
      multisite: false,
      isSuperAdmin: false,
      isAgentBound: false,
    });
    expect([user.has('edit_posts'), user.has('editor'), user.roles]).toEqual([false, true, []]);
  });

  it('names from JavaScript’s own objects are no capabilities', () => {
    const user = of({ ['__proto__x']: true, editor: true });
    expect(['__proto__', 'constructor', 'toString', 'hasOwnProperty'].some((name) => user.has(name))).toBe(false);
  });

  it('do_not_allow is granted to nobody, and what concerns an object is for WordPress to say', () => {
    const user = of({ administrator: true, do_not_allow: true, edit_post: true, edit_term: true, delete_page: true });
    expect(
      ['do_not_allow', 'edit_post', 'edit_term', 'delete_page', 'unfiltered_upload'].some((name) => user.has(name)),
    ).toBe(false);
  });
});

describe('networks', () => {
  it('a super admin has everything but what nobody has', () => {
    const user = of([], { multisite: true, isSuperAdmin: true });
    expect(['manage_network', 'manage_options', 'install_plugins', 'anything'].every((name) => user.has(name))).toBe(
      true,
    );
    expect(['do_not_allow', 'edit_post'].some((name) => user.has(name))).toBe(false);
  });

  it('is nothing on a single site', () => {
    expect(of([], { isSuperAdmin: true }).has('manage_options')).toBe(false);
  });

  it('an administrator of one site doesn’t install plugins', () => {
    const admin = { administrator: true, install_plugins: true, edit_users: true };
    expect(of(admin).has('install_plugins')).toBe(true);
    expect(of(admin, { multisite: true }).has('install_plugins')).toBe(false);
    expect(of(admin, { multisite: true }).has('edit_users')).toBe(false);
  });
});

describe('the account of an agent', () => {
  const ours = [
    'view_logs',
    'approve_changes',
    'manage_policies',
    'read_policies',
    'manage_settings',
    'manage_secrets',
    'manage_agents',
  ];

  it('has ai_agent_execute_tool alone of ours, whatever it bears', () => {
    const direct = Object.fromEntries(ours.map((name) => [`ai_agent_${name}`, true]));
    for (const extra of [{}, { multisite: true, isSuperAdmin: true }]) {
      const user = of(
        { administrator: true, editor: true, ai_agent: true, ...direct },
        { ...extra, isAgentBound: true },
      );
      expect(ours.filter((name) => user.has(`ai_agent_${name}`))).toEqual([]);
      expect([user.has('ai_agent_execute_tool'), user.has('edit_posts'), user.has('ai_agent')]).toEqual([
        true,
        true,
        true,
      ]);
    }
  });

  it('is one by its role too: before it is bound, and after its agent was deleted', () => {
    const former = of({ editor: true, administrator: true, ai_agent: true });
    expect(ours.filter((name) => former.has(`ai_agent_${name}`))).toEqual([]);
    expect([former.has('ai_agent_execute_tool'), former.has('edit_posts')]).toEqual([true, true]);
  });

  it('is not given what its roles lack', () => {
    expect(of({ editor: true }, { isAgentBound: true }).has('ai_agent_execute_tool')).toBe(false);
  });
});

describe('readCapabilities', () => {
  function setup(multisite = false) {
    const users = new FakeWordPressUsers();
    users.add({ id: userId(3), login: 'chief' });
    users.setMeta(userId(3), 'wp_7_capabilities', serialize({ editor: true }));
    users.setMeta(userId(4), 'wp_7_capabilities', serialize({ editor: true }));
    users.options.set('wp_7_user_roles', serialize(ROLES));
    const bound = new Set<number>();
    const read = makeReadCapabilities({
      users,
      tables: { blogPrefix: 'wp_7_', multisite },
      isAgentBound: (id) => Promise.resolve(bound.has(id)),
    });
    return { users, bound, read };
  }

  it('reads this site’s row and roles, each time', async () => {
    const { users, bound, read } = setup();
    expect((await read(userId(3))).has('publish_posts')).toBe(true);
    expect((await read(userId(3))).has('ai_agent_view_logs')).toBe(true);
    bound.add(3);
    expect((await read(userId(3))).has('ai_agent_view_logs')).toBe(false);
    users.setMeta(userId(3), 'wp_7_capabilities', serialize({ subscriber: true }));
    expect((await read(userId(3))).has('publish_posts')).toBe(false);
  });

  it('a user who is gone has nothing, though a row is left', async () => {
    const user = await setup().read(userId(4));
    expect([user.has('publish_posts'), user.has('exist'), user.roles]).toEqual([false, false, []]);
  });

  it('super admins are listed by login, exactly so', async () => {
    const { users, read } = setup(true);
    expect((await read(userId(3))).has('manage_network')).toBe(false);
    users.options.set('site_admins', serialize(['Chief']));
    expect((await read(userId(3))).has('manage_network')).toBe(false);
    users.options.set('site_admins', serialize(['admin', 'chief']));
    expect((await read(userId(3))).has('manage_network')).toBe(true);
    users.options.set('site_admins', 'a:1:{broken');
    expect((await read(userId(3))).has('manage_network')).toBe(false);
  });
});
