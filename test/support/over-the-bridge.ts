import { basic, type TestAnswer } from './http-request.js';
import type { TestSite, TestUser } from './stack.js';

/** A request to the bridge's admin routes in WordPress, as the admin unless another is named; the answer is the sidecar's. */
export function overTheBridge(site: Pick<TestSite, 'url' | 'users'>) {
  return async (
    method: string,
    path: string,
    body?: unknown,
    user: Pick<TestUser, 'login' | 'applicationPassword'> = site.users.admin,
  ): Promise<TestAnswer> => {
    const reply = await fetch(`${site.url}/wp-json/ai-agent/v1${path}`, {
      method,
      headers: { authorization: basic(user), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    return { status: reply.status, headers: Object.fromEntries(reply.headers), text, body: JSON.parse(text) };
  };
}
