import { describe, expect, it } from '@jest/globals';
import type { PreparedCall, ReadyCall } from '../../../../src/execution/tool.js';
import { findTool, TOOL_NAMES } from '../../../../src/execution/tools/index.js';
import type { Json, JsonObject } from '../../../../src/kernel/json.js';
import type { EntityFact } from '../../../../src/policy/facts.js';

function begun(name: string, args: Json): PreparedCall {
  const outcome = findTool(name)?.prepare(args);
  if (outcome?.ok !== true) throw new Error(`${name} refused: ${JSON.stringify(outcome)}`);
  return outcome.call;
}

/** What WordPress says of a taxonomy. */
const CATEGORY = {
  hierarchical: true,
  rest_base: 'categories',
  rest_namespace: 'wp/v2',
  capabilities: { edit_terms: 'edit_categories', assign_terms: 'assign_categories' },
};
const GENRE = {
  hierarchical: false,
  rest_base: 'genres',
  rest_namespace: 'library/v1',
  capabilities: { edit_terms: 'edit_genres', assign_terms: 'assign_genres' },
};

function prepared(name: string, args: Json, seen: JsonObject = CATEGORY): ReadyCall {
  const call = begun(name, args);
  const known = call.survey === undefined ? call : call.survey.complete(seen);
  if (typeof known === 'string') throw new Error(known);
  return known;
}

const PNG = Buffer.from('\x89PNG\r\n\x1a\n and so on', 'latin1').toString('base64');

interface Good {
  readonly tool: string;
  readonly args: JsonObject;
  readonly request: ReadyCall['request'];
  /** `capability`, or `capability:object`. */
  readonly needs: readonly string[];
  /** What is read before the decision. */
  readonly target?: string;
  readonly before?: JsonObject;
  /** What a survey of the site brings. */
  readonly seen?: JsonObject;
  readonly entities: readonly EntityFact[];
}

const DRAFT = { id: 12, type: 'post', status: 'draft', title: { raw: 'A', rendered: 'A' } };
const PAGE_DRAFT = { id: 12, type: 'page', status: 'draft' };
const PAGE_12 = 'wp/v2/pages/12?context=edit';
const POST_12 = 'wp/v2/posts/12?context=edit';

const GOOD: readonly Good[] = [
  {
    tool: 'posts.create',
    args: { title: 'Hello' },
    request: { method: 'POST', route: 'wp/v2/posts', body: { title: 'Hello', status: 'draft' } },
    needs: ['edit_posts'],
    entities: [{ kind: 'create', type: 'post', requestedStatus: 'draft' }],
  },
  {
    tool: 'posts.create',
    args: { content: 'x', status: 'publish', author: 3, sticky: true, meta: { a: [1, { b: null }] } },
    request: {
      method: 'POST',
      route: 'wp/v2/posts',
      body: { content: 'x', status: 'publish', author: 3, sticky: true, meta: { a: [1, { b: null }] } },
    },
    needs: ['edit_posts', 'publish_posts', 'edit_others_posts', 'edit_others_posts', 'publish_posts'],
    entities: [{ kind: 'create', type: 'post', requestedStatus: 'publish' }],
  },
  ...(['future', 'private'] as const).map((status) => ({
    tool: 'posts.create',
    args: { title: 'x', status },
    request: { method: 'POST', route: 'wp/v2/posts', body: { title: 'x', status } } as const,
    needs: ['edit_posts', 'publish_posts'],
    entities: [{ kind: 'create', type: 'post', requestedStatus: status } as const],
  })),
  {
    tool: 'posts.update',
    args: { id: 12, title: '' },
    request: { method: 'POST', route: 'wp/v2/posts/12', body: { title: '' } },
    needs: ['edit_post:12'],
    target: POST_12,
    before: DRAFT,
    entities: [{ kind: 'existing', type: 'post', id: 12, status: 'draft' }],
  },
  {
    tool: 'posts.update',
    args: { id: 12, status: 'publish', author: 4, sticky: false },
    request: { method: 'POST', route: 'wp/v2/posts/12', body: { status: 'publish', author: 4, sticky: false } },
    needs: ['edit_post:12', 'publish_posts', 'edit_others_posts'],
    target: POST_12,
    before: DRAFT,
    entities: [{ kind: 'existing', type: 'post', id: 12, status: 'draft', requestedStatus: 'publish' }],
  },
  {
    tool: 'posts.publish',
    args: { id: 12 },
    request: { method: 'POST', route: 'wp/v2/posts/12', body: { status: 'publish' } },
    needs: ['edit_post:12', 'publish_post:12'],
    target: POST_12,
    before: DRAFT,
    entities: [{ kind: 'existing', type: 'post', id: 12, status: 'draft', requestedStatus: 'publish' }],
  },
  {
    tool: 'posts.trash',
    args: { id: 12 },
    request: { method: 'DELETE', route: 'wp/v2/posts/12' },
    needs: ['delete_post:12'],
    target: POST_12,
    before: DRAFT,
    entities: [{ kind: 'existing', type: 'post', id: 12, status: 'draft', requestedStatus: 'trash' }],
  },
  {
    tool: 'posts.restore',
    args: { id: 12 },
    request: { method: 'POST', route: 'wp/v2/posts/12', body: { status: 'draft' } },
    needs: ['delete_post:12', 'edit_post:12'],
    target: POST_12,
    before: { ...DRAFT, status: 'trash' },
    entities: [{ kind: 'existing', type: 'post', id: 12, status: 'trash', requestedStatus: 'draft' }],
  },
  {
    tool: 'posts.get',
    args: { id: 12 },
    request: { method: 'GET', route: 'wp/v2/posts/12', query: { context: 'view' } },
    needs: ['read_post:12'],
    target: 'wp/v2/posts/12?context=view',
    before: DRAFT,
    entities: [{ kind: 'existing', type: 'post', id: 12, status: 'draft' }],
  },
  {
    tool: 'posts.get',
    args: { id: 12, context: 'edit' },
    request: { method: 'GET', route: 'wp/v2/posts/12', query: { context: 'edit' } },
    needs: ['edit_post:12'],
    target: POST_12,
    before: DRAFT,
    entities: [{ kind: 'existing', type: 'post', id: 12, status: 'draft' }],
  },
  {
    tool: 'posts.list',
    args: {},
    request: { method: 'GET', route: 'wp/v2/posts', query: { context: 'view', page: 1, per_page: 10 } },
    needs: ['read'],
    entities: [],
  },
  {
    tool: 'posts.list',
    args: { status: ['draft', 'publish'], author: [1, 2], per_page: 100 },
    request: {
      method: 'GET',
      route: 'wp/v2/posts',
      query: { context: 'view', status: ['draft', 'publish'], author: [1, 2], page: 1, per_page: 100 },
    },
    needs: ['read', 'edit_posts'],
    entities: [],
  },
  {
    tool: 'pages.create',
    args: { title: 'About', parent: 3, menu_order: 2, template: '', status: 'publish', author: 4 },
    request: {
      method: 'POST',
      route: 'wp/v2/pages',
      body: { title: 'About', parent: 3, menu_order: 2, template: '', status: 'publish', author: 4 },
    },
    needs: ['edit_pages', 'publish_pages', 'edit_others_pages'],
    entities: [{ kind: 'create', type: 'page', requestedStatus: 'publish' }],
  },
  {
    tool: 'pages.update',
    args: { id: 12, parent: 0 },
    request: { method: 'POST', route: 'wp/v2/pages/12', body: { parent: 0 } },
    needs: ['edit_post:12'],
    target: PAGE_12,
    before: PAGE_DRAFT,
    entities: [{ kind: 'existing', type: 'page', id: 12, status: 'draft' }],
  },
  {
    tool: 'pages.publish',
    args: { id: 12 },
    request: { method: 'POST', route: 'wp/v2/pages/12', body: { status: 'publish' } },
    needs: ['edit_post:12', 'publish_post:12'],
    target: PAGE_12,
    before: PAGE_DRAFT,
    entities: [{ kind: 'existing', type: 'page', id: 12, status: 'draft', requestedStatus: 'publish' }],
  },
  {
    tool: 'pages.trash',
    args: { id: 12 },
    request: { method: 'DELETE', route: 'wp/v2/pages/12' },
    needs: ['delete_post:12'],
    target: PAGE_12,
    before: PAGE_DRAFT,
    entities: [{ kind: 'existing', type: 'page', id: 12, status: 'draft', requestedStatus: 'trash' }],
  },
  {
    tool: 'pages.restore',
    args: { id: 12 },
    request: { method: 'POST', route: 'wp/v2/pages/12', body: { status: 'draft' } },
    needs: ['delete_post:12', 'edit_post:12'],
    target: PAGE_12,
    before: { ...PAGE_DRAFT, status: 'trash' },
    entities: [{ kind: 'existing', type: 'page', id: 12, status: 'trash', requestedStatus: 'draft' }],
  },
  {
    tool: 'pages.get',
    args: { id: 12 },
    request: { method: 'GET', route: 'wp/v2/pages/12', query: { context: 'view' } },
    needs: ['read_post:12'],
    target: 'wp/v2/pages/12?context=view',
    before: PAGE_DRAFT,
    entities: [{ kind: 'existing', type: 'page', id: 12, status: 'draft' }],
  },
  {
    tool: 'pages.list',
    args: { parent: [0, 4], orderby: 'menu_order', status: 'draft' },
    request: {
      method: 'GET',
      route: 'wp/v2/pages',
      query: { context: 'view', parent: [0, 4], orderby: 'menu_order', status: 'draft', page: 1, per_page: 10 },
    },
    needs: ['read', 'edit_pages'],
    entities: [],
  },
  {
    tool: 'comments.list',
    args: {},
    request: { method: 'GET', route: 'wp/v2/comments', query: { context: 'view', page: 1, per_page: 10 } },
    needs: ['read'],
    entities: [],
  },
  {
    tool: 'comments.list',
    args: { status: 'hold', post: 4, author: [2], context: 'edit' },
    request: {
      method: 'GET',
      route: 'wp/v2/comments',
      query: { context: 'edit', status: 'hold', post: 4, author: [2], page: 1, per_page: 10 },
    },
    needs: ['read', 'edit_posts', 'moderate_comments'],
    entities: [],
  },
  {
    tool: 'comments.moderate',
    args: { id: 7, status: 'spam' },
    request: { method: 'POST', route: 'wp/v2/comments/7', body: { status: 'spam' } },
    needs: ['edit_comment:7'],
    target: 'wp/v2/comments/7',
    before: { id: 7, status: 'hold' },
    entities: [{ kind: 'existing', type: 'comment', id: 7, status: 'hold', requestedStatus: 'spam' }],
  },
  {
    tool: 'comments.moderate',
    args: { id: 7, status: 'trash' },
    request: { method: 'DELETE', route: 'wp/v2/comments/7' },
    needs: ['edit_comment:7'],
    target: 'wp/v2/comments/7',
    before: { id: 7, status: 'approved' },
    entities: [{ kind: 'existing', type: 'comment', id: 7, status: 'approved', requestedStatus: 'trash' }],
  },
  {
    tool: 'users.list',
    args: {},
    request: { method: 'GET', route: 'wp/v2/users', query: { context: 'view', page: 1, per_page: 10 } },
    needs: ['read'],
    entities: [],
  },
  ...[{ roles: ['editor'] }, { context: 'edit' }, { orderby: 'registered_date' }].map((args) => ({
    tool: 'users.list',
    args,
    request: {
      method: 'GET',
      route: 'wp/v2/users',
      query: { context: 'view', page: 1, per_page: 10, ...args },
    } as const,
    needs: ['read', 'list_users'],
    entities: [],
  })),
  {
    tool: 'media.upload',
    args: { filename: 'A b.PNG', content: PNG, title: 'x', post: 3 },
    seen: { mimeTypes: { 'jpg|jpeg|jpe': 'image/jpeg', png: 'image/png' }, maxBytes: 1_000 },
    request: {
      method: 'POST',
      route: 'wp/v2/media',
      query: { title: 'x', post: 3 },
      file: { bytes: Buffer.from(PNG, 'base64'), contentType: 'image/png', name: 'A-b.PNG' },
    },
    needs: ['edit_post:3'],
    entities: [{ kind: 'create', type: 'attachment', requestedStatus: 'inherit' }],
  },
  {
    tool: 'media.get',
    args: { id: 9, context: 'edit' },
    request: { method: 'GET', route: 'wp/v2/media/9', query: { context: 'edit' } },
    needs: ['edit_post:9'],
    target: 'wp/v2/media/9?context=edit',
    before: { id: 9, status: 'inherit' },
    entities: [{ kind: 'existing', type: 'attachment', id: 9, status: 'inherit' }],
  },
  {
    tool: 'media.update',
    args: { id: 9, alt_text: 'A cat', post: 3 },
    request: { method: 'POST', route: 'wp/v2/media/9', body: { alt_text: 'A cat', post: 3 } },
    needs: ['edit_post:9', 'edit_post:3'],
    target: 'wp/v2/media/9?context=edit',
    before: { id: 9, status: 'inherit' },
    entities: [{ kind: 'existing', type: 'attachment', id: 9, status: 'inherit' }],
  },
  {
    tool: 'terms.list',
    args: { taxonomy: 'category', parent: 0, hide_empty: false },
    request: {
      method: 'GET',
      route: 'wp/v2/categories',
      query: { parent: 0, hide_empty: 0, page: 1, per_page: 10 },
    },
    needs: [],
    entities: [],
  },
  {
    tool: 'terms.create',
    args: { taxonomy: 'category', name: 'News', parent: 3 },
    request: { method: 'POST', route: 'wp/v2/categories', body: { name: 'News', parent: 3 } },
    needs: ['edit_categories'],
    entities: [{ kind: 'create', type: 'term' }],
  },
  {
    tool: 'terms.create',
    args: { taxonomy: 'genre', name: 'Noir' },
    seen: GENRE,
    request: { method: 'POST', route: 'library/v1/genres', body: { name: 'Noir' } },
    needs: ['assign_genres'],
    entities: [{ kind: 'create', type: 'term' }],
  },
  {
    tool: 'terms.update',
    args: { taxonomy: 'genre', id: 5, slug: 'noir' },
    seen: GENRE,
    request: { method: 'POST', route: 'library/v1/genres/5', body: { slug: 'noir' } },
    needs: ['edit_term:5'],
    target: 'library/v1/genres/5?context=edit',
    before: { id: 5 },
    entities: [{ kind: 'existing', type: 'term', id: 5 }],
  },
  {
    tool: 'site.info',
    args: {},
    request: {
      method: 'GET',
      route: '',
      query: { _fields: 'name,description,url,home,gmt_offset,timezone_string,site_logo,site_icon' },
    },
    needs: ['read'],
    entities: [],
  },
  {
    tool: 'settings.get',
    args: {},
    request: { method: 'GET', route: 'wp/v2/settings' },
    needs: ['manage_options'],
    entities: [{ kind: 'existing', type: 'settings' }],
  },
  {
    tool: 'settings.update',
    args: { title: 'New', posts_per_page: 5 },
    request: { method: 'POST', route: 'wp/v2/settings', body: { title: 'New', posts_per_page: 5 } },
    needs: ['manage_options'],
    target: 'wp/v2/settings',
    before: {},
    entities: [{ kind: 'existing', type: 'settings' }],
  },
];

const targetOf = ({ target }: ReadyCall): string | undefined => {
  if (target === undefined) return undefined;
  const query = new URLSearchParams(
    Object.entries(target.read.query ?? {}).map(([name, value]): [string, string] => [name, String(value)]),
  );
  return target.read.route + (query.size === 0 ? '' : `?${query.toString()}`);
};

describe('a tool, from its arguments to its request', () => {
  it.each(GOOD.map((good) => [`${good.tool} ${JSON.stringify(good.args)}`, good] as const))('%s', (_name, good) => {
    const call = prepared(good.tool, good.args, good.seen);
    expect(call.request).toEqual(good.request);
    expect(call.needs.map(({ capability, objects }) => [capability, ...objects].join(':'))).toEqual(good.needs);
    expect(targetOf(call)).toBe(good.target);
    expect(call.entities(good.before)).toEqual(good.entities);
    if (good.before !== undefined) expect(call.expects(good.before)).toBeUndefined();
  });

  it('every tool stands in the table above', () => {
    expect(new Set(GOOD.map(({ tool }) => tool))).toEqual(new Set(TOOL_NAMES));
  });

  it('writes under another name need a capability that the author of that name does without', () => {
    const author = prepared('posts.create', { title: 'x', author: 3 }).needs.find(({ exceptUser }) => exceptUser === 3);
    expect(author?.capability).toBe('edit_others_posts');
  });

  const UPLOAD = { filename: 'a.png', content: PNG };
  const ALLOWED = { png: 'image/png' };
  const SURVEYS: readonly (readonly [string, JsonObject, JsonObject, RegExp])[] = [
    ['terms.create', { taxonomy: 'genre', name: 'x', parent: 1 }, GENRE, /no parents/],
    ['terms.update', { taxonomy: 'genre', id: 5, parent: 1 }, GENRE, /no parents/],
    ['terms.create', { taxonomy: 'genre', name: 'x' }, { ...GENRE, capabilities: {} }, /who may add/],
    ['terms.list', { taxonomy: 'genre' }, { ...GENRE, rest_base: '../users' }, /can’t be reached/],
    ['terms.list', { taxonomy: 'genre' }, { ...GENRE, rest_base: '(?P<id>x)' }, /can’t be reached/],
    ['terms.list', { taxonomy: 'genre' }, {}, /can’t be reached/],
  ];
  const REFUSED_FILES: readonly (readonly [JsonObject, RegExp])[] = [
    [{ mimeTypes: { 'jpg|jpeg': 'image/jpeg' }, maxBytes: 100 }, /takes no .png files/],
    [{ mimeTypes: ALLOWED, maxBytes: 10 }, /at most 10 bytes/],
    [{ mimeTypes: ALLOWED }, /at most/],
    [{}, /takes no .png/],
  ];
  it.each(REFUSED_FILES)('a file is refused by a site that says %j', (seen, why) => {
    expect(begun('media.upload', UPLOAD).survey?.complete(seen)).toMatch(why);
  });

  it('rules are given the words of a text file, and of any other its type and size', () => {
    const text = { filename: 'a.txt', content: Buffer.from('Free money').toString('base64') };
    expect(begun('media.upload', text).judged).toEqual({
      filename: 'a.txt',
      content: 'Free money',
      mime_type: 'text/plain',
      bytes: 10,
    });
    const picture = begun('media.upload', { ...UPLOAD, title: 'T' });
    expect(picture.judged).toEqual({ filename: 'a.png', title: 'T', mime_type: 'image/png', bytes: 18 });
    expect(picture.noted['sha256']).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each(SURVEYS)('%s %j is refused by what the site says of itself', (tool, args, seen, why) => {
    const call = begun(tool, args);
    expect(call.survey?.read.route).toBe('wp/v2/taxonomies/genre');
    expect(call.needs.map(({ capability }) => capability)).toEqual(['read']);
    expect(call.survey?.complete(seen)).toMatch(why);
  });

  it('capabilities that the site names are asked of WordPress', () => {
    expect(prepared('terms.create', { taxonomy: 'category', name: 'x' }).needs).toEqual([
      { capability: 'edit_categories', objects: [], ofTheSite: true },
    ]);
  });

  it('only what is in the trash is restored', () => {
    expect(prepared('posts.restore', { id: 12 }).expects(DRAFT)).toMatch(/not in the trash/);
  });

  it('a comment that has the status already is left alone', () => {
    const call = prepared('comments.moderate', { id: 7, status: 'approved' });
    expect(call.expects({ status: 'approved' })).toMatch(/approved already/);
    expect(call.expects({ status: 'hold' })).toBeUndefined();
  });

  it('a target that WordPress shows without type or status is judged by what is known of it', () => {
    expect(prepared('posts.trash', { id: 12 }).entities({})).toEqual([
      { kind: 'existing', type: 'post', id: 12, requestedStatus: 'trash' },
    ]);
  });

  it.each(['__proto__', 'constructor', 'toString', 'posts', 'POSTS.CREATE', ''])('there is no tool %j', (name) => {
    expect(findTool(name)).toBeUndefined();
  });
});

const TOO_LONG = 'x'.repeat(500_001);
const many = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);
const manyFields = Object.fromEntries(many(101).map((each) => [`field${each}`, each]));

/** Tool, arguments, and the pointer at the fault. */
const BAD: readonly (readonly [string, Json, string])[] = [
  ['posts.create', {}, ''],
  ['posts.create', { title: '', content: '' }, ''],
  ['posts.create', { title: 'x', force: true }, ''],
  ['posts.create', { title: 'x', password: 'p' }, ''],
  ['posts.create', { title: 'x', id: 1 }, ''],
  ['posts.create', { title: 'x'.repeat(2_001) }, '/title'],
  ['posts.create', { content: TOO_LONG }, '/content'],
  ['posts.create', { title: 'x', excerpt: 'x'.repeat(20_001) }, '/excerpt'],
  ['posts.create', { title: 'x', slug: 'x'.repeat(201) }, '/slug'],
  ['posts.create', { title: { raw: 'x' } }, '/title'],
  ['posts.create', { title: null }, '/title'],
  ['posts.create', { title: 'x', status: 'trash' }, '/status'],
  ['posts.create', { title: 'x', status: 'auto-draft' }, '/status'],
  ['posts.create', { title: 'x', author: 0 }, '/author'],
  ['posts.create', { title: 'x', author: -1 }, '/author'],
  ['posts.create', { title: 'x', author: 1.5 }, '/author'],
  ['posts.create', { title: 'x', author: '1' }, '/author'],
  ['posts.create', { title: 'x', author: 2 ** 53 }, '/author'],
  ['posts.create', { title: 'x', date: 'tomorrow' }, '/date'],
  ['posts.create', { title: 'x', date: '2026-11-22T09:30:00\n' }, '/date'],
  ['posts.create', { title: 'x', categories: many(101) }, '/categories'],
  ['posts.create', { title: 'x', categories: [0] }, '/categories/0'],
  ['posts.create', { title: 'x', tags: 'a' }, '/tags'],
  ['posts.create', { title: 'x', comment_status: 'maybe' }, '/comment_status'],
  ['posts.create', { title: 'x', sticky: 'yes' }, '/sticky'],
  ['posts.create', { title: 'x', meta: [] }, '/meta'],
  ['posts.create', { title: 'x', meta: manyFields }, '/meta'],
  ['posts.create', { title: 'x', meta: { ['m'.repeat(256)]: 1 } }, `/meta/${'m'.repeat(256)}`],
  ['posts.create', [], ''],
  ['posts.create', null, ''],
  ['posts.update', { title: 'x' }, '/id'],
  ['posts.update', { id: 12 }, ''],
  ['posts.update', { id: '12', title: 'x' }, '/id'],
  ['posts.publish', {}, '/id'],
  ['posts.publish', { id: 12, status: 'publish' }, ''],
  ['posts.trash', { id: 12, force: true }, ''],
  ['posts.restore', { id: 0 }, '/id'],
  ['posts.get', { id: 12, context: 'embed' }, '/context'],
  ['posts.get', { id: 12, _fields: 'id' }, ''],
  ['posts.list', { per_page: 101 }, '/per_page'],
  ['posts.list', { page: 0 }, '/page'],
  ['posts.list', { orderby: 'rand' }, '/orderby'],
  ['posts.list', { status: [] }, '/status'],
  ['posts.list', { search: 'x'.repeat(501) }, '/search'],
  ['posts.list', { rest_route: '/wp/v2/users' }, ''],
  ['pages.create', { title: 'x', categories: [1] }, ''],
  ['pages.create', { title: 'x', sticky: true }, ''],
  ['pages.create', { title: 'x', parent: -1 }, '/parent'],
  ['pages.create', { title: 'x', template: 'x'.repeat(256) }, '/template'],
  ['pages.update', { id: 12, menu_order: 1.5 }, '/menu_order'],
  ['posts.create', { title: 'x', parent: 1 }, ''],
  ['pages.list', { tags: [1] }, ''],
  ['comments.list', { status: 'approve' }, '/status'],
  ['comments.list', { author_email: 'a@example.org' }, ''],
  ['comments.moderate', { id: 7 }, '/status'],
  ['comments.moderate', { id: 7, status: 'delete' }, '/status'],
  ['comments.moderate', { id: 7, status: 'spam', content: 'x' }, ''],
  ['media.upload', { filename: 'a.png' }, '/content'],
  ['media.upload', { filename: 'a.png', content: '' }, '/content'],
  ['media.upload', { filename: 'a.png', content: 'AA' }, '/content'],
  ['media.upload', { filename: 'a.png', content: 'A-_=' }, '/content'],
  ['media.upload', { filename: 'a.png', content: 'A'.repeat(6_990_512) }, '/content'],
  ['media.upload', { filename: 'a.svg', content: PNG }, '/filename'],
  ['media.upload', { filename: '', content: PNG }, '/filename'],
  ['media.upload', { filename: 'x'.repeat(201), content: PNG }, '/filename'],
  ['media.upload', { filename: 'a.png', content: PNG, url: 'https://evil.example/x.png' }, ''],
  ['media.upload', { filename: 'a.png', content: PNG, caption: 'ä'.repeat(1_100) }, ''],
  ['media.update', { id: 9 }, ''],
  ['media.update', { id: 9, source_url: 'x' }, ''],
  ['terms.list', {}, '/taxonomy'],
  ['terms.list', { taxonomy: 'Category' }, '/taxonomy'],
  ['terms.list', { taxonomy: '../users' }, '/taxonomy'],
  ['terms.create', { taxonomy: 'category' }, '/name'],
  ['terms.create', { taxonomy: 'category', name: '' }, '/name'],
  ['terms.create', { taxonomy: 'category', name: 'x'.repeat(201) }, '/name'],
  ['terms.create', { taxonomy: 'category', name: 'x', count: 3 }, ''],
  ['terms.update', { taxonomy: 'category', id: 5 }, ''],
  ['terms.update', { taxonomy: 'category', id: 5, description: 'x'.repeat(20_001) }, '/description'],
  ['users.list', { roles: ['a,b'] }, '/roles/0'],
  ['users.list', { orderby: 'email' }, '/orderby'],
  ['users.list', { capabilities: ['edit_posts'] }, ''],
  ['site.info', { verbose: true }, ''],
  ['settings.get', { name: 'title' }, ''],
  ['settings.update', {}, ''],
  ['settings.update', { url: 'https://evil.example' }, ''],
  ['settings.update', { email: 'evil@example.org' }, ''],
  ['settings.update', { title: 'x', unknown: 1 }, ''],
  ['settings.update', { start_of_week: 7 }, '/start_of_week'],
];

describe('arguments that do not fit', () => {
  const cases = BAD.map(([tool, args, pointer]) => [tool, JSON.stringify(args).slice(0, 60), args, pointer] as const);
  it.each(cases)('%s %s', (tool, _shown, args, pointer) => {
    const outcome = findTool(tool)?.prepare(args);
    const pointers = outcome?.ok === false ? outcome.problems.map((problem) => problem.pointer) : ['accepted'];
    expect(pointers).toContain(pointer);
  });

  it('a great many problems are reported as fifty', () => {
    const outcome = findTool('posts.create')?.prepare({ title: 'x', categories: many(100).map((each) => -each) });
    expect(outcome?.ok === false && outcome.problems).toHaveLength(50);
  });

  it('a pointer escapes what a member is called (RFC 6901, section 3)', () => {
    const outcome = findTool('posts.create')?.prepare({ title: 'x', meta: { [`~/${'m'.repeat(255)}`]: 1 } });
    expect(outcome?.ok === false && outcome.problems[0]?.pointer).toBe(`/meta/~0~1${'m'.repeat(255)}`);
  });
});

describe('what WordPress answered, as the caller sees it', () => {
  const page = { total: 7, totalPages: 4 };
  const post = { ...DRAFT, guid: 'internal', _links: {} };

  it('shows of a post what was promised, and no more', () => {
    expect(prepared('posts.create', { title: 'x' }).result(post, page)).toEqual(DRAFT);
    expect(prepared('posts.trash', { id: 12 }).result({ deleted: true, previous: post }, page)).toEqual(DRAFT);
  });

  it('shows a list with its counts', () => {
    const call = prepared('posts.list', {});
    expect(call.result([post], page)).toEqual({ items: [DRAFT], total: 7, totalPages: 4 });
    expect(call.result([], { total: undefined, totalPages: undefined })).toEqual({
      items: [],
      total: null,
      totalPages: null,
    });
  });

  it('shows nobody’s address, whatever WordPress tells', () => {
    const user = { id: 2, name: 'Ann', slug: 'ann', email: 'ann@example.org', capabilities: { read: true } };
    expect(prepared('users.list', {}).result([user], page)).toMatchObject({
      items: [{ id: 2, name: 'Ann', slug: 'ann' }],
    });
    const comment = { id: 7, author_name: 'Bob', author_email: 'bob@example.org', author_ip: '192.0.2.1' };
    const shown = { id: 7, author_name: 'Bob' };
    expect(prepared('comments.list', {}).result([comment], page)?.['items']).toEqual([shown]);
    expect(prepared('comments.moderate', { id: 7, status: 'spam' }).result(comment, page)).toEqual(shown);
    expect(JSON.stringify(prepared('users.list', {}).result([user], page))).not.toMatch(/@|capabilities/);
  });

  it('shows the named settings alone', () => {
    expect(prepared('settings.get', {}).result({ title: 'T', email: 'a@example.org', url: 'x' }, page)).toEqual({
      title: 'T',
    });
  });

  const ELSE: readonly (readonly [string, JsonObject, Json])[] = [
    ['posts.create', { title: 'x' }, null],
    ['posts.create', { title: 'x' }, []],
    ['posts.create', { title: 'x' }, { error: 'blocked' }],
    ['posts.update', { id: 12, title: 'x' }, { id: '12' }],
    ['posts.trash', { id: 12 }, { deleted: true }],
    ['posts.list', {}, { items: [] }],
    ['settings.update', { title: 'x' }, {}],
    ['settings.get', {}, 'ok'],
    ['site.info', {}, { error: 'blocked' }],
  ];
  it.each(ELSE)('%s %j: %j is an answer to something else', (tool, args, body) => {
    expect(prepared(tool, args).result(body, page)).toBeUndefined();
  });
});
