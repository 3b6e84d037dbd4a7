import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { parseKeyId, Secret, type SigningKey } from '../../src/client/index.js';
import { findProgram } from '../../dev/system.js';
import type { BrowserWorld, Visitor } from '../support/browser-world.js';

const signingKey = (id: string, secret: string): SigningKey => {
  const parsed = parseKeyId(id);
  if (parsed === undefined) throw new Error(`${id} is no key's id`);
  const bytes: Uint8Array = Buffer.from(secret, 'base64');
  return { id: parsed, algorithm: 'hmac-sha256', secret: new Secret(bytes) };
};

const SECRET = '.chaperone-secret input';

/** The key that a dialog shows, once its reader says that it is kept. */
async function keptKey({ page }: Visitor): Promise<SigningKey> {
  const id = await page.getByRole('dialog').locator('code').first().innerText();
  const secret = await page.locator(SECRET).inputValue();
  await page.getByRole('button', { name: 'I have kept it' }).click();
  return signingKey(id, secret);
}

export function agentCases(world: () => BrowserWorld): void {
  it('makes an agent whose key signs calls, by the snippet that is shown', async () => {
    const { paired, visit } = world();
    const admin = await visit(paired.site.users.admin);
    await admin.open('chaperone-agents');
    await admin.page.getByRole('button', { name: 'Add an agent' }).click();
    const dialog = admin.page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill('Translations');
    await dialog.getByLabel('Login of the new account').fill('translator');
    expect(await admin.seriousFaults()).toEqual([]);
    await admin.shoot('agent-new');
    await dialog.getByRole('button', { name: 'Make it' }).click();
    await admin.page.locator(SECRET).waitFor();
    const secret = await admin.page.locator(SECRET).inputValue();
    const key = await keptKey(admin);
    await admin.page.getByText('A first call').waitFor();
    expect(await admin.page.content()).not.toContain(secret);
    expect((await paired.execute({ tool: 'site.info' }, { key })).status).toBe(200);
    const [bash, curl, openssl] = ['bash', 'curl', 'openssl'].map(findProgram);
    if (bash !== undefined && curl !== undefined && openssl !== undefined) {
      const text = await admin.page.getByRole('region', { name: 'curl' }).innerText();
      const { stdout } = await promisify(execFile)(bash, ['-c', text], {
        env: { PATH: process.env['PATH'] ?? '', CHAPERONE_SECRET: secret },
      });
      expect(JSON.parse(stdout)).toMatchObject({ status: 'executed' });
    }
    expect(await admin.seriousFaults()).toEqual([]);
    await admin.shoot('agent');
    expect(admin.errors).toEqual([]);
    await admin.close();
  });

  it('rotates a key: the old one stays good for the overlap, and not a moment for a leak', async () => {
    const { paired, visit } = world();
    const agent = await paired.newAgent();
    const admin = await visit(paired.site.users.admin);
    await admin.open(`chaperone-agents&id=${agent.id}`);
    const works = async (key: SigningKey): Promise<boolean> =>
      (await paired.execute({ tool: 'site.info' }, { key })).status === 200;
    const rotate = async (overlap: string): Promise<SigningKey> => {
      await admin.page.getByRole('button', { name: 'Rotate', exact: true }).first().click();
      await admin.page.getByRole('dialog').getByLabel('The old key stays good for').selectOption(overlap);
      if (overlap === '0') await admin.page.getByLabel(/which this ends/).check();
      await admin.page.getByRole('button', { name: 'Rotate it' }).click();
      await admin.page.locator(SECRET).waitFor();
      return keptKey(admin);
    };
    const second = await rotate('86400');
    expect([await works(agent.key), await works(second)]).toEqual([true, true]);
    await admin.page.getByText('retiring').first().waitFor();
    await admin.page.reload();
    await admin.page.getByText('retiring').first().waitFor();
    expect(await admin.page.locator(SECRET).count()).toBe(0);
    const third = await rotate('0');
    expect([await works(agent.key), await works(second), await works(third)]).toEqual([false, false, true]);
    await admin.shoot('agent-keys');
    expect(admin.errors).toEqual([]);
    await admin.close();
  });

  it('suspends, bounds, resumes and deletes, each only after asking', async () => {
    const { paired, visit } = world();
    const agent = await paired.newAgent();
    const { admin: person } = paired.site.users;
    const admin = await visit(person);
    await admin.open(`chaperone-agents&id=${agent.id}`);
    const code = async (): Promise<unknown> =>
      (await paired.execute({ tool: 'site.info' }, { key: agent.key })).body.code;
    const press = (name: string) => admin.page.getByRole('button', { name, exact: true }).click();
    await press('Suspend');
    expect(await code()).toBeUndefined();
    await press('Suspend it');
    await admin.page.getByRole('button', { name: 'Let it work again' }).waitFor();
    expect(await code()).toBe('agent_suspended');
    await press('Let it work again');
    await press('Let it work');
    await admin.page.getByRole('button', { name: 'Suspend', exact: true }).waitFor();
    await press('Change name and bounds');
    await admin.page.getByLabel('Addresses that it may come from').fill('not an address');
    await press('Save');
    await admin.page.getByRole('alert').getByText('args_invalid').waitFor();
    expect(await admin.seriousFaults()).toEqual([]);
    await admin.page.getByLabel('Addresses that it may come from').fill('192.0.2.0/24');
    await press('Save');
    await admin.page.getByRole('dialog').waitFor({ state: 'detached' });
    await admin.page.getByText('192.0.2.0/24').waitFor();
    expect(await code()).toBe('address_refused');
    await press('Delete');
    const confirm = admin.page.getByRole('dialog').getByRole('button', { name: 'Delete it' });
    expect(await confirm.getAttribute('aria-disabled')).toBe('true');
    const { name } = (await paired.get(`/v1/agents/${agent.id}`)).body as { name: string };
    await admin.page.getByLabel(/to confirm/).fill(name);
    await confirm.click();
    await admin.page.getByRole('button', { name: 'Add an agent' }).waitFor();
    expect(await code()).toBe('signature_invalid');
    await admin.close();
  });

  it('reads from right to left, and on a phone', async () => {
    const { paired, visit } = world();
    const phone = await visit(paired.site.users.admin, { width: 390, height: 844 });
    await phone.page.context().addCookies([{ name: 'rtl', value: '1', url: paired.site.url }]);
    for (const screen of ['chaperone-agents', `chaperone-agents&id=${paired.agent.id}`, 'chaperone-settings']) {
      await phone.open(screen);
      expect(await phone.page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
      expect(await phone.seriousFaults()).toEqual([]);
      await phone.shoot(`phone-rtl-${screen.replace(/&.*/, '-one')}`);
    }
    await phone.close();
  });
}
