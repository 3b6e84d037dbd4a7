import { expect, it } from '@jest/globals';
import type { BrowserWorld } from '../support/browser-world.js';

/** The newsroom's policy as its first version; each case leaves it as it found it. */
export function policyCases(world: () => BrowserWorld): void {
  it('names a mistake at its line, leads there, and saves what was corrected', async () => {
    const { paired, visit } = world();
    const admin = await visit(paired.site.users.admin);
    await admin.open('chaperone-policy');
    const { page } = admin;
    const area = page.getByLabel('The policy document');
    await page.getByText('No mistakes.').waitFor();
    const text = await area.inputValue();
    const pretty = JSON.stringify(JSON.parse(text), null, 2).replace('"mode"', '// how much they do alone\n  "mode"');
    await area.fill(pretty.replace('"autonomous"', '"autonomus"'));
    await page.getByText('1 mistake:').waitFor();
    const save = page.getByRole('button', { name: 'Save as a new version' });
    expect(await save.getAttribute('aria-disabled')).toBe('true');
    const link = page.getByRole('button', { name: /^line \d+, column 11$/ });
    const line = Number(/line (\d+)/.exec(await link.innerText())?.[1]);
    expect(pretty.split('\n')[line - 1]).toContain('"mode"');
    await link.click();
    const caret = await area.evaluate((field) => (field as unknown as { selectionStart: number }).selectionStart);
    expect(pretty.slice(0, caret).split('\n')).toHaveLength(line);
    expect(await admin.seriousFaults()).toEqual([]);
    await admin.shoot('policy-mistake');
    await page.reload();
    await page.getByText('not saved yet').waitFor();
    await area.fill(pretty.replace('"limit": 200', '"limit": 150'));
    await page.getByText('No mistakes.').waitFor();
    await page.getByLabel('What changed and why').fill('A slower hour');
    await save.click();
    await page.getByText('Saved as version 2.').first().waitFor();
    expect((await paired.get('/v1/policies/2')).body).toMatchObject({ active: false, note: 'A slower hour' });
    await page.getByText('limit', { exact: false }).first().waitFor();
    await page.getByRole('heading', { name: 'What changed' }).scrollIntoViewIfNeeded();
    await page.getByText(/150/).first().waitFor();
    expect(admin.errors).toEqual([]);
    await admin.close();
  });

  it('changes by forms what stays text with its comments, suggests words, tries a call and draws its week', async () => {
    const { paired, visit } = world();
    const admin = await visit(paired.site.users.admin);
    await admin.open('chaperone-policy');
    const { page } = admin;
    await page.getByRole('tab', { name: 'As forms' }).click();
    await page.getByRole('button', { name: 'Add hours' }).click();
    await page.getByLabel('From', { exact: true }).fill('10:00');
    expect(await admin.seriousFaults()).toEqual([]);
    await admin.shoot('policy-forms');
    await page.getByRole('tab', { name: 'As text' }).click();
    const area = page.getByLabel('The policy document');
    const text = await area.inputValue();
    expect(text).toContain('// how much they do alone');
    expect(text).toContain('"from": "10:00"');
    await page.getByRole('button', { name: 'Try it' }).click();
    await page.locator('.chaperone-findings').first().waitFor();
    await page.getByRole('button', { name: 'Draw its week' }).click();
    const week = page.locator('.chaperone-week');
    await week.waitFor();
    const words = await week.innerText();
    expect(words).toContain('Europe/Berlin');
    expect(words).toMatch(/00:00–10:00 refused, 10:00–18:00 allowed, 18:00–00:00 refused/);
    await page.getByRole('button', { name: 'Replay the last 1,000 calls' }).click();
    await page.getByText(/looked at/).waitFor();
    await area.focus();
    await area.evaluate((field) =>
      (field as unknown as { setSelectionRange(a: number, b: number): void }).setSelectionRange(1, 1),
    );
    await page.keyboard.press('Control+Space');
    await page.getByRole('listbox', { name: 'Suggestions' }).waitFor();
    await page.keyboard.press('Escape');
    expect(await admin.seriousFaults()).toEqual([]);
    await admin.shoot('policy-tried');
    await page.getByRole('button', { name: 'Throw them away' }).click();
    expect(admin.errors).toEqual([]);
    await admin.close();
  });

  it('activates a version and rolls back, each with what changes, and keeps a text that came too late', async () => {
    const { paired, visit } = world();
    const admin = await visit(paired.site.users.admin);
    await admin.open('chaperone-policy');
    const { page } = admin;
    await page.getByRole('button', { name: 'Activate' }).first().click();
    await page.getByRole('dialog').getByRole('listitem').getByText(/150/).waitFor();
    await page.getByRole('dialog').getByLabel('Why').fill('From today on');
    await page.getByRole('button', { name: 'Let it decide' }).click();
    await page.getByText('version 2 decides now').waitFor();
    await page.getByRole('button', { name: 'Roll back to it' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Let it decide' }).click();
    await page.getByText('version 1 decides now').waitFor();
    expect((await paired.get('/v1/policies/active')).body).toMatchObject({ version: 1 });

    const area = page.getByLabel('The policy document');
    const mine = (await area.inputValue()).replace('"limit": 150', '"limit": 140');
    await area.fill(mine);
    const { document } = (await paired.get('/v1/policies/2')).body as { document: string };
    await paired.send({
      method: 'POST',
      path: '/v1/policies',
      user: paired.site.users.admin,
      body: { document: document.replace('"limit": 150', '"limit": 130'), note: '', baseVersion: 2 },
    });
    await page.getByText('No mistakes.').waitFor();
    await page.getByRole('button', { name: 'Save as a new version' }).click();
    await page.getByText('policy_base_stale').waitFor();
    expect(await area.inputValue()).toBe(mine);
    await page.reload();
    await page.getByText('Somebody saved version 3 meanwhile').waitFor();
    await page.getByText(/130/).first().waitFor();
    await page.getByRole('button', { name: 'Save mine on top of it' }).click();
    await page.getByText('No mistakes.').waitFor();
    await page.getByRole('button', { name: 'Save as a new version' }).click();
    await page.getByText('Saved as version 4.').first().waitFor();
    await admin.shoot('policy-versions');
    await admin.close();
  });

  it('shows a version that a program saved as an object, too', async () => {
    const { paired, visit } = world();
    const stored = (await paired.get('/v1/policies/active')).body.text as string;
    const document = { formatVersion: 1, name: 'By a program', tools: [{ id: 'all', effect: 'allow' }] };
    const body = { document, note: 'sent as an object', baseVersion: 4 };
    const user = paired.site.users.admin;
    const saved = await paired.send({ method: 'POST', path: '/v1/policies', user, body });
    expect(saved.status).toBe(201);
    const admin = await visit(user);
    await admin.open(`chaperone-policy&version=${String(saved.body.version)}`);
    await admin.page.getByText('By a program').first().waitFor();
    await admin.open('chaperone-policy');
    expect(await admin.page.getByLabel('The policy document').inputValue()).toContain('By a program');
    expect(admin.errors).toEqual([]);
    const back = { document: stored, note: '', baseVersion: saved.body.version as number };
    expect((await paired.send({ method: 'POST', path: '/v1/policies', user, body: back })).status).toBe(201);
    await admin.close();
  });

  it('is read by editors, who are told why they can’t save; on a phone from right to left', async () => {
    const { paired, visit } = world();
    const editor = await visit(paired.site.users.editor, { width: 390, height: 844 });
    await editor.page.context().addCookies([{ name: 'rtl', value: '1', url: paired.site.url }]);
    await editor.open('chaperone-policy');
    await editor.page.getByText('Saving and activating them needs the capability').waitFor();
    expect(await editor.page.getByLabel('The policy document').getAttribute('readonly')).not.toBeNull();
    expect(await editor.page.getByRole('button', { name: 'Save as a new version' }).count()).toBe(0);
    expect(await editor.page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    expect(await editor.seriousFaults()).toEqual([]);
    await editor.shoot('phone-rtl-policy');
    await editor.open('chaperone-policy&version=2&line=3');
    await editor.page.getByText('Policy, version 2').waitFor();
    expect(editor.errors).toEqual([]);
    await editor.close();
  });
}
