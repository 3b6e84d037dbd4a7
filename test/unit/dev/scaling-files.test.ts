import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { projectRoot } from '../../../dev/paths.js';

const textOf = (name: string): string => readFileSync(join(projectRoot(), name), 'utf8');
const config = textOf('src/config.ts');
const health = textOf('src/http/routes/health.ts');

describe('the files of docs/scaling', () => {
  it('are sound YAML, of a deployment, a service and a budget', () => {
    const documents = parseAllDocuments(textOf('docs/scaling/kubernetes.yaml'));
    expect(documents.flatMap((document) => [...document.errors, ...document.warnings])).toEqual([]);
    expect(documents.map((document) => document.get('kind'))).toEqual(['Deployment', 'Service', 'PodDisruptionBudget']);
  });

  it.each(['docs/scaling/kubernetes.yaml', 'docs/scaling/chaperone@.service'])(
    '%s names settings and probes that there are',
    (file) => {
      const text = textOf(file);
      const names = [...text.matchAll(/CHAPERONE_\w+/g)].map(([name]) => name.replace(/_FILE$/, ''));
      expect(names.length).toBeGreaterThan(0);
      expect(names.filter((name) => !config.includes(`'${name.replace('CHAPERONE_', '')}'`))).toEqual([]);
      const probes = [...text.matchAll(/path: (\/\w+)/g)]
        .map(([, path = '']) => path)
        .filter((path) => !path.startsWith('/run'));
      expect(probes.filter((path) => !health.includes(`'${path}'`))).toEqual([]);
      expect(text).toContain('dist/src/cli/chaperone.js');
    },
  );
});
