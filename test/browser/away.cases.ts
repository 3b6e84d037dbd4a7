import { expect, it } from '@jest/globals';
import type { BrowserWorld } from '../support/browser-world.js';

export function awayCases(world: () => BrowserWorld): void {
  it('says so on every screen, and what to do', async () => {
    const { paired, visit } = world();
    const options = () =>
      paired
        .db<{ option_name: string; option_value: string }>(`${paired.config.tablePrefix}options`)
        .where({ option_name: 'ai_agent_sidecar' });
    const move = (address: string) => options().update({ option_value: address });
    const row = await options().first();
    const stored = row?.option_value ?? '';
    // Port 1 refuses connections everywhere.
    await move(stored.replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:1'));
    const admin = await visit(paired.site.users.admin);
    for (const screen of ['chaperone', 'chaperone-approvals', 'chaperone-audit']) {
      await admin.open(screen);
      await admin.page.getByRole('heading', { name: 'The sidecar can’t be asked' }).waitFor();
      expect(await admin.page.locator('.chaperone-away').innerText()).toContain('sidecar_unreachable');
      expect(await admin.seriousFaults()).toEqual([]);
    }
    await admin.shoot('sidecar-away');
    await move(stored);
    await admin.close();
  });

  it('has asked nobody else for anything', () => {
    expect(world().foreign).toEqual([]);
  });
}
