import apiGuide from '../../../../docs/api.md';
import type { AgentKey } from './answers.js';

export type Language = 'curl' | 'typescript' | 'python';

/** The first block of that language in docs/api.md that holds `having`: the same text, which the tests run. */
function blockOf(language: string, having: string): string {
  const blocks = [...apiGuide.matchAll(/```(\w+)\n([\s\S]*?)```/g)];
  return blocks.find(([, name, text = '']) => name === language && text.includes(having))?.[2]?.trimEnd() ?? '';
}

interface Settings {
  readonly url: string;
  readonly keyId: string;
  readonly algorithm: AgentKey['algorithm'];
}

/** By language, those that can sign with such a key; the secret is named and never shown. */
export function snippets({ url, keyId, algorithm }: Settings): Partial<Record<Language, string>> {
  const environment = `export CHAPERONE=${url}\nexport KEY_ID=${keyId}\nexport SECRET="$CHAPERONE_SECRET"\n`;
  const typescript = blockOf('ts', 'createClient(').replaceAll(
    /process\.env\['(\w+)'\] \?\? ''/g,
    (whole, name: string) => (name === 'CHAPERONE' ? `'${url}'` : name === 'KEY_ID' ? `'${keyId}'` : whole),
  );
  if (algorithm === 'ed25519') {
    return {
      typescript: typescript
        .replace("'hmac-sha256'", "'ed25519'")
        .replace(/secret: .*/, "privateKey: process.env['CHAPERONE_PRIVATE_KEY'] ?? '', // PEM (PKCS #8)"),
    };
  }
  return {
    curl: `${environment}\n${blockOf('sh', 'chaperone_post() {')}`,
    typescript,
    python: `# ${environment.trimEnd().replaceAll('\n', '\n# ')}\n\n${blockOf('python', 'def chaperone(')}`,
  };
}
