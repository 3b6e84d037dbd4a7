import { expect, it } from '@jest/globals';
import type { BrowserWorld, Visitor } from '../support/browser-world.js';
import { aDraft, aHeldCall, NEW_CONTENT } from './newsroom.js';

const statusOf = async ({ paired }: BrowserWorld, id: string): Promise<string> =>
  (await paired.get(`/v1/approvals/${id}`)).body.status as string;

/** Presses Tab until the focus is on what has this name; fails when it never gets there. */
async function tabTo({ page }: Visitor, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate<string>('(document.activeElement.innerText || "").trim()');
    if (focused === name) return;
  }
  throw new Error(`the keyboard never reached "${name}"`);
}

export function approvalCases(world: () => BrowserWorld): void {
  it('holds a publish until two people in two browsers have approved it, and then it stands on the site', async () => {
    const { paired, visit } = world();
    const id = await aDraft(paired, 'The bridge is open again');
    const held = await aHeldCall(paired, 'posts.publish', { id }, 'The editors asked for it this morning.');
    const [editor, admin] = await Promise.all([visit(paired.site.users.editor), visit(paired.site.users.admin)]);
    await editor.open('chaperone-approvals');
    await editor.page.getByRole('link', { name: 'The bridge is open again' }).click();
    await editor.page.getByText('The editors asked for it this morning.').waitFor();
    expect(await editor.page.locator('.chaperone-fields').innerText()).toMatch(/status\s+draft\s+publish/);
    await editor.page.getByRole('textbox', { name: 'Note' }).fill('Read and checked.');
    await editor.page.getByRole('button', { name: 'Approve' }).click();
    await editor.page.getByText('Your vote counts. The call waits for others now.').first().waitFor();
    expect(await paired.site.php('return get_post_status( $args );', id)).toBe('draft');
    await admin.open(`chaperone-approvals&id=${held.id}`);
    await admin.page.getByText('Read and checked.').first().waitFor();
    await admin.page.getByRole('button', { name: 'Approve' }).click();
    await admin.page.getByText('Approved and carried out.').first().waitFor();
    await admin.shoot('approval-done');
    await admin.page.goto(`/?p=${id}`);
    expect(await admin.page.locator('h1').first().innerText()).toBe('The bridge is open again');
    expect([...editor.errors, ...admin.errors]).toEqual([]);
    await Promise.all([editor.close(), admin.close()]);
  });

  it('shows a change as it is read and as it is stored, and can be decided by the keyboard alone', async () => {
    const { paired, visit } = world();
    const id = await aDraft(paired, 'Ferry news');
    const change = { id, title: 'Ferry news: no service', content: NEW_CONTENT };
    const held = await aHeldCall(paired, 'posts.update', change, 'The harbour called.');
    const editor = await visit(paired.site.users.editor);
    await editor.open(`chaperone-approvals&id=${held.id}`);
    const begun = Date.now();
    const { page } = editor;
    expect(await page.locator('del').allInnerTexts()).toEqual(expect.arrayContaining(['indoors', 'runs as planned']));
    expect(await page.locator('ins').allInnerTexts()).toEqual(expect.arrayContaining(['into the town hall']));
    expect(await editor.seriousFaults()).toEqual([]);
    await editor.shoot('approval');
    await tabTo(editor, 'As stored');
    await page.keyboard.press('Enter');
    await page.getByText('<p>The ferry').first().waitFor();
    await tabTo(editor, 'Approve');
    await page.keyboard.press('Enter');
    await page.getByText('Your vote counts').first().waitFor();
    console.log(`opening to decision by the keyboard, with axe and a picture: ${Date.now() - begun} ms`);
    const focused = await page.evaluate<string>('document.activeElement.className');
    expect(focused).toContain('chaperone-done');
    expect(await page.locator('.chaperone-steps').innerText()).toContain(paired.site.users.editor.login);
    await editor.close();
  });

  it('takes edits, voids nothing silently, and tells a mistake in them with its place', async () => {
    const { paired, visit } = world();
    const id = await aDraft(paired, 'Edited news');
    const held = await aHeldCall(paired, 'posts.update', { id, title: 'Edited newz' }, 'A better title.');
    const editor = await visit(paired.site.users.editor);
    await editor.open(`chaperone-approvals&id=${held.id}`);
    const { page } = editor;
    await page.getByRole('button', { name: 'Edit before approving' }).click();
    await page.getByRole('textbox', { name: 'title' }).fill('A miracle cure for the title');
    await page.getByRole('button', { name: 'Approve with these edits' }).click();
    await page.locator('.chaperone-problem').getByText('policy_content_denied').waitFor();
    expect(await editor.seriousFaults()).toEqual([]);
    await editor.shoot('approval-edit-refused');
    await page.getByRole('textbox', { name: 'title' }).fill('Edited news, at last');
    await page.getByRole('button', { name: 'Approve with these edits' }).click();
    await page.getByText('Your vote counts').first().waitFor();
    const { body } = await paired.get(`/v1/approvals/${held.id}`);
    expect(body).toMatchObject({ edited: true, effectiveArgs: { title: 'Edited news, at last' } });
    await editor.close();
  });

  it('says beforehand that the content was changed meanwhile, and runs nothing then', async () => {
    const { paired, visit } = world();
    const id = await aDraft(paired, 'Old news');
    const held = await aHeldCall(paired, 'posts.update', { id, title: 'New news' }, 'Fresher.');
    await paired.site.php(
      `$GLOBALS['wpdb']->update( $GLOBALS['wpdb']->posts, array( 'post_title' => 'Other news', 'post_modified_gmt' => '2030-01-01 00:00:00' ), array( 'ID' => $args ) );`,
      id,
    );
    const [editor, admin] = await Promise.all([visit(paired.site.users.editor), visit(paired.site.users.admin)]);
    await editor.open(`chaperone-approvals&id=${held.id}`);
    await editor.page.getByText('Somebody has changed this content since the agent asked.').waitFor();
    await editor.page.getByRole('button', { name: 'Approve' }).click();
    await editor.page.getByText('Your vote counts').first().waitFor();
    await admin.open(`chaperone-approvals&id=${held.id}`);
    await admin.page.getByRole('button', { name: 'Approve' }).click();
    await admin.page.getByText('The content was changed, moved or removed.').waitFor();
    expect(await admin.seriousFaults()).toEqual([]);
    await admin.shoot('approval-stale');
    expect(await statusOf(world(), held.id)).toBe('stale');
    expect(await paired.site.php('return get_post( $args )->post_title;', id)).toBe('Other news');
    await admin.page.getByRole('button', { name: 'Ask anew' }).click();
    await admin.page.locator('del').getByText('Other').waitFor();
    const again = new URL(admin.page.url()).searchParams.get('id') ?? '';
    expect(again).not.toBe(held.id);
    expect(await statusOf(world(), again)).toBe('pending');
    await Promise.all([editor.close(), admin.close()]);
  });

  it('decides several at once, each with its own result, on a phone too', async () => {
    const { paired, visit } = world();
    const ids: string[] = [];
    for (const title of ['First', 'Second']) {
      const id = await aDraft(paired, `${title} of two`);
      ids.push((await aHeldCall(paired, 'posts.publish', { id }, 'Both at once.')).id);
    }
    const editor = await visit(paired.site.users.editor, { width: 390, height: 844 });
    const { page } = editor;
    await editor.open('chaperone-approvals');
    await page.getByRole('checkbox', { name: 'First of two' }).check();
    await page.getByRole('checkbox', { name: 'Second of two' }).check();
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    expect(await editor.seriousFaults()).toEqual([]);
    await editor.shoot('approvals-phone');
    await page.getByRole('button', { name: 'Reject chosen' }).click();
    await page.getByRole('textbox', { name: 'Note' }).fill('Not today.');
    await page.getByRole('dialog').getByRole('button', { name: 'Reject' }).click();
    await page.getByText('2 of 2 decided.').first().waitFor();
    for (const id of ids) expect(await statusOf(world(), id)).toBe('rejected');
    await page.getByRole('link', { name: 'Decided' }).click();
    await page.getByRole('link', { name: 'Second of two' }).click();
    await page.getByText('Not today.').first().waitFor();
    await editor.close();
  });

  it('never lets what an agent wrote become markup', async () => {
    const { paired, visit } = world();
    const id = await aDraft(paired, 'Harmless');
    const evil = '<img src=x onerror="window.taken=1"><script>window.taken=1</script>';
    const held = await aHeldCall(paired, 'posts.update', { id, title: evil, content: evil }, evil);
    const editor = await visit(paired.site.users.editor);
    await editor.open(`chaperone-approvals&id=${held.id}`);
    await editor.page.getByText('onerror').first().waitFor();
    expect(await editor.page.evaluate('window.taken')).toBeUndefined();
    expect(await editor.page.locator('.chaperone img, .chaperone script').count()).toBe(0);
    await editor.close();
  });
}
