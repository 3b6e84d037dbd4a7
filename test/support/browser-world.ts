import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { projectRoot } from '../../dev/paths.js';
import { findProgram } from '../../dev/system.js';
import { loginCookies } from './logged-in.js';
import { pairedSite, type PairedSite, type PairedSiteOptions } from './paired-site.js';
import type { TestUser } from './stack.js';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Nothing is fetched from elsewhere. Playwright's own way to hold requests back would turn the browser's cache off too.
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
];

export interface VisitOptions {
  readonly width?: number;
  readonly height?: number;
}

/** Somebody at a browser of their own, logged in. */
export interface Visitor {
  readonly page: Page;
  /** Opens a screen (`approvals&view=open`) and waits until it shows what it was asked for. */
  open(screen: string): Promise<void>;
  /** A picture of the whole page, kept as output of the tests. */
  shoot(name: string): Promise<void>;
  /** What axe finds in our part of the page, serious or worse, in words. */
  seriousFaults(): Promise<readonly string[]>;
  /** Errors that the page itself logged or threw. */
  readonly errors: readonly string[];
  close(): Promise<void>;
}

/** One site, one sidecar and one browser for all the cases of a run. */
export interface BrowserWorld {
  readonly paired: PairedSite;
  readonly visit: (user: TestUser, options?: VisitOptions) => Promise<Visitor>;
  /** Addresses outside of the site that a page asked for. There must be none. */
  readonly foreign: readonly string[];
  stop(): Promise<void>;
}

/** Avatars come from elsewhere; right-to-left without having to install a language. */
const SURROUNDINGS = `<?php
add_filter( 'pre_option_show_avatars', '__return_zero' );
add_action( 'after_setup_theme', static function () {
	if ( isset( $_COOKIE['rtl'] ) ) {
		$GLOBALS['wp_locale']->text_direction = 'rtl';
	}
}, 0 );
`;

export async function browserWorld(options: PairedSiteOptions = {}): Promise<BrowserWorld> {
  const executablePath = findProgram('chromium');
  if (executablePath === undefined) throw new Error('chromium is missing');
  const [paired, browser] = await Promise.all([
    pairedSite({ workers: 6, timeZone: 'Europe/Berlin', ...options }),
    chromium.launch({ executablePath, args: FLAGS }),
  ]);
  const plugins = join(paired.site.path, 'wp-content', 'mu-plugins');
  mkdirSync(plugins, { recursive: true });
  writeFileSync(join(plugins, 'surroundings.php'), SURROUNDINGS);
  const foreign: string[] = [];
  return {
    paired,
    foreign,
    visit: (user, size = {}) => visit({ browser, paired, foreign }, user, size),
    async stop() {
      await browser.close();
      await paired.stop();
    },
  };
}

interface Ground {
  readonly browser: Browser;
  readonly paired: PairedSite;
  readonly foreign: string[];
}

async function visit({ browser, paired, foreign }: Ground, user: TestUser, size: VisitOptions): Promise<Visitor> {
  const { width = 1360, height = 900 } = size;
  const context = await browser.newContext({
    viewport: { width, height },
    baseURL: paired.site.url,
    timezoneId: 'UTC',
  });
  context.setDefaultTimeout(45_000);
  noteForeign(context, paired.site.url, foreign);
  await logIn(context, paired, user);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  return {
    page,
    errors,
    async open(screen) {
      await page.goto(`/wp-admin/admin.php?page=${screen}`);
      await page.locator('.chaperone-page').waitFor();
      await page.waitForFunction("document.querySelectorAll('.chaperone-loading').length === 0");
    },
    async shoot(name) {
      const folder = join(projectRoot(), 'screenshots');
      mkdirSync(folder, { recursive: true });
      await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
    },
    async seriousFaults() {
      const { violations } = await new AxeBuilder({ page }).include('.chaperone').analyze();
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => String(target)).join(', ')}`);
    },
    close: () => context.close(),
  };
}

/** Whatever is wanted from elsewhere is written down. */
function noteForeign(context: BrowserContext, site: string, foreign: string[]): void {
  const { host } = new URL(site);
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (url.host !== host && url.protocol.startsWith('http')) foreign.push(request.url());
  });
}

/** By the cookies that WordPress itself makes at a login. */
async function logIn(context: BrowserContext, { site }: PairedSite, user: TestUser): Promise<void> {
  const cookies = await loginCookies(site, user);
  await context.addCookies(
    Object.entries(cookies).map(([name, value]) => ({ name, value: encodeURIComponent(value), url: site.url })),
  );
}
