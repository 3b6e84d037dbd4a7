import { useSyncExternalStore } from 'react';
import { boot } from './boot.js';

export type ScreenName = 'overview' | 'approvals' | 'policy' | 'audit' | 'agents' | 'settings';
export type Params = Readonly<Record<string, string>>;

/** The slug of WordPress's menu: `chaperone` for the overview, `chaperone-audit` and so on. */
export const slugOf = (screen: ScreenName): string => (screen === 'overview' ? 'chaperone' : `chaperone-${screen}`);

/** Empty values are left out, so that an address says only what differs from the screen as it opens. */
export function addressOf(screen: ScreenName, params: Params = {}): string {
  const query = new URLSearchParams({ page: slugOf(screen) });
  for (const [name, value] of Object.entries(params)) if (value !== '') query.set(name, value);
  return `${boot.adminUrl}admin.php?${query.toString()}`;
}

const listeners = new Set<() => void>();
const announce = (): void => {
  for (const listener of listeners) listener();
};
window.addEventListener('popstate', announce);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** Everything of the address but the page itself. */
export function useParams(): Params {
  const search = useSyncExternalStore(subscribe, () => window.location.search);
  return Object.fromEntries([...new URLSearchParams(search)].filter(([name]) => name !== 'page'));
}

/** Goes to another place of the same screen, without a request for the page. */
export function go(screen: ScreenName, params: Params, how: 'push' | 'replace' = 'push'): void {
  const address = addressOf(screen, params);
  if (how === 'push') window.history.pushState(null, '', address);
  else window.history.replaceState(null, '', address);
  announce();
}
