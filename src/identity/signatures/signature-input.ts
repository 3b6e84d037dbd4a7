import { isInnerList, parseDictionary, serializeDictionary, serializeInnerList } from 'structured-headers';
import type { InnerList, Item } from 'structured-headers';
import { NONCE_PATTERN, refuse, SIGNATURE_TAG, type Refusal } from './profile.js';

/** Longer than any honest signature of this profile; bounds the work on what nobody has authenticated yet. */
const MAX_INPUT_CHARS = 4096;
const MAX_SIGNATURE_CHARS = 1024;

/** What Signature-Input and Signature say, in the right types, believed by nobody yet. */
export interface SignatureClaim {
  readonly components: readonly string[];
  /** The member's value as it was sent: the value of `@signature-params`. */
  readonly signatureParams: string;
  readonly keyId: string;
  /** Unix seconds. */
  readonly created: number;
  readonly expires: number;
  readonly nonce: string;
  readonly algorithm: string | undefined;
  readonly signature: Uint8Array;
}

const malformed = (detail: string): Refusal => refuse('request_malformed', detail);

/** The two header fields as one claim: exactly one signature, under any label, with this profile's parameters. */
export function parseSignatureClaim(
  inputField: string,
  signatureField: string,
): Refusal | { readonly ok: true; readonly claim: SignatureClaim } {
  if (inputField.length > MAX_INPUT_CHARS) return malformed('Signature-Input is longer than 4 KB.');
  if (signatureField.length > MAX_SIGNATURE_CHARS) return malformed('Signature is longer than 1 KB.');
  const input = onlyMember(inputField);
  if (input === undefined) return malformed('Signature-Input must hold exactly one member in canonical form.');
  const signature = onlyMember(signatureField);
  if (signature === undefined) return malformed('Signature must hold exactly one member in canonical form.');
  if (input.label !== signature.label) return malformed('Signature and Signature-Input have different labels.');
  if (!isInnerList(input.value)) return malformed('Signature-Input must hold a list of components.');
  const [bytes, signatureParameters] = signature.value;
  if (!(bytes instanceof ArrayBuffer) || signatureParameters.size > 0) return malformed('Signature must hold bytes.');
  const components = readComponents(input.value);
  if (!components.ok) return components;
  const parameters = readParameters(input.value[1]);
  if (!parameters.ok) return parameters;
  const signatureParams = serializeInnerList(input.value);
  return {
    ok: true,
    claim: { components: components.names, ...parameters.values, signatureParams, signature: new Uint8Array(bytes) },
  };
}

/**
 * The one member of a dictionary that is written the way RFC 8941, section 4.1, serialises it, as every signer does.
 * The parser alone keeps the last of two equal keys or parameters and overlooks spaces, leading zeros, and padding bits;
 * demanding the canonical text refuses them all at once.
 */
function onlyMember(field: string): { readonly label: string; readonly value: Item | InnerList } | undefined {
  try {
    const dictionary = parseDictionary(field);
    const [entry, second] = dictionary;
    if (entry === undefined || second !== undefined || serializeDictionary(dictionary) !== field) return undefined;
    return { label: entry[0], value: entry[1] };
  } catch {
    return undefined;
  }
}

const FIELD_NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
const DERIVED: ReadonlySet<string> = new Set(['@method', '@authority', '@path', '@query']);
/** A signature that covers these would have to exist before it is made. */
const SELF: ReadonlySet<string> = new Set(['signature', 'signature-input']);

function readComponents([items]: InnerList): Refusal | { readonly ok: true; readonly names: readonly string[] } {
  const names = new Set<string>();
  for (const [name, parameters] of items) {
    if (typeof name !== 'string') return malformed('A covered component must be a string.');
    const isKnown = DERIVED.has(name) || (FIELD_NAME.test(name) && !SELF.has(name));
    if (!isKnown) return refuse('signature_coverage', 'A covered component is not one that this service knows.');
    // `"@method";req` or `"x";bs` covers something else than the component itself (RFC 9421, section 2.1).
    if (parameters.size > 0) return refuse('signature_coverage', `The component "${name}" must not have parameters.`);
    if (names.has(name)) return malformed(`The component "${name}" is covered twice.`);
    names.add(name);
  }
  return { ok: true, names: [...names] };
}

type ClaimedParameters = Pick<SignatureClaim, 'keyId' | 'created' | 'expires' | 'nonce' | 'algorithm'>;

const REQUIRED_PARAMETERS = ['created', 'expires', 'nonce', 'keyid', 'tag'] as const;
const KNOWN_PARAMETERS: ReadonlySet<string> = new Set([...REQUIRED_PARAMETERS, 'alg']);

function readParameters(
  parameters: ReadonlyMap<string, unknown>,
): Refusal | { readonly ok: true; readonly values: ClaimedParameters } {
  const missing = REQUIRED_PARAMETERS.find((name) => !parameters.has(name));
  if (missing !== undefined) return refuse('signature_coverage', `The parameter "${missing}" is missing.`);
  for (const name of parameters.keys()) {
    if (!KNOWN_PARAMETERS.has(name)) return malformed(`The parameter "${name}" is not part of this profile.`);
  }
  const created = seconds(parameters.get('created'));
  const expires = seconds(parameters.get('expires'));
  if (created === undefined || expires === undefined) return malformed('"created" and "expires" must be integers.');
  const nonce = parameters.get('nonce');
  if (typeof nonce !== 'string' || !NONCE_PATTERN.test(nonce)) {
    return malformed('"nonce" must be a string of 16 to 128 printable ASCII characters without quotes or backslashes.');
  }
  const keyId = parameters.get('keyid');
  const algorithm = parameters.get('alg');
  if (typeof keyId !== 'string') return malformed('"keyid" must be a string.');
  if (algorithm !== undefined && typeof algorithm !== 'string') return malformed('"alg" must be a string.');
  if (parameters.get('tag') !== SIGNATURE_TAG) {
    return refuse('signature_coverage', `The parameter "tag" must be "${SIGNATURE_TAG}".`);
  }
  return { ok: true, values: { keyId, created, expires, nonce, algorithm } };
}

/** Decimals that happen to be whole never get here: they aren't canonical. Dates (RFC 9651) aren't numbers. */
function seconds(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined;
}
