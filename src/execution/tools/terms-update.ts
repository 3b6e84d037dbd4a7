import { z } from 'zod';
import type { JsonObject } from '../../kernel/json.js';
import { defineSurveyedTool, need } from '../tool.js';
import { putBack } from '../undoing.js';
import { id } from './post-arguments.js';
import { seeTaxonomy, showTerm, surveyOf, taxonomyName, TERM_DIGEST_FIELDS, termFields } from './taxonomy.js';

export const termsUpdate = defineSurveyedTool({
  name: 'terms.update',
  summary: 'Changes the given fields of a term and leaves the others.',
  effect: 'write',
  undo: {
    possible: true,
    how: 'gives back the old fields',
    unchanged: 'target',
    reverse: putBack('terms.update', ({ taxonomy, id: term }) => ({ taxonomy, id: term }), Object.keys(termFields)),
  },
  requires: 'edit_term for this term',
  digestFields: TERM_DIGEST_FIELDS,
  args: z
    .strictObject({ taxonomy: taxonomyName, id, ...termFields })
    .refine((args) => Object.keys(args).length > 2, { message: 'at least one field to change is needed' }),
  firstNeeds: () => [need('read')],
  survey: ({ taxonomy }) => surveyOf(taxonomy, 'view'),
  see(body, { parent }) {
    const taxonomy = seeTaxonomy(body);
    return typeof taxonomy !== 'string' && parent !== undefined && !taxonomy.isHierarchical
      ? 'The terms of this taxonomy have no parents.'
      : taxonomy;
  },
  needs: (args) => [need('edit_term', args.id)],
  target: (args, { route }) => ({
    type: 'term',
    id: args.id,
    read: { route: `${route}/${args.id}`, query: { context: 'edit' } },
  }),
  entities: (args) => [{ kind: 'existing', type: 'term', id: args.id }],
  request: ({ taxonomy: _named, id: term, ...fields }, { route }) => ({
    method: 'POST',
    route: `${route}/${term}`,
    body: fields as JsonObject,
  }),
  result: showTerm,
});
