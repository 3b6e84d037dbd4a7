import { expect, it } from '@jest/globals';
import type { BrowserWorld, Visitor } from '../support/browser-world.js';
import { aDraft, aHeldCall, anApprovedCall, NEW_CONTENT } from './newsroom.js';

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

  it('decides no more than it showed: arguments that somebody edited meanwhile need another look', async () => {
    const { paired, visit } = world();
    const held = await aHeldCall(paired, 'posts.update', { id: await aDraft(paired, 'Shown'), title: 'As shown' }, 'x');
    const editor = await visit(paired.site.users.editor);
    const { page } = editor;
    await editor.open('chaperone-approvals&tool=posts.update');
    await page.getByRole('checkbox', { name: 'Shown' }).check();
    const other = await paired.site.createUser({ role: 'editor' });
    const { body } = await paired.get(`/v1/approvals/${held.id}`);
    const args = { ...(body.effectiveArgs as object), title: 'Swapped' };
    const voted = await paired.send({
      method: 'POST',
      path: `/v1/approvals/${held.id}/approve`,
      user: other,
      body: { args },
    });
    expect(voted.status).toBe(200);
    await page.getByRole('button', { name: 'Approve chosen' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await page.getByText('0 of 1 decided.').first().waitFor();
    await editor.close();
  });

  it('shows in the reading view what nobody reads, and names what isn’t only text', async () => {
    const { paired, visit } = world();
    const id = await aDraft(paired, 'Quiet change');
    const content = NEW_CONTENT.replace('<p>', '<p onclick="x()">').concat('\n\n<!-- wp:block {"ref":99} /-->');
    const held = await aHeldCall(paired, 'posts.update', { id, content }, 'Nothing to see.');
    const editor = await visit(paired.site.users.editor);
    await editor.open(`chaperone-approvals&id=${held.id}`);
    const unread = await editor.page.locator('.chaperone-diff__unread').allInnerTexts();
    expect(unread.join('\n')).toContain('Not only text: onclick=');
    expect(unread.join('\n')).toContain('{"ref":99}');
    expect(await editor.seriousFaults()).toEqual([]);
    await editor.shoot('approval-unread');
    await editor.close();
  });

  it('shows the text that a publish would let out, and where it is edited', async () => {
    const { paired, visit } = world();
    const id = await aDraft(paired, 'Read me first');
    const held = await aHeldCall(paired, 'posts.publish', { id }, 'x');
    const editor = await visit(paired.site.users.editor);
    await editor.open(`chaperone-approvals&id=${held.id}`);
    expect(await editor.page.locator('.chaperone-standing').innerText()).toContain('The ferry runs as planned.');
    const link = editor.page.getByRole('link', { name: 'Look at it where it is edited' });
    expect(await link.getAttribute('href')).toMatch(new RegExp(`/post\\.php\\?action=edit&post=${id}$`));
    expect(await editor.seriousFaults()).toEqual([]);
    await editor.shoot('approval-standing');
    await editor.close();
  });

  it('decides on what was read: an edit meanwhile holds Approve and Reject back until the reader has looked', async () => {
    const { paired, visit } = world();
    const args = { id: await aDraft(paired, 'Pinned'), title: 'As read' };
    const held = await aHeldCall(paired, 'posts.update', args, 'x');
    const admin = await visit(paired.site.users.admin);
    const { page } = admin;
    await admin.open(`chaperone-approvals&id=${held.id}`);
    await page.locator('ins').getByText('As read').waitFor();
    const edit = { args: { ...args, title: 'Swapped' } };
    const user = await paired.site.createUser({ role: 'editor' });
    const path = `/v1/approvals/${held.id}/approve`;
    expect((await paired.send({ method: 'POST', path, user, body: edit })).status).toBe(200);
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await page.getByText('Somebody edited this call meanwhile.').first().waitFor();
    expect(await page.locator('ins').allInnerTexts()).toContain('As read');
    for (const name of ['Approve', 'Reject']) {
      expect(await page.getByRole('button', { name }).getAttribute('aria-disabled')).toBe('true');
    }
    expect(await admin.seriousFaults()).toEqual([]);
    await admin.shoot('approval-outdated');
    await page.getByRole('button', { name: 'Show it as it is now' }).click();
    await page.locator('ins').getByText('Swapped').waitFor();
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('Approved and carried out.').first().waitFor();
    await admin.close();
  });

  it('sends with a rejection what was shown, so that an edit in the same instant is not rejected unseen', async () => {
    const { paired, visit } = world();
    const args = { id: await aDraft(paired, 'Unseen'), title: 'As read' };
    const held = await aHeldCall(paired, 'posts.update', args, 'x');
    const admin = await visit(paired.site.users.admin);
    const { page } = admin;
    await admin.open(`chaperone-approvals&id=${held.id}`);
    await page.locator('ins').getByText('As read').waitFor();
    await paired.send({
      ...{ method: 'POST', path: `/v1/approvals/${held.id}/approve` },
      ...{ user: await paired.site.createUser({ role: 'editor' }), body: { args: { ...args, title: 'Swapped' } } },
    });
    await page.getByRole('button', { name: 'Reject' }).click();
    await page.locator('.chaperone-problem').getByText('approval_stale').waitFor();
    expect(await statusOf(world(), held.id)).toBe('pending');
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await page.getByRole('button', { name: 'Show it as it is now' }).click();
    await page.getByRole('button', { name: 'Reject' }).click();
    await page.getByText('Rejected. It will not run.').first().waitFor();
    expect(await statusOf(world(), held.id)).toBe('rejected');
    await admin.close();
  });

  it('stops a call that has its last vote and hasn’t run, and offers no vote on it', async () => {
    const { paired, visit } = world();
    const [stopped, ran] = [await anApprovedCall(paired, 'Stopped'), await anApprovedCall(paired, 'Faster')];
    const editor = await visit(paired.site.users.editor);
    const { page } = editor;
    await editor.open(`chaperone-approvals&id=${stopped.id}`);
    await page.getByText('All votes are there.').waitFor();
    const buttons = await page.locator('.chaperone-decide button').allInnerTexts();
    expect(buttons).toEqual(['Reject']);
    expect(await editor.seriousFaults()).toEqual([]);
    await editor.shoot('approval-about-to-run');
    await page.getByRole('textbox', { name: 'Note' }).fill('On second thoughts.');
    await page.getByRole('button', { name: 'Reject' }).click();
    await page.getByText('Rejected. It will not run.').first().waitFor();
    await page.getByText('How it ended').waitFor();
    await page.locator('blockquote').getByText('On second thoughts.').waitFor();
    expect(await statusOf(world(), stopped.id)).toBe('rejected');
    expect(await page.locator('.chaperone-decide').count()).toBe(0);

    await editor.open(`chaperone-approvals&id=${ran.id}`);
    await page.getByText('All votes are there.').waitFor();
    const table = `${paired.site.database.tablePrefix}ai_agent_approvals`;
    await paired
      .db(table)
      .where({ id: ran.id })
      .update({ updated_at: new Date(Date.now() - 600_000) });
    await paired.sidecar.approvals.resume();
    await page.getByRole('button', { name: 'Reject' }).click();
    await page.locator('.chaperone-problem').getByText('approval_resolved').waitFor();
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await page.getByText('How it ended').waitFor();
    expect([await page.locator('.chaperone-decide').count(), await statusOf(world(), ran.id)]).toEqual([
      0,
      'succeeded',
    ]);
    await editor.close();
  });

  it('narrows the list by state, tool and agent, in an address that can be sent on', async () => {
    const { paired, visit } = world();
    const editor = await visit(paired.site.users.editor);
    const { page } = editor;
    await editor.open('chaperone-approvals&view=decided');
    await page.getByRole('combobox', { name: 'State' }).selectOption('rejected');
    await page.getByRole('textbox', { name: 'Tool' }).fill('posts.publish');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.waitForURL(/status=rejected/);
    await page.getByRole('link', { name: 'Second of two' }).waitFor();
    const states = await page.locator('table tbody .chaperone-badge').allInnerTexts();
    expect([...new Set(states)]).toEqual(['rejected']);
    await page.getByRole('link', { name: paired.agent.login }).first().click();
    await page.waitForURL(new RegExp(`agentId=${paired.agent.id}`));
    expect(await editor.seriousFaults()).toEqual([]);
    await editor.shoot('approvals-filtered');
    await editor.open('chaperone-approvals&view=decided&tool=posts.nothing');
    await page.getByText('Nothing is like this.').waitFor();
    await editor.close();
  });

  it('takes the two presses of a double click for one', async () => {
    const { paired, visit } = world();
    const held = await aHeldCall(paired, 'posts.publish', { id: await aDraft(paired, 'Twice') }, 'x');
    const editor = await visit(paired.site.users.editor);
    const votes: string[] = [];
    editor.page.on('request', (request) => {
      if (request.method() === 'POST' && request.url().includes('approve')) votes.push(request.url());
    });
    await editor.open(`chaperone-approvals&id=${held.id}`);
    await editor.page.getByRole('button', { name: 'Approve' }).dblclick();
    await editor.page.getByText('Your vote counts').first().waitFor();
    expect(votes).toHaveLength(1);
    expect(editor.errors).toEqual([]);
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
