declare const brand: unique symbol;
/** A value that was checked once, at the edge, and can't be mistaken for another kind of value afterwards. */
export type Brand<T, B extends string> = T & { readonly [brand]: B };

export type AgentId = Brand<string, 'AgentId'>;
export type KeyId = Brand<string, 'KeyId'>;
export type CallId = Brand<string, 'CallId'>;
export type WpUserId = Brand<number, 'WpUserId'>;
export type PolicyVersion = Brand<number, 'PolicyVersion'>;
export type AuditEntryId = Brand<number, 'AuditEntryId'>;

/** Random bytes, passed in so that the core stays deterministic. */
export type RandomBytes = (count: number) => Uint8Array;

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const ID_LENGTH = 20;

/** 20 characters of Crockford base 32: 100 random bits, so ids can't be guessed or enumerated. */
function randomName(random: RandomBytes): string {
  let name = '';
  for (const byte of random(ID_LENGTH)) name += ALPHABET.charAt(byte & 31);
  return name;
}

export const newAgentId = (random: RandomBytes): AgentId => `agt_${randomName(random)}` as AgentId;
export const newKeyId = (random: RandomBytes): KeyId => `key_${randomName(random)}` as KeyId;
export const newCallId = (random: RandomBytes): CallId => `call_${randomName(random)}` as CallId;

function parser<T extends string>(pattern: RegExp): (value: unknown) => T | undefined {
  return (value) => (typeof value === 'string' && pattern.test(value) ? (value as T) : undefined);
}

export const parseAgentId = parser<AgentId>(/^agt_[0-9a-z]{20}$/);
export const parseKeyId = parser<KeyId>(/^[A-Za-z0-9_.:-]{1,64}$/);
export const parseCallId = parser<CallId>(/^call_[0-9a-z]{20}$/);

function positiveInteger<T extends number>(value: unknown): T | undefined {
  const number = typeof value === 'string' && /^[1-9][0-9]{0,15}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number > 0 ? (number as T) : undefined;
}

export const parseWpUserId = (value: unknown): WpUserId | undefined => positiveInteger<WpUserId>(value);
export const parsePolicyVersion = (value: unknown): PolicyVersion | undefined => positiveInteger<PolicyVersion>(value);
export const parseAuditEntryId = (value: unknown): AuditEntryId | undefined => positiveInteger<AuditEntryId>(value);
