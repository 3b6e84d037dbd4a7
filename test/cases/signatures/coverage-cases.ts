import { craft, type Craft } from './craft.js';
import type { Case } from './make-vectors.js';

const USUAL = ['@method', '@authority', '@path', '@query', 'content-digest', 'content-type'] as const;
const without = (name: string): readonly string[] => USUAL.filter((one) => one !== name);
const instead = (name: string, other: string): readonly string[] => USUAL.map((one) => (one === name ? other : one));

/** Valid signatures that don't protect enough. */
export function coverageCases(): readonly Case[] {
  const uncovered = (name: string, options: Craft, description: string): Case => ({
    name,
    description,
    request: craft(options),
    expect: 'signature_coverage',
  });
  return [
    uncovered('covers-nothing', { components: [] }, 'A signature over no component at all fits every request.'),
    ...USUAL.map((name) =>
      uncovered(`lacks-${name.replace('@', '')}`, { components: without(name) }, `"${name}" is not covered.`),
    ),
    uncovered(
      'uncovered-authorization',
      { headers: [['Authorization', 'Basic YTpi']], components: USUAL },
      'A credential could be swapped.',
    ),
    uncovered(
      'uncovered-idempotency-key',
      { headers: [['Idempotency-Key', 'k']], components: USUAL },
      'A retry could be made a new request.',
    ),
    uncovered(
      'uncovered-acting-user',
      { headers: [['AI-Agent-Acting-User', '1']], components: USUAL },
      'The acting user could be swapped.',
    ),
    uncovered(
      'acting-user-added-later',
      { headers: [['ai-agent-acting-user', '1']], components: USUAL },
      'The header in lower case is the same header.',
    ),
    uncovered(
      'uncovered-content-disposition',
      { headers: [['Content-Disposition', 'attachment; filename="a.png"']], components: USUAL },
      'A file could get another name.',
    ),
    uncovered('covers-absent-header', { components: [...USUAL, 'x-absent'] }, 'A covered header was not sent.'),
    uncovered(
      'covers-absent-digest',
      { body: '', components: USUAL },
      'Nothing was sent that content-digest could speak of.',
    ),
    uncovered('no-content-type', { contentType: null, components: without('content-type') }, 'A body of unknown type.'),
    ...['req', 'sf', 'bs', 'tr'].map((parameter) =>
      uncovered(
        `parameter-${parameter}`,
        { components: instead('content-digest', `"content-digest";${parameter}`) },
        `"content-digest";${parameter} is not "content-digest".`,
      ),
    ),
    uncovered(
      'parameter-req-method',
      { components: instead('@method', '"@method";req') },
      '"@method";req is not "@method".',
    ),
    uncovered(
      'parameter-key',
      { components: instead('content-digest', '"content-digest";key="sha-256"') },
      'One member of a header is not the header.',
    ),
    uncovered(
      'query-param',
      {
        url: 'https://sidecar.example/v1/execute?a=1',
        components: instead('@query', '"@query-param";name="a"'),
        signedAs: { '@query-param': '1' },
      },
      'One argument is not the query.',
    ),
    uncovered(
      'target-uri-instead',
      {
        components: ['@method', '@target-uri', 'content-digest', 'content-type'],
        signedAs: { '@target-uri': 'https://sidecar.example/v1/execute' },
      },
      'Only the four derived components of the profile count.',
    ),
    uncovered(
      'unknown-derived',
      { components: [...USUAL, '@nonsense'], signedAs: { '@nonsense': '1' } },
      'A derived component that nobody knows.',
    ),
    uncovered(
      'covers-status',
      { components: [...USUAL, '@status'], signedAs: { '@status': '200' } },
      'A request has no status.',
    ),
    uncovered(
      'capital-component',
      { components: instead('content-type', 'Content-Type') },
      'Component names are lower case.',
    ),
    uncovered('tag-of-another-application', { tag: 'web-bot-auth' }, 'A signature made for something else.'),
    uncovered('tag-in-capitals', { tag: 'AI-Agent' }, 'The tag is compared exactly.'),
    ...missingParameters(uncovered),
  ];
}

function missingParameters(uncovered: (name: string, options: Craft, description: string) => Case): readonly Case[] {
  const all = {
    created: ';created=1795377600',
    expires: ';expires=1795377900',
    nonce: ';nonce="nonce-0123456789abcdef"',
    keyid: ';keyid="key_vectors"',
    tag: ';tag="ai-agent"',
  };
  return Object.keys(all).map((gone) => {
    const kept = Object.entries(all).filter(([name]) => name !== gone);
    const params = kept.map(([, text]) => text).join('');
    return uncovered(`lacks-parameter-${gone}`, { params }, `The parameter ${gone} is missing.`);
  });
}
