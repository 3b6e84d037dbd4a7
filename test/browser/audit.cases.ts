import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import type { BrowserWorld } from '../support/browser-world.js';

export function auditCases(world: () => BrowserWorld): void {
  it('filters by what is in the address, opens an entry, and goes from it to the whole call', async () => {
    const { paired, visit } = world();
    await paired.execute({ tool: 'posts.create', args: { title: 'One more miracle cure' } });
    const admin = await visit(paired.site.users.admin);
    const { page } = admin;
    await admin.open('chaperone-audit');
    expect(await admin.seriousFaults()).toEqual([]);
    await admin.shoot('audit');
    await page.getByRole('combobox', { name: 'Verdict' }).selectOption('deny');
    await page.getByRole('textbox', { name: 'Code' }).fill('policy_content_denied');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.waitForURL(/verdict=deny.*|code=policy_content_denied.*/);
    await page.getByRole('table').getByText('A text says what the policy forbids').first().waitFor();
    expect(await page.getByRole('table').innerText()).not.toContain('allowed');
    await page.getByRole('link', { name: 'Call decided' }).first().click();
    await page.getByText('One more miracle cure').waitFor();
    expect(await page.locator('.chaperone-findings').innerText()).toContain('promises');
    expect(await admin.seriousFaults()).toEqual([]);
    await admin.shoot('audit-entry');
    await admin.open('chaperone-audit');
    await page.getByRole('textbox', { name: 'Search' }).fill('more MIRACLE cure');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.waitForURL(/q=more/);
    await page.getByRole('link', { name: 'Call decided' }).first().click();
    await page.getByText('One more miracle cure').waitFor();
    await page.getByRole('link', { name: /^call_/ }).click();
    await page.waitForURL(/callId=call_/);
    await page.getByRole('link', { name: 'Call decided' }).waitFor();
    expect(admin.errors).toEqual([]);
    await admin.close();
  });

  it('verifies the log and names the entry that somebody changed', async () => {
    const { paired, visit } = world();
    const admin = await visit(paired.site.users.admin);
    await admin.open('chaperone-audit');
    await admin.page.getByRole('button', { name: 'Verify the log' }).click();
    await admin.page.getByText('The log is whole:').waitFor();
    const log = paired.db(`${paired.config.tablePrefix}ai_agent_audit_log`);
    const [entry] = (await log.clone().where({ kind: 'call.outcome' }).limit(1)) as { id: number; tool: string }[];
    await log.clone().where({ id: entry?.id }).update({ tool: 'posts.nothing' });
    await admin.page.getByRole('button', { name: 'Verify the log' }).click();
    await admin.page.getByText(`The first entry that is wrong is number ${entry?.id ?? 0}`).waitFor();
    expect(await admin.seriousFaults()).toEqual([]);
    await admin.shoot('audit-tampered');
    await log.clone().where({ id: entry?.id }).update({ tool: entry?.tool });
    await admin.close();
  });

  it('exports what is shown as a file of JSON Lines', async () => {
    const { paired, visit } = world();
    const admin = await visit(paired.site.users.admin);
    await admin.open('chaperone-audit&verdict=deny');
    const [download] = await Promise.all([
      admin.page.waitForEvent('download'),
      admin.page.getByRole('link', { name: 'Export what is shown' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^chaperone-audit-.*\.jsonl$/);
    const lines = readFileSync(await download.path(), 'utf8')
      .trimEnd()
      .split('\n');
    const entries = lines
      .map((line) => JSON.parse(line) as { verdict?: string })
      .filter(({ verdict }) => verdict !== undefined);
    expect(entries.length).toBeGreaterThan(2);
    expect(entries.every(({ verdict }) => verdict === 'deny')).toBe(true);
    await admin.close();
  });
}
