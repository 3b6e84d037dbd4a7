import { describe, expect, it } from '@jest/globals';
import { adapterFaults, environmentFaults, layerFaults, packageFaults, purityFaults } from './rules.js';
import { parseSource, type SourceFile } from './sources.js';

type Rule = (file: SourceFile) => readonly string[];

/** The rules themselves, on files that break them: a rule that finds nothing anywhere would look like a clean project. */
describe('the rules of the architecture see', () => {
  it.each<[string, Rule, string, string]>([
    ['an upward import', layerFaults, 'policy/a.ts', "import { b } from '../http/b.js';"],
    ['a type alone', layerFaults, 'policy/a.ts', "import type { B } from '../audit/b.js';"],
    ['a re-export', layerFaults, 'kernel/a.ts', "export * from '../policy/b.js';"],
    ['a dynamic import', layerFaults, 'audit/a.ts', "export const b = import('../secrets/b.js');"],
    ['an import inside a type', layerFaults, 'audit/a.ts', "export type B = import('../secrets/b.js').B;"],
    ['a way out of src', layerFaults, 'audit/a.ts', "import { b } from '../../dev/b.js';"],
    ['the composition from below', layerFaults, 'http/a.ts', "import { compose } from '../compose.js';"],
    ['the configuration from below', layerFaults, 'audit/a.ts', "import { readConfig } from '../config.js';"],
    ['a folder without a place', layerFaults, 'misc/a.ts', 'export const a = 1;'],
    ['an adapter', adapterFaults, 'audit/a.ts', "import { b } from './b.mysql.js';"],
    ['an adapter in main', adapterFaults, 'main.ts', "import { b } from './audit/b.mysql.js';"],
    ['knex outside of db', packageFaults, 'audit/a.ts', "import type { Knex } from 'knex';"],
    ['a part of a package', packageFaults, 'audit/a.ts', "import p from 'mysql2/promise';"],
    ['express outside of http', packageFaults, 'cli/a.ts', "import express from 'express';"],
    ['wpapi in a second file', packageFaults, 'execution/wordpress/b.ts', "import WPAPI from 'wpapi';"],
    ['process.env', environmentFaults, 'audit/a.ts', 'export const a = process.env.HOME;'],
    ["process['env']", environmentFaults, 'main.ts', "export const a = process['env'];"],
    ['a taken-apart process', environmentFaults, 'main.ts', 'const { env } = process;'],
    ['node:process', environmentFaults, 'main.ts', "import { env } from 'node:process';"],
    ['the present', purityFaults, 'policy/a.ts', 'export const a = new Date();'],
    ['the present as a number', purityFaults, 'content/a.ts', 'export const a = () => Date.now();'],
    ['chance', purityFaults, 'kernel/a.ts', 'export const a = Math.random();'],
    ['random bytes', purityFaults, 'kernel/a.ts', "import { randomBytes } from 'node:crypto';"],
    ['a file', purityFaults, 'policy/a.ts', "import { readFileSync } from 'node:fs';"],
    ['waiting', purityFaults, 'policy/a.ts', 'export const a = async () => await b;'],
  ])('%s', (_name, rule, path, text) => {
    expect(rule(parseSource(path, text))).toHaveLength(1);
  });

  it.each<[string, Rule, string, string]>([
    ['a downward import', layerFaults, 'http/a.ts', "import { b } from '../audit/b.js';"],
    ['a neighbour', layerFaults, 'http/routes/a.ts', "import { b } from '../b.js';"],
    ['an adapter on db', layerFaults, 'identity/agents/a.mysql.ts', "import { b } from '../../db/b.js';"],
    ['the migrations in db', layerFaults, 'db/a.ts', "import { b } from '../../migrations/index.js';"],
    ['knex in an adapter', packageFaults, 'audit/a.mysql.ts', "import type { Knex } from 'knex';"],
    ['a date that is given', purityFaults, 'policy/a.ts', 'export const a = (b: number) => new Date(b);'],
    ['the environment in config.ts', environmentFaults, 'config.ts', 'export const a = process.env.HOME;'],
    ['an adapter in compose.ts', adapterFaults, 'compose.ts', "import { b } from './audit/b.mysql.js';"],
  ])('nothing wrong with %s', (_name, rule, path, text) => {
    expect(rule(parseSource(path, text))).toEqual([]);
  });
});
