import { expect, it } from '@jest/globals';
import type { BrowserWorld } from '../support/browser-world.js';
import { aDraft, aHeldCall } from './newsroom.js';

/** Votes in other hands, and approvals that are remembered. */
export function powerCases(world: () => BrowserWorld): void {
  it('gives one’s votes to a colleague, who votes in that name, and takes them back', async () => {
    const { paired, visit } = world();
    const { editor, editor2 } = paired.site.users;
    const giver = await visit(editor);
    await giver.open('chaperone-approvals&view=delegated');
    await giver.page.getByRole('textbox', { name: 'Login' }).fill(editor2.login);
    await giver.page.getByRole('textbox', { name: 'Why' }).fill('Two weeks at the sea.');
    await giver.page.getByRole('button', { name: 'Give my votes' }).click();
    await giver.page.getByRole('button', { name: `Take back: ${editor.login} → ${editor2.login}` }).waitFor();
    expect(await giver.seriousFaults()).toEqual([]);
    await giver.shoot('approvals-delegated');

    const id = await aDraft(paired, 'A post for two');
    const held = await aHeldCall(paired, 'posts.update', { id, title: 'A post for three' }, 'One more.');
    const delegate = await visit(editor2);
    await delegate.open(`chaperone-approvals&id=${held.id}`);
    await delegate.page.getByText('after 6 hours also: editor').waitFor();
    await delegate.page.getByLabel('Whose vote').selectOption(`In the name of ${editor.login}`);
    expect(await delegate.seriousFaults()).toEqual([]);
    await delegate.shoot('approval-in-the-name-of');
    await delegate.page.getByRole('button', { name: 'Approve' }).click();
    await delegate.page.getByText('Your vote counts').first().waitFor();
    await delegate.page.getByText(`${editor2.login}, in the name of ${editor.login}`).first().waitFor();

    await giver.page.getByRole('button', { name: `Take back: ${editor.login} → ${editor2.login}` }).click();
    await giver.page.getByText('taken back').first().waitFor();
    expect([...giver.errors, ...delegate.errors]).toEqual([]);
    await Promise.all([giver.close(), delegate.close()]);
  });

  it('remembers a change for an hour where both who vote want it, shows it with its uses, and takes it back', async () => {
    const { paired, visit } = world();
    const { editor, admin } = paired.site.users;
    const id = await aDraft(paired, 'Polished often');
    const update = (title: string) => paired.execute({ tool: 'posts.update', args: { id, title } });
    const held = await aHeldCall(paired, 'posts.update', { id, title: 'Polished once' }, 'Better words.');
    for (const user of [editor, admin]) {
      const visitor = await visit(user);
      await visitor.open(`chaperone-approvals&id=${held.id}`);
      await visitor.page.getByRole('checkbox', { name: 'Remember for an hour' }).check();
      if (user === editor) await visitor.shoot('approval-remember');
      await visitor.page.getByRole('button', { name: 'Approve' }).click();
      await visitor.page.locator('.chaperone-done').waitFor();
      await visitor.close();
    }
    expect((await update('Polished twice')).status).toBe(200);
    const visitor = await visit(editor, { width: 390, height: 844 });
    await visitor.open('chaperone-approvals&view=remembered');
    await visitor.page.getByText('other words in: title').waitFor();
    expect(await visitor.page.locator('.chaperone-list').innerText()).toMatch(/post \d+[\s\S]*\b1\b/);
    expect(await visitor.page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    expect(await visitor.seriousFaults()).toEqual([]);
    await visitor.shoot('approvals-remembered-phone');
    await visitor.page.getByRole('button', { name: `Take back: posts.update post ${id}` }).click();
    await visitor.page.getByText('Nothing is remembered.').waitFor();
    expect((await update('Polished thrice')).status).toBe(202);
    expect(visitor.errors).toEqual([]);
    await visitor.close();
  });

  it('offers the e-mail switch on one’s profile, and saves it', async () => {
    const { paired, visit } = world();
    const visitor = await visit(paired.site.users.editor);
    const box = visitor.page.getByRole('checkbox', { name: /E-mail me when an agent/ });
    const refused = (): Promise<unknown> =>
      paired.site.php('return get_user_meta( $args, "ai_agent_no_approval_mail", true );', paired.site.users.editor.id);
    const save = async (): Promise<void> => {
      const isSaved = visitor.page.waitForEvent('load');
      await visitor.page.locator('#submit').click();
      await isSaved;
      await visitor.page.getByText('Profile updated.').waitFor();
    };
    await visitor.page.goto('/wp-admin/profile.php');
    expect(await box.isChecked()).toBe(true);
    await box.uncheck();
    await save();
    expect([await box.isChecked(), await refused()]).toEqual([false, '1']);
    await box.check();
    await save();
    expect([await box.isChecked(), await refused()]).toEqual([true, '']);
    await visitor.close();
  });
}
