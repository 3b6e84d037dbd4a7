import { describe, expect, it } from '@jest/globals';
import { browserWorld } from '../support/browser-world.js';
import { aDraft, aHeldCall, NEWSROOM } from './newsroom.js';

/** The bundle brings its own React and components; these say that it stands on the site's older language, date and fetch. */
describe.each(['6.8', '6.1'] as const)('WordPress %s', (version) => {
  it('shows the screens, and a call is approved there', async () => {
    const world = await browserWorld({ version, policy: NEWSROOM });
    try {
      const { paired, visit } = world;
      const id = await aDraft(paired, 'News on an older site');
      await aHeldCall(
        paired,
        'posts.update',
        { id, title: 'News on an older site, again' },
        'To see whether it works.',
      );
      const editor = await visit(paired.site.users.editor);
      await editor.open('chaperone');
      await editor.page.getByText('What agents did').waitFor();
      await editor.shoot(`overview-${version}`);
      await editor.open('chaperone-audit');
      await editor.page.getByRole('link', { name: 'Held for people' }).waitFor();
      await editor.open('chaperone-approvals');
      await editor.page.getByRole('link', { name: 'News on an older site' }).click();
      await editor.page.locator('ins').first().waitFor();
      expect(await editor.page.locator('ins').allInnerTexts()).toContain(', again');
      await editor.page.getByRole('button', { name: 'Approve' }).click();
      await editor.page.getByText('Your vote counts').first().waitFor();
      expect(await editor.seriousFaults()).toEqual([]);
      await editor.shoot(`approval-${version}`);
      expect(editor.errors).toEqual([]);
      const admin = await visit(paired.site.users.admin);
      for (const screen of ['agents', 'settings', 'policy']) {
        await admin.open(`chaperone-${screen}`);
        expect(await admin.seriousFaults()).toEqual([]);
        await admin.shoot(`${screen}-${version}`);
      }
      expect(admin.errors).toEqual([]);
      expect(world.foreign).toEqual([]);
    } finally {
      await world.stop();
    }
  }, 120_000);
});
