import type { FixedSettings } from './show-settings.js';

/** What a replica runs with, as its environment says; each replica shows its own. Never a secret. */
export interface Surroundings {
  readonly publicUrl: URL;
  readonly wordpressUrl: URL;
  readonly trustedProxies: readonly string[];
  readonly countsInRedis: boolean;
  readonly logLevel: string;
}

export function makeFixedSettings(around: Surroundings): FixedSettings {
  return {
    publicUrl: {
      value: around.publicUrl.href,
      by: 'CHAPERONE_PUBLIC_URL',
      description: 'The address for which agents sign their requests.',
    },
    wordpressUrl: {
      value: around.wordpressUrl.href,
      by: 'CHAPERONE_WORDPRESS_URL',
      description: 'Where this sidecar reaches WordPress.',
    },
    trustedProxies: {
      value: [...around.trustedProxies],
      by: 'CHAPERONE_TRUSTED_PROXIES',
      description: 'Proxies whose word on the address of a caller is taken.',
    },
    limitStore: {
      value: around.countsInRedis ? 'redis' : 'database',
      by: 'CHAPERONE_REDIS_URL',
      description: 'Where rate limits are counted.',
    },
    logLevel: {
      value: around.logLevel,
      by: 'CHAPERONE_LOG_LEVEL',
      description: 'How much the sidecar writes to its own log.',
    },
  };
}
