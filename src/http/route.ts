import type { z } from 'zod';
import type { IncomingRequest } from '../identity/authenticate.js';
import type { Capability } from '../identity/capabilities/index.js';
import type { Principal } from '../identity/principal.js';
import type { JsonObject } from '../kernel/json.js';

export interface Answer {
  readonly status: number;
  readonly body: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Lines that are sent while they are made (JSON Lines). A failure on the way cuts the response off, and its reader notices. */
export interface StreamedAnswer {
  readonly status: 200;
  readonly lines: AsyncIterable<string>;
}

/** What a handler gets: a request whose caller, body and query were checked. */
export interface Handling<Body, Query> {
  readonly principal: Principal;
  readonly body: Body;
  readonly query: Query;
  readonly params: Readonly<Record<string, string>>;
  readonly idempotencyKey: string | null;
}

interface Described {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** In OpenAPI's form, `/v1/calls/{id}`. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  /** Bytes of body that this route takes at most, where it isn't the 2 MB of the others. */
  readonly bodyLimit?: number;
  /** Statuses of success and what they mean; refusals are the same for all routes. */
  readonly responses: Readonly<Record<number, string>>;
}

/** A route that anybody may ask. It gets no principal, so it can't do anything in somebody's name. */
export interface OpenRoute extends Described {
  readonly access: 'open';
  handle(): Promise<Answer>;
}

/** A route whose callers sign in Standard Webhooks. It gets the request as it came, and finds out itself who sent it. */
export interface WebhookRoute extends Described {
  readonly access: 'webhook';
  handle(request: IncomingRequest, params: Readonly<Record<string, string>>): Promise<Answer>;
}

/** Null only where every authenticated caller sees its own things; a token then needs one of the scopes (none: no token will do). */
export type Guard =
  | { readonly capability: Capability; readonly tokenScopes?: undefined; readonly needsOneOf?: undefined }
  | {
      readonly capability: null;
      readonly tokenScopes: readonly Capability[];
      /** Callers of several kinds: each has to have one of those capabilities. */
      readonly needsOneOf?: true;
    };

/** `signed`: an agent's own signature. `bridge`: the bridge's signature. `any`: a signature, an application password or a token. */
export type GuardedRoute<Body = unknown, Query = unknown> = Described &
  Guard & {
    readonly access: 'signed' | 'bridge' | 'any';
    /** A key that is still pending may sign it. Only for a route that does nothing. */
    readonly trial?: true;
    /** It may wait long for something that happens elsewhere, and works little meanwhile. */
    readonly waits?: true;
    /** Whoever comes with a token must have logged in just now (RFC 9470). */
    readonly stepUp?: true;
    /** The same, for some bodies alone. */
    stepUpFor?(body: Body): boolean;
    readonly body?: z.ZodType<Body>;
    readonly query?: z.ZodType<Query>;
    handle(handling: Handling<Body, Query>): Promise<Answer | StreamedAnswer>;
  };

export type Route = OpenRoute | WebhookRoute | GuardedRoute;

/** Checks body, query and handler against each other, then forgets their types so that routes stand in one table. */
export function guarded<Body, Query>(route: GuardedRoute<Body, Query>): GuardedRoute {
  return route;
}
