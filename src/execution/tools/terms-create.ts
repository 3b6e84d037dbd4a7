import { z } from 'zod';
import type { JsonObject } from '../../kernel/json.js';
import { defineSurveyedTool, need, type CapabilityNeed } from '../tool.js';
import {
  creatingNeed,
  seeTaxonomy,
  showTerm,
  surveyOf,
  taxonomyName,
  TERM_DIGEST_FIELDS,
  termFields,
  type Taxonomy,
} from './taxonomy.js';

interface Grown extends Taxonomy {
  readonly creating: CapabilityNeed;
}

export const termsCreate = defineSurveyedTool({
  name: 'terms.create',
  summary: 'Adds a term to a taxonomy: a category, a tag, or one of the site’s own.',
  effect: 'write',
  undo: {
    possible: false,
    how: 'WordPress has no trash for terms, and no tool deletes one for good: delete it where the site’s terms are kept',
  },
  requires: "the taxonomy's edit_terms capability (manage_categories for categories), or assign_terms where it is flat",
  digestFields: TERM_DIGEST_FIELDS,
  args: z.strictObject({ taxonomy: taxonomyName, ...termFields, name: z.string().min(1).max(200) }),
  firstNeeds: () => [need('read')],
  survey: ({ taxonomy }) => surveyOf(taxonomy, 'edit'),
  see(body, { parent }): Grown | string {
    const taxonomy = seeTaxonomy(body);
    if (typeof taxonomy === 'string') return taxonomy;
    if (parent !== undefined && !taxonomy.isHierarchical) return 'The terms of this taxonomy have no parents.';
    const creating = creatingNeed(body);
    return creating === undefined ? 'WordPress doesn’t say who may add terms here.' : { ...taxonomy, creating };
  },
  needs: (_args, { creating }) => [creating],
  entities: () => [{ kind: 'create', type: 'term' }],
  request: ({ taxonomy: _named, ...fields }, { route }) => ({ method: 'POST', route, body: fields as JsonObject }),
  result: showTerm,
});
