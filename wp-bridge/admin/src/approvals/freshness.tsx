import apiFetch from '@wordpress/api-fetch';
import { __ } from '@wordpress/i18n';
import { useEffect, useState } from 'react';
import * as z from 'zod/mini';
import type { Approval } from './answers.js';

const present = z.object({ modified_gmt: z.string() });
const ROUTES: Readonly<Record<string, string>> = { posts: 'posts', pages: 'pages', media: 'media' };

/** Where WordPress shows the target, by the tool's family and the id in its arguments. */
function routeOf({ tool, effectiveArgs }: Approval): string | null {
  const route = ROUTES[tool.split('.')[0] ?? ''];
  const id = effectiveArgs['id'];
  return route === undefined || typeof id !== 'number'
    ? null
    : `/wp/v2/${route}/${id}?_fields=modified_gmt&context=edit`;
}

/** Says beforehand what the sidecar would find when it runs the call: that the content was changed meanwhile. */
export function FreshnessNotice({ approval }: { readonly approval: Approval }) {
  const [isChanged, setChanged] = useState(false);
  const route = routeOf(approval);
  const before = approval.before?.['modified_gmt'];
  useEffect(() => {
    if (route === null || typeof before !== 'string') return undefined;
    const abort = new AbortController();
    apiFetch({ path: route, signal: abort.signal }).then(
      (found) => {
        const now = present.safeParse(found);
        setChanged(now.success && now.data.modified_gmt !== before);
      },
      // Who may not see the content can still decide; the sidecar compares it in any case.
      () => undefined,
    );
    return () => abort.abort();
  }, [route, before]);
  if (!isChanged) return null;
  return (
    <div className="chaperone-warning" role="status">
      {__(
        'Somebody has changed this content since the agent asked. Approving will find that out and run nothing; the agent then has to ask anew.',
        'chaperone',
      )}
    </div>
  );
}
