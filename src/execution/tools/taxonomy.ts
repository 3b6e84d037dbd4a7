import { z } from 'zod';
import { isJsonObject, type Json, type JsonObject } from '../../kernel/json.js';
import { pick, textOf, type CapabilityNeed } from '../tool.js';

/** A taxonomy's name (register_taxonomy), such as `category`, `post_tag`, `genre`. */
export const taxonomyName = z
  .string()
  .max(32)
  .regex(/^[a-z0-9_-]+$/, 'must be the name of a taxonomy, such as category');

/** What can be written to a term. Absent: left as it is. */
export const termFields = {
  name: z.string().min(1).max(200).optional(),
  slug: z.string().max(200).optional(),
  description: z.string().max(20_000).optional(),
  parent: z.int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
};

export const TERM_DIGEST_FIELDS = ['taxonomy', 'name', 'slug', 'description', 'parent', 'meta'];

export const showTerm = (body: Json): JsonObject | undefined =>
  isJsonObject(body) && typeof body['id'] === 'number'
    ? pick(body, ['id', 'count', 'link', ...TERM_DIGEST_FIELDS])
    : undefined;

/** What WordPress says of a taxonomy to whoever may use it. */
export interface Taxonomy {
  readonly route: string;
  readonly isHierarchical: boolean;
}

/** The description, which WordPress shows of every taxonomy that its REST API knows; the capabilities, to who may assign terms. */
export const surveyOf = (taxonomy: string, context: 'view' | 'edit') => ({
  what: `taxonomy ${taxonomy}`,
  read: { route: `wp/v2/taxonomies/${taxonomy}`, query: { context } },
});

/** A path of words: nothing in it can lead out of the REST API's namespace. */
const WORDS = /^[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-]+)*$/;

export function seeTaxonomy(body: JsonObject): Taxonomy | string {
  const [base, namespace] = [textOf(body, 'rest_base'), textOf(body, 'rest_namespace') ?? 'wp/v2'];
  const route = `${namespace}/${base ?? ''}`;
  return WORDS.test(route)
    ? { route, isHierarchical: body['hierarchical'] === true }
    : 'The terms of this taxonomy can’t be reached over the REST API.';
}

/** Making a term: whoever may edit those of a tree, or assign those of a flat list (WP_REST_Terms_Controller::create_item_permissions_check). */
export function creatingNeed(body: JsonObject): CapabilityNeed | undefined {
  const { capabilities, hierarchical } = body;
  const known = isJsonObject(capabilities) ? capabilities : undefined;
  const capability = textOf(known, hierarchical === true ? 'edit_terms' : 'assign_terms');
  return capability === undefined ? undefined : { capability, objects: [], ofTheSite: true };
}
