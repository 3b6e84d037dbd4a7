import { expect, it } from '@jest/globals';
import { until } from '../../dev/proc.js';
import type { BrowserWorld } from '../support/browser-world.js';

export function settingsCases(world: () => BrowserWorld): void {
  it('takes a setting that fits, says why another does not, and shows what is locked and by what', async () => {
    const { paired, visit } = world();
    const admin = await visit(paired.site.users.admin);
    await admin.open('chaperone-settings');
    await admin.page.getByText('locked by CHAPERONE_PUBLIC_URL').waitFor();
    const days = admin.page.getByLabel('Days');
    await days.fill('-1');
    await admin.page.getByRole('button', { name: 'Save', exact: true }).click();
    await admin.page.getByRole('alert').getByText('settings_invalid').waitFor();
    await days.fill('400');
    await admin.page.getByRole('button', { name: 'Save', exact: true }).click();
    const kept = async (): Promise<boolean> => {
      const { settings } = (await paired.get('/v1/settings')).body as { settings: { auditRetentionDays: number } };
      return settings.auditRetentionDays === 400;
    };
    expect(await until(kept, 10_000)).toBe(true);
    await admin.page.getByRole('alert').waitFor({ state: 'detached' });
    expect(await admin.seriousFaults()).toEqual([]);
    await admin.shoot('settings');
    expect(admin.errors.filter((each) => !each.includes('422'))).toEqual([]);
    await admin.close();
  });

  it('keeps what was typed when somebody else changed settings meanwhile', async () => {
    const { paired, visit } = world();
    const [one, other] = [await visit(paired.site.users.admin), await visit(paired.site.users.admin)];
    for (const each of [one, other]) await each.open('chaperone-settings');
    const add = async ({ page }: typeof one, name: string, terms: string): Promise<void> => {
      await page.getByRole('button', { name: 'Add a list' }).click();
      await page.getByLabel('Name').last().fill(name);
      await page.getByLabel('Terms, one on each line').last().fill(terms);
      await page.getByRole('button', { name: 'Save the lists' }).click();
    };
    await add(one, 'brand', 'miracle cure\nguaranteed returns');
    await one.page.getByText('brand').first().waitFor();
    const saved = async (): Promise<boolean> => {
      const { settings } = (await paired.get('/v1/settings')).body as { settings: { termLists: object } };
      return 'brand' in settings.termLists;
    };
    expect(await until(saved, 10_000)).toBe(true);
    await add(other, 'rivals', 'another product');
    await other.page.getByRole('alert').getByText('settings_stale').waitFor();
    expect(await other.page.getByLabel('Terms, one on each line').last().inputValue()).toBe('another product');
    await one.close();
    await other.close();
  });

  it('replaces a secret of sidecar and site while both keep working', async () => {
    const { paired, visit } = world();
    const admin = await visit(paired.site.users.admin);
    await admin.open('chaperone-settings');
    const row = admin.page.getByRole('row').filter({ hasText: 'bridge_key_to_sidecar' });
    const before = await row.innerText();
    await row.getByRole('button', { name: 'Rotate' }).click();
    await admin.page.getByRole('button', { name: 'Replace it' }).click();
    await admin.page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await until(async () => (await row.innerText()) !== before, 10_000)).toBe(true);
    expect((await paired.execute({ tool: 'site.info' })).status).toBe(200);
    await admin.close();
  });
}
