import type { TestAnswer } from './http-request.js';
import { sessionHeaders } from './logged-in.js';
import type { TestSite, TestUser } from './stack.js';

/** A request to the bridge's admin routes in WordPress, as the admin unless another is named, logged in; the answer is the sidecar's. */
export function overTheBridge(site: Pick<TestSite, 'url' | 'users' | 'php'>) {
  const sessions = new Map<number, ReturnType<typeof sessionHeaders>>();
  return async (
    method: string,
    path: string,
    body?: unknown,
    user: Pick<TestUser, 'id'> = site.users.admin,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<TestAnswer> => {
    const session = sessions.get(user.id) ?? sessionHeaders(site, user);
    sessions.set(user.id, session);
    const reply = await fetch(`${site.url}/wp-json/ai-agent/v1${path}`, {
      method,
      headers: {
        ...(await session),
        ...headers,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    return { status: reply.status, headers: Object.fromEntries(reply.headers), text, body: JSON.parse(text) };
  };
}
