import { expect, it } from '@jest/globals';
import type { BrowserWorld } from '../support/browser-world.js';
import { aDraft, aHeldCall } from './newsroom.js';

export function overviewCases(world: () => BrowserWorld): void {
  it('shows what agents did, what waits, what was refused and why, and that all is well', async () => {
    const { paired, visit } = world();
    const id = await aDraft(paired, 'Rain expected until Thursday');
    await paired.execute({ tool: 'posts.create', args: { title: 'A miracle cure' } });
    await paired.execute({ tool: 'settings.update', args: { blogname: 'Mine' } });
    await aHeldCall(paired, 'posts.publish', { id }, 'It is ready.');
    const admin = await visit(paired.site.users.admin);
    await admin.open('chaperone');
    const text = await admin.page.locator('.chaperone').innerText();
    expect(text).toMatch(/1\s+allowed/);
    expect(text).toMatch(/2\s+refused/);
    expect(text).toMatch(/call waits for a person now/);
    expect(text).toContain('Newsroom');
    expect(text).toContain('policy_content_denied');
    expect(text).toContain('promises');
    expect(text).toContain('clocks differ by');
    expect(text).toMatch(/hourly\s+agent-\w+\s+2 of 200 in 60 minutes|hourly\s+agent-\w+\s+2 of 200 in 1 hour/);
    expect(await admin.page.locator('#toplevel_page_chaperone .awaiting-mod').first().innerText()).toContain('1');
    await admin.page.getByText('As a table').click();
    const cells = await admin.page.getByRole('table', { name: 'Calls by verdict over time' }).innerText();
    expect(cells).toMatch(/1\s+1\s+2/);
    await admin.page.getByRole('button', { name: 'Last 7 days' }).click();
    await admin.page.waitForURL(/range=7d/);
    expect(await admin.seriousFaults()).toEqual([]);
    await admin.shoot('overview');
    expect(admin.errors).toEqual([]);
    await admin.close();
  });

  it('stops all agents with a reason that they are told, and lets them work again', async () => {
    const { paired, visit } = world();
    const admin = await visit(paired.site.users.admin);
    await admin.open('chaperone');
    await admin.page.getByRole('button', { name: 'Stop all agents' }).click();
    await admin.page.getByRole('textbox', { name: 'Reason' }).fill('Moving to another host.');
    expect(await admin.seriousFaults()).toEqual([]);
    await admin.page.getByRole('dialog').getByRole('button', { name: 'Stop them' }).click();
    await admin.page.getByText('All agents are stopped.').first().waitFor();
    const refused = await paired.execute({ tool: 'site.info' });
    expect(refused.body).toMatchObject({ code: 'kill_switch_on', detail: 'Moving to another host.' });
    await admin.shoot('overview-stopped');
    await admin.page.getByRole('button', { name: 'Let agents work again' }).click();
    await admin.page.getByRole('dialog').getByRole('button', { name: 'Let them work' }).click();
    await admin.page.getByRole('button', { name: 'Stop all agents' }).waitFor();
    expect((await paired.execute({ tool: 'site.info' })).status).toBe(200);
    await admin.close();
  });

  it('sends what its dialog asked, also where somebody else has turned the switch meanwhile', async () => {
    const { paired, visit } = world();
    const [admin, other] = await Promise.all([visit(paired.site.users.admin), visit(paired.site.users.admin)]);
    await admin.open('chaperone');
    await admin.page.getByRole('button', { name: 'Stop all agents' }).click();
    await other.open('chaperone');
    await other.page.getByRole('button', { name: 'Stop all agents' }).click();
    await other.page.getByRole('dialog').getByRole('button', { name: 'Stop them' }).click();
    await other.page.getByText('All agents are stopped.').first().waitFor();
    await admin.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await admin.page.locator('.chaperone-stopped').waitFor();
    await admin.page.getByRole('dialog').getByRole('button', { name: 'Stop them' }).click();
    await admin.page.getByRole('dialog').waitFor({ state: 'detached' });
    expect((await paired.execute({ tool: 'site.info' })).body).toMatchObject({ code: 'kill_switch_on' });
    await admin.page.getByRole('button', { name: 'Let agents work again' }).click();
    await admin.page.getByRole('dialog').getByRole('button', { name: 'Let them work' }).click();
    await admin.page.getByRole('button', { name: 'Stop all agents' }).waitFor();
    await Promise.all([admin.close(), other.close()]);
  });

  it('is reached from the toolbar, on the site too, and a link alone changes nothing', async () => {
    const { paired, visit } = world();
    const admin = await visit(paired.site.users.admin);
    await admin.page.goto('/');
    const node = admin.page.locator('#wp-admin-bar-chaperone');
    expect(await node.innerText()).toContain('Agents aren');
    await node.hover();
    await admin.page.getByRole('menuitem', { name: 'Stop all agents' }).click();
    await admin.page.getByRole('dialog').getByRole('button', { name: 'Stop them' }).waitFor();
    expect((await paired.execute({ tool: 'site.info' })).status).toBe(200);
    await admin.page.getByRole('dialog').getByRole('button', { name: 'Stop them' }).click();
    await admin.page.getByText('All agents are stopped.').first().waitFor();
    await admin.page.goto('/');
    expect(await node.innerText()).toContain('Agents are stopped');
    await admin.shoot('toolbar-stopped');
    await admin.open('chaperone&switch=1');
    await admin.page.getByRole('dialog').getByRole('button', { name: 'Let them work' }).click();
    await admin.page.getByRole('button', { name: 'Stop all agents' }).waitFor();
    expect((await paired.execute({ tool: 'site.info' })).status).toBe(200);
    await admin.close();
    const editor = await visit(paired.site.users.editor);
    await editor.page.goto('/');
    expect(await editor.page.locator('#wp-admin-bar-chaperone').count()).toBe(0);
    await editor.close();
  });

  it('gives editors no switch, and authors no menu', async () => {
    const { paired, visit } = world();
    const editor = await visit(paired.site.users.editor);
    await editor.open('chaperone');
    await editor.page.getByText('What agents did').waitFor();
    expect(await editor.page.getByRole('button', { name: 'Stop all agents' }).count()).toBe(0);
    await editor.close();
    const author = await visit(await paired.site.createUser({ role: 'author' }));
    await author.page.goto('/wp-admin/');
    expect(await author.page.locator('#adminmenu').innerText()).not.toContain('Chaperone');
    const answer = await author.page.goto('/wp-admin/admin.php?page=chaperone');
    expect(answer?.status()).toBe(403);
    await author.close();
  });

  it('is read in the dark and the strange schemes of colours too', async () => {
    const { paired, visit } = world();
    const { admin: user } = paired.site.users;
    const paint = (scheme: string): Promise<unknown> =>
      paired.site.php(`return update_user_option( $args['id'], 'admin_color', $args['scheme'], true );`, {
        id: user.id,
        scheme,
      });
    for (const scheme of ['midnight', 'ectoplasm', 'light']) {
      await paint(scheme);
      const admin = await visit(user);
      for (const screen of ['chaperone', 'chaperone-approvals', 'chaperone-policy']) {
        await admin.open(screen);
        expect(await admin.page.locator('body').getAttribute('class')).toContain(`admin-color-${scheme}`);
        expect({ scheme, screen, faults: await admin.seriousFaults() }).toEqual({ scheme, screen, faults: [] });
      }
      await admin.shoot(`policy-${scheme}`);
      await admin.close();
    }
    await paint('fresh');
  });

  it('reads from right to left, and on a phone', async () => {
    const { paired, visit } = world();
    const phone = await visit(paired.site.users.admin, { width: 390, height: 844 });
    await phone.page.context().addCookies([{ name: 'rtl', value: '1', url: paired.site.url }]);
    await phone.open('chaperone');
    expect(await phone.page.locator('html').getAttribute('dir')).toBe('rtl');
    expect(await phone.page.locator('link#chaperone-screens-rtl-css').count()).toBe(1);
    const wide = await phone.page.evaluate<number>('document.documentElement.scrollWidth');
    expect(wide).toBeLessThanOrEqual(390);
    expect(await phone.seriousFaults()).toEqual([]);
    await phone.shoot('overview-phone-rtl');
    const axis = await phone.page.locator('.chaperone-chart text').first().boundingBox();
    expect(axis?.height).toBeGreaterThan(9);
    await phone.page.locator('#wp-admin-bar-chaperone > .ab-item').click();
    await phone.page.waitForURL(/page=chaperone/);
    await phone.close();
  });
}
