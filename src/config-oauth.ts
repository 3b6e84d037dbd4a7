import { z } from 'zod';
import { TOKEN_ALGORITHMS } from './identity/oauth2/token-verdict.js';
import { Secret } from './kernel/secret.js';

/** The authorization server whose access tokens are taken. */
export interface OAuthConfig {
  /** As its tokens name it, in the operator's spelling. */
  readonly issuer: string;
  /** What `aud` must hold. */
  readonly audience: string;
  /** As whom the issuer is asked about opaque tokens; without it, JWTs alone are taken. */
  readonly client?: { readonly id: string; readonly secret: Secret<string> };
  readonly algorithms: readonly string[];
  readonly requireDpop: boolean;
  /** Any of them will do for what needs a recent login. */
  readonly stepUpAcrValues: readonly string[];
}

const words = z.string().transform((text) => text.split(/[\s,]+/).filter((word) => word !== ''));
const text = z.string().trim().min(1, 'must not be empty').max(512, 'is longer than 512 characters');
const KNOWN: readonly string[] = TOKEN_ALGORITHMS;

/** `httpsOrLoopback`: the rule for addresses that the rest of the configuration has. */
export const oauthFields = (httpsOrLoopback: (url: URL) => boolean) => ({
  OAUTH_ISSUER: z
    .string()
    .refine((given) => {
      const url = URL.canParse(given) ? new URL(given) : undefined;
      return url !== undefined && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '';
    }, 'must be the address of an authorization server, without query or fragment')
    .refine(
      (given) => !URL.canParse(given) || httpsOrLoopback(new URL(given)),
      'must be https unless its host is loopback',
    )
    .refine(
      (given) => !URL.canParse(given) || (new URL(given).username === '' && new URL(given).password === ''),
      'must have no user or password',
    )
    .optional(),
  OAUTH_AUDIENCE: text.optional(),
  OAUTH_CLIENT_ID: text.optional(),
  OAUTH_CLIENT_SECRET: text.optional(),
  OAUTH_ALGORITHMS: words
    .refine(
      (names) => names.length > 0 && names.every((name) => KNOWN.includes(name)),
      `must hold some of ${TOKEN_ALGORITHMS.join(' ')}`,
    )
    .optional(),
  OAUTH_REQUIRE_DPOP: z.enum(['true', 'false'], 'must be true or false').optional(),
  OAUTH_STEP_UP_ACR: words.optional(),
});

type Fields = z.output<z.ZodObject<ReturnType<typeof oauthFields>>>;

/** Undefined without an issuer; then the other names mean nothing, and are a problem. */
export function oauthConfig(fields: Fields, problems: string[]): OAuthConfig | undefined {
  const issuer = fields.OAUTH_ISSUER;
  if (issuer === undefined) {
    for (const [name, value] of Object.entries(fields))
      if (name.startsWith('OAUTH_') && value !== undefined)
        problems.push(`CHAPERONE_${name} means nothing without CHAPERONE_OAUTH_ISSUER.`);
    return undefined;
  }
  const { OAUTH_AUDIENCE: audience, OAUTH_CLIENT_ID: id, OAUTH_CLIENT_SECRET: secret } = fields;
  if (audience === undefined) problems.push('CHAPERONE_OAUTH_AUDIENCE is missing: what "aud" of the tokens must hold.');
  if ((id === undefined) !== (secret === undefined))
    problems.push('CHAPERONE_OAUTH_CLIENT_ID and CHAPERONE_OAUTH_CLIENT_SECRET go together.');
  return {
    issuer,
    audience: audience ?? '',
    ...(id === undefined || secret === undefined ? {} : { client: { id, secret: new Secret(secret) } }),
    algorithms: fields.OAUTH_ALGORITHMS ?? TOKEN_ALGORITHMS,
    requireDpop: fields.OAUTH_REQUIRE_DPOP === 'true',
    stepUpAcrValues: fields.OAUTH_STEP_UP_ACR ?? [],
  };
}
