import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import express, { type Express, type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import helmet from 'helmet';
import type { Authenticate } from '../identity/authenticate.js';
import type { Principal } from '../identity/principal.js';
import { hasSignature } from '../identity/signatures/index.js';
import type { RequireRecentLogin } from '../identity/step-up.js';
import { ChaperoneError, type ErrorCode } from '../kernel/errors.js';
import type { Json } from '../kernel/json.js';
import { admit, scopesOf } from './admit.js';
import type { TokenResource } from './challenges.js';
import type { OncePerKey } from './kept-answers.js';
import { problemHandler, type ErrorLog } from './problem-response.js';
import { incoming, readBody, readIdempotencyKey, readQuery } from './read-request.js';
import { makeRooms, turnAway, type Room } from './room.js';
import type { Answer, GuardedRoute, Handling, Route, StreamedAnswer } from './route.js';
import { watchAnswers, type OnAnswered } from './watch-answers.js';

export interface AppDeps {
  readonly routes: readonly Route[];
  readonly authenticate: Authenticate;
  /** An agent asked for what its account, or its token, doesn't allow: that stands in the log. */
  readonly writeRefusal: (agent: Principal, code: ErrorCode, operation: string) => Promise<void>;
  readonly oncePerKey: OncePerKey;
  readonly newRequestId: () => string;
  readonly trace: RequestHandler;
  readonly log: ErrorLog;
  readonly asDatabaseError: (error: unknown) => ChaperoneError | undefined;
  /** CIDRs of proxies whose X-Forwarded-For counts. Empty: the socket's address counts. */
  readonly trustedProxies: readonly string[];
  readonly requireRecentLogin: RequireRecentLogin;
  readonly onAnswered: OnAnswered;
  /** Null where no access tokens are taken. */
  readonly tokenResource: TokenResource | null;
}

/** Room for a policy document of 1 MB inside a JSON string; a route that takes files has a limit of its own. */
const BODY_LIMIT = 2 * 1_024 * 1_024;

/** Express's form of a path: `{id}` becomes `:id`. */
const expressPath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

/** Says which route a request took, for those who count. */
const routed =
  (path: string): RequestHandler =>
  (_request, response, next) => {
    response.locals['route'] = path;
    next();
  };

function reply(response: Response, { status, body, headers = {} }: Answer): void {
  response.setHeader('Cache-Control', 'no-store');
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.type(status >= 400 ? 'application/problem+json' : 'application/json');
  response.status(status).send(JSON.stringify(body));
}

const paramsOf = (request: Request): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(request.params).map(([name, value]) => [name, String(value)]));

function handlerOf(route: Route, deps: AppDeps): RequestHandler {
  if (route.access === 'open') return async (_request, response) => reply(response, await route.handle());
  if (route.access !== 'webhook') return guardedHandler(route, deps);
  return async (request, response) => reply(response, await route.handle(incoming(request), paramsOf(request)));
}

async function stream(response: Response, { status, lines }: StreamedAnswer): Promise<void> {
  response.setHeader('Cache-Control', 'no-store');
  response.status(status).type('application/jsonl');
  await pipeline(Readable.from(lines), response);
}

function guardedHandler(route: GuardedRoute, deps: AppDeps): RequestHandler {
  const { authenticate, requireRecentLogin } = deps;
  return async (request, response) => {
    response.locals['scopes'] = scopesOf(route);
    const received = incoming(request);
    if (route.access !== 'any' && !hasSignature(received.rawHeaders)) throw new ChaperoneError('signature_missing');
    const principal = await authenticate(received, route.trial === true);
    try {
      admit(route, principal, requireRecentLogin);
    } catch (error) {
      if (principal.agentId !== null && error instanceof ChaperoneError && error.code !== 'signature_missing')
        await deps.writeRefusal(principal, error.code, route.operationId);
      throw error;
    }
    const body = route.body === undefined ? undefined : readBody(request, route.body);
    if (principal.grant !== null && route.stepUpFor?.(body) === true) requireRecentLogin(principal.grant);
    const handling = {
      principal,
      body,
      query: route.query === undefined ? undefined : readQuery(request, route.query),
      params: paramsOf(request),
      idempotencyKey: readIdempotencyKey(request),
    };
    const answer = creates(route)
      ? await createOnce(route, deps, handling, request.path)
      : await route.handle(handling);
    if ('lines' in answer) await stream(response, answer);
    else reply(response, answer);
  };
}

/** A route that makes something with each request. Calls of tools have a memory of their own, with their rows. */
const creates = ({ method, responses }: GuardedRoute): boolean => method === 'post' && 201 in responses;

function createOnce(
  route: GuardedRoute,
  { oncePerKey }: AppDeps,
  handling: Handling<unknown, unknown>,
  path: string,
): Promise<Answer> {
  const { idempotencyKey: key, principal, body = null } = handling;
  const work = async (): Promise<Answer> => {
    const answer = await route.handle(handling);
    if ('lines' in answer) throw new Error('what makes something has one answer');
    return answer;
  };
  const { method } = route;
  return key === null
    ? work()
    : oncePerKey({ userId: principal.userId, method, path, key, body: JSON.parse(JSON.stringify(body)) as Json }, work);
}

type Rooms = ReturnType<typeof makeRooms>;

function roomOf(route: Route, { working, waiting }: Rooms): Room | undefined {
  if (route.access === 'open') return undefined;
  return route.access !== 'webhook' && route.waits === true ? waiting : working;
}

/** Middleware order on one screen: request id, security headers, room, raw body, then per route caller, capability, body. */
export function makeApp(deps: AppDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', deps.trustedProxies.length === 0 ? false : [...deps.trustedProxies]);
  app.set('query parser', false);
  app.enable('strict routing');
  app.enable('case sensitive routing');
  const rooms = makeRooms();
  const spared = deps.routes.filter((route) => roomOf(route, rooms) !== rooms.working).map(({ path }) => path);
  app.use((_request: Request, response: Response, next: NextFunction) => {
    const requestId = deps.newRequestId();
    response.locals['requestId'] = requestId;
    response.setHeader('X-Request-Id', requestId);
    next();
  });
  app.use(deps.trace);
  app.use(watchAnswers(deps.onAnswered));
  app.use(helmet());
  app.use(turnAway(rooms.working, spared));
  for (const route of deps.routes) {
    const rawBody = express.raw({ type: () => true, inflate: false, limit: route.bodyLimit ?? BODY_LIMIT });
    const handler = handlerOf(route, deps);
    const within = roomOf(route, rooms)?.within(handler) ?? handler;
    app[route.method](expressPath(route.path), routed(route.path), rawBody, within);
  }
  app.use(() => {
    throw new ChaperoneError('not_found');
  });
  app.use(problemHandler(deps));
  return app;
}
