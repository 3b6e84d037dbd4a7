declare const brand: unique symbol;
/** A value that was checked once, at the edge, and can't be mistaken for another kind of value afterwards. */
export type Brand<T, B extends string> = T & { readonly [brand]: B };

export type AgentId = Brand<string, 'AgentId'>;
export type KeyId = Brand<string, 'KeyId'>;
export type CallId = Brand<string, 'CallId'>;
export type ApprovalId = Brand<string, 'ApprovalId'>;
export type WebhookEndpointId = Brand<string, 'WebhookEndpointId'>;
export type WebhookSecretId = Brand<string, 'WebhookSecretId'>;
export type DelegationId = Brand<string, 'DelegationId'>;
export type GrantId = Brand<string, 'GrantId'>;
export type MessageId = Brand<string, 'MessageId'>;
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
export const newApprovalId = (random: RandomBytes): ApprovalId => `apr_${randomName(random)}` as ApprovalId;
export const newDelegationId = (random: RandomBytes): DelegationId => `del_${randomName(random)}` as DelegationId;
export const newGrantId = (random: RandomBytes): GrantId => `grt_${randomName(random)}` as GrantId;
export const newWebhookEndpointId = (random: RandomBytes): WebhookEndpointId =>
  `whe_${randomName(random)}` as WebhookEndpointId;
export const newWebhookSecretId = (random: RandomBytes): WebhookSecretId =>
  `whs_${randomName(random)}` as WebhookSecretId;
export const newMessageId = (random: RandomBytes): MessageId => `msg_${randomName(random)}` as MessageId;

function named(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value);
}

/** The id, or undefined when the text isn't one. */
export function parseAgentId(value: unknown): AgentId | undefined {
  return named(value, /^agt_[0-9a-z]{20}$/) ? (value as AgentId) : undefined;
}

/** Keys may also be named by whoever brings them, so the form is wider than that of ids made here. */
export function parseKeyId(value: unknown): KeyId | undefined {
  return named(value, /^[A-Za-z0-9_.:-]{1,64}$/) ? (value as KeyId) : undefined;
}

/** The id, or undefined when the text isn't one. */
export function parseCallId(value: unknown): CallId | undefined {
  return named(value, /^call_[0-9a-z]{20}$/) ? (value as CallId) : undefined;
}

/** The id, or undefined when the text isn't one. */
export function parseApprovalId(value: unknown): ApprovalId | undefined {
  return named(value, /^apr_[0-9a-z]{20}$/) ? (value as ApprovalId) : undefined;
}

/** The id, or undefined when the text isn't one. */
export function parseDelegationId(value: unknown): DelegationId | undefined {
  return named(value, /^del_[0-9a-z]{20}$/) ? (value as DelegationId) : undefined;
}

/** The id, or undefined when the text isn't one. */
export function parseGrantId(value: unknown): GrantId | undefined {
  return named(value, /^grt_[0-9a-z]{20}$/) ? (value as GrantId) : undefined;
}

/** The id, or undefined when the text isn't one. */
export function parseWebhookEndpointId(value: unknown): WebhookEndpointId | undefined {
  return named(value, /^whe_[0-9a-z]{20}$/) ? (value as WebhookEndpointId) : undefined;
}

function positiveInteger(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^[1-9][0-9]{0,15}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

/** A WordPress user id: a positive integer, as a number or in decimal. */
export function parseWpUserId(value: unknown): WpUserId | undefined {
  return positiveInteger(value) as WpUserId | undefined;
}

/** A policy version: a positive integer, as a number or in decimal. */
export function parsePolicyVersion(value: unknown): PolicyVersion | undefined {
  return positiveInteger(value) as PolicyVersion | undefined;
}

/** An audit entry's number: a positive integer, as a number or in decimal. */
export function parseAuditEntryId(value: unknown): AuditEntryId | undefined {
  return positiveInteger(value) as AuditEntryId | undefined;
}
