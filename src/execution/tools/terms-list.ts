import { z } from 'zod';
import { defineSurveyedTool, need, showList } from '../tool.js';
import { id, idOrNone, ids, paging } from './post-arguments.js';
import { seeTaxonomy, showTerm, surveyOf, taxonomyName } from './taxonomy.js';

export const termsList = defineSurveyedTool({
  name: 'terms.list',
  summary: 'Lists the terms of a taxonomy (category, post_tag, or one of the site’s own), page by page.',
  effect: 'read',
  requires: 'read; the taxonomy must be shown in the REST API',
  args: z.strictObject({
    taxonomy: taxonomyName,
    search: z.string().max(200).optional(),
    slug: z.string().max(200).optional(),
    include: ids.optional(),
    parent: idOrNone.optional(),
    post: id.optional(),
    hide_empty: z.boolean().optional(),
    ...paging,
    orderby: z.enum(['id', 'name', 'slug', 'count', 'description']).optional(),
  }),
  firstNeeds: () => [need('read')],
  survey: ({ taxonomy }) => surveyOf(taxonomy, 'view'),
  see: seeTaxonomy,
  needs: () => [],
  entities: () => [],
  request: ({ taxonomy: _named, hide_empty, ...args }, { route }) => ({
    method: 'GET',
    route,
    query: { ...args, ...(hide_empty === undefined ? {} : { hide_empty: hide_empty ? 1 : 0 }) },
  }),
  result: showList(showTerm),
});
