import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestAnswer } from '../../support/http-request.js';
import { pairedSite, type PairedSite, type TestAgent } from '../../support/paired-site.js';

let paired: PairedSite;
let editor: TestAgent;
let plain: TestAgent;
let pictures: { readonly png: string; readonly jpeg: string };

beforeAll(async () => {
  paired = await pairedSite({ workers: 4 });
  const folder = join(paired.site.path, 'wp-content', 'mu-plugins');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'limit.php'), LIMIT);
  plain = paired.agent;
  const account = await paired.site.createUser({ role: 'editor' });
  await paired.site.php("( new WP_User( $args ) )->add_role( 'ai_agent' ); return true;", account.id);
  editor = await paired.newAgent(account);
  pictures = (await paired.site.php(PICTURES)) as typeof pictures;
}, 90_000);
afterAll(() => paired.stop());

/** As a host that takes more than PHP's 2 MB, or less where an option says so; SVG is allowed, as by some plugins. */
const LIMIT = `<?php
add_filter( 'upload_size_limit', function () { return (int) get_option( 'test_limit', 6000000 ); } );
add_filter( 'wp_handle_sideload_prefilter', function ( $file ) {
  return 'refused.png' === $file['name'] ? array( 'error' => 'A scanner says no.' ) + $file : $file;
} );
add_filter( 'upload_mimes', function ( $types ) {
  unset( $types['pdf'] );
  return get_option( 'test_no_pdf' ) ? $types : array( 'pdf' => 'application/pdf', 'svg' => 'image/svg+xml' ) + $types;
} );
`;
const PICTURES = `
  $image = imagecreatetruecolor( 40, 30 );
  $made = array();
  foreach ( array( 'png', 'jpeg' ) as $type ) { ob_start(); ( 'image' . $type )( $image ); $made[ $type ] = base64_encode( ob_get_clean() ); }
  return $made;`;

const base64 = (text: string | Buffer): string => Buffer.from(text as string, 'latin1').toString('base64');
const PDF = base64('%PDF-1.4\n1 0 obj <</Type/Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n');
const as = (agent: TestAgent, tool: string, args: object = {}, more: object = {}): Promise<TestAnswer> =>
  paired.execute({ tool, args: args as never, ...more }, { key: agent.key });
const upload = (args: object, agent = editor, more = {}) => as(agent, 'media.upload', args, more);
const codeOf = ({ status, body }: TestAnswer): string => (status === 200 ? 'executed' : String(body?.code));
const stored = (id: number) =>
  paired.site.php(
    'return array( basename( get_attached_file( $args ) ), base64_encode( file_get_contents( get_attached_file( $args ) ) ), get_post_mime_type( $args ) );',
    id,
  );
const count = () => paired.site.php("return (int) wp_count_posts( 'attachment' )->inherit;");

describe('media.upload', () => {
  it('stores pictures and documents byte for byte, with their texts, as the agent’s own', async () => {
    const post = (await as(editor, 'posts.create', { title: 'With a picture' })).body.result as { id: number };
    const texts = { title: 'Ein Füßchen & mehr', alt_text: 'A black "box"', caption: 'Klein 🦶', description: 'x?y=z' };
    const png = await upload({ filename: 'Füße & mehr.png', content: pictures.png, ...texts, post: post.id });
    expect([png.status, png.body.result]).toMatchObject([
      200,
      {
        author: editor.userId,
        status: 'inherit',
        mime_type: 'image/png',
        media_type: 'image',
        post: post.id,
        title: { raw: texts.title },
        alt_text: texts.alt_text,
        caption: { raw: texts.caption },
        description: { raw: texts.description },
      },
    ]);
    const { id } = png.body.result as { id: number };
    expect(await stored(id)).toEqual(['Fusse-mehr.png', pictures.png, 'image/png']);
    const log = (await paired.get(`/v1/audit?callId=${png.body.callId}`)).body.items as Record<string, never>[];
    expect(log[0]).toMatchObject({
      kind: 'call.outcome',
      outcome: 'succeeded',
      entityType: 'attachment',
      entityId: id,
    });
    expect(log.at(-1)?.['arguments']).toMatchObject({ mime_type: 'image/png', sha256: expect.any(String) });
    expect(log.at(-1)?.['arguments']).not.toHaveProperty('content');

    for (const [filename, content, type] of [
      ['b.jpg', pictures.jpeg, 'image/jpeg'],
      ['c.pdf', PDF, 'application/pdf'],
      ['d.csv', base64('a,b\n1,2\n'), 'text/csv'],
      ['e.txt', base64('plain'), 'text/plain'],
      ['shell.php.png', pictures.png, 'image/png'],
    ] as const) {
      const answer = await upload({ filename, content });
      expect([filename, codeOf(answer)]).toEqual([filename, 'executed']);
      const [name, bytes, mime] = (await stored(answer.body.result.id)) as [string, string, string];
      expect([filename, bytes === content, mime]).toEqual([filename, true, type]);
      expect(name).not.toMatch(/\.php\./);
    }
  });

  it('refuses what isn’t what it says, and leaves nothing', async () => {
    const before = await count();
    const php = base64('<?php phpinfo();');
    for (const [filename, content] of [
      ['a.png', php],
      ['a.php', php],
      ['a.png.php', pictures.png],
      ['a.jpg', pictures.png],
      ['a.svg', base64('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>')],
      ['a.html', base64('<p>')],
      ['a.gif', base64('GIF89a<?php system(1);')],
      ['a.txt', base64('<html><script>1</script>')],
      ['a.zip', base64('PK\x03\x04')],
      ['a.png', ''],
      ['a.png', 'not base64'],
      ['.png', pictures.png],
    ] as const) {
      const answer = await upload({ filename, content });
      expect([filename, codeOf(answer)]).toEqual([filename, 'args_invalid']);
    }
    // What WordPress refuses with a 500 of its own it hasn't stored: that is a failure, and nobody has to go and look.
    const late = await upload({ filename: 'refused.png', content: pictures.png });
    expect([late.status, late.body.upstream?.code]).toEqual([502, 'rest_upload_sideload_error']);
    expect((await paired.send({ path: `/v1/calls/${late.body.callId}`, key: editor.key })).body.state).toBe('failed');
    expect(await count()).toBe(before);
  });

  it('takes 5 MiB and no byte more, within one request', async () => {
    const big = Buffer.concat([Buffer.from('%PDF-1.4\n', 'latin1'), Buffer.alloc(5 * 1_024 * 1_024 - 9, 0x20)]);
    const answer = await upload({ filename: 'big.pdf', content: big.toString('base64') });
    expect([codeOf(answer), answer.body.detail]).toEqual(['executed', undefined]);
    const more = Buffer.concat([big, Buffer.from(' ')]).toString('base64');
    expect(codeOf(await upload({ filename: 'big.pdf', content: more }))).toBe('args_invalid');
    const huge = await upload({ filename: 'big.pdf', content: Buffer.alloc(6_400_000, 0x20).toString('base64') });
    expect([huge.status, codeOf(huge)]).toEqual([413, 'request_too_large']);
  }, 120_000);

  it('keeps to what the site allows: its types, its size, its rights', async () => {
    await paired.site.php("update_option( 'test_limit', 100 ); update_option( 'test_no_pdf', 1 ); return true;");
    const small = await upload({ filename: 'b.jpg', content: pictures.jpeg });
    expect(small.body).toMatchObject({ code: 'args_invalid', detail: expect.stringMatching(/at most 100 bytes/) });
    const pdf = await upload({ filename: 'c.pdf', content: PDF });
    expect(pdf.body).toMatchObject({ code: 'args_invalid', detail: expect.stringMatching(/no \.pdf files/) });
    await paired.site.php("delete_option( 'test_limit' ); delete_option( 'test_no_pdf' ); return true;");
    const theirs = (await as(editor, 'posts.create', { title: 'Theirs' })).body.result as { id: number };
    const attached = { filename: 'b.jpg', content: pictures.jpeg, post: theirs.id };
    expect(codeOf(await upload(attached, plain))).toBe('capability_missing');
    expect(codeOf(await upload({ ...attached, post: 0 }, plain))).toBe('executed');
    await paired.site.php("get_role( 'ai_agent' )->remove_cap( 'upload_files' ); return true;");
    expect(codeOf(await upload({ ...attached, post: 0 }, plain))).toBe('capability_missing');
    await paired.site.php("get_role( 'ai_agent' )->add_cap( 'upload_files' ); return true;");
  });

  it('is decided by its words, its type and its size, dry and in earnest', async () => {
    const before = await count();
    const file = { filename: 'b.jpg', content: pictures.jpeg };
    expect((await upload(file, editor, { dryRun: true })).body).toMatchObject({ status: 'dry_run' });
    expect(await count()).toBe(before);
    await paired.allow({
      tools: [{ id: 'all', effect: 'allow' }],
      content: [{ id: 'brand', terms: ['scam'], severity: 'high' }],
      severities: { high: 'deny' },
      entities: [
        { id: 'no-pdf', match: { args: [{ path: '/mime_type', equals: 'application/pdf' }] }, types: ['nothing'] },
      ],
    });
    expect(codeOf(await upload({ filename: 'a.txt', content: base64('a scam') }))).toBe('policy_content_denied');
    expect(codeOf(await upload({ ...file, caption: 'a scam' }))).toBe('policy_content_denied');
    expect(codeOf(await upload({ filename: 'c.pdf', content: PDF }))).toBe('policy_entity_denied');
    expect(codeOf(await upload(file))).toBe('executed');
    await paired.allow();
  });

  it('waits for people like any other call, who are shown its size and digest and get the file in the end', async () => {
    await paired.allow({ mode: 'review', tools: [{ id: 'all', effect: 'allow' }] });
    const held = await upload({ filename: 'held.png', content: pictures.png });
    await paired.allow({ tools: [{ id: 'all', effect: 'allow' }] });
    const path = `/v1/approvals/${held.body.approval.id as string}`;
    const { call } = (await paired.get(path)).body as { call: { args: Record<string, string> } };
    expect(call.args['content']).toMatch(/^\[\d+ characters, sha256 [0-9a-f]{64}\]$/);
    const seen = (await paired.send({ path: `/v1/calls/${held.body.callId}`, key: editor.key })).body;
    expect(seen.approval.effectiveArgs).toEqual(call.args);
    const body = { args: { ...call.args, title: 'Titled by a person' } };
    const approved = await paired.send({
      method: 'POST',
      path: `${path}/approve`,
      body,
      user: paired.site.users.admin,
    });
    expect([approved.status, approved.body]).toMatchObject([200, { status: 'executed' }]);
    const { id } = approved.body.result as { id: number };
    expect(await stored(id)).toEqual(['held.png', pictures.png, 'image/png']);
    expect(await paired.site.php('return get_the_title( $args );', id)).toBe('Titled by a person');
  });
});

describe('media.get and media.update', () => {
  it('read and change the texts, and never the file', async () => {
    const { id } = (await upload({ filename: 'b.jpg', content: pictures.jpeg })).body.result as { id: number };
    const changed = await as(editor, 'media.update', { id, alt_text: 'A box', caption: 'Boxed', post: 0 });
    expect(changed.body.result).toMatchObject({ id, alt_text: 'A box', caption: { raw: 'Boxed' } });
    expect((await as(editor, 'media.get', { id })).body.result).toMatchObject({ id, alt_text: 'A box' });
    expect(codeOf(await as(plain, 'media.update', { id, title: 'x' }))).toBe('capability_missing');
    expect(codeOf(await as(editor, 'media.update', { id: 999_999, title: 'x' }))).toBe('not_found');
    expect(codeOf(await as(editor, 'posts.update', { id, title: 'x' }))).toBe('not_found');
  });
});
