import { z } from 'zod';
import { isJsonObject, type Json, type JsonObject } from '../../kernel/json.js';
import { defineTool, need, pick, showList } from '../tool.js';
import { id, postGet, postId } from './post-arguments.js';
import { isRefusedFirst } from '../wordpress/process-replies.js';
import { postUndo } from './post-undo.js';
import { existingPost, fieldNeeds, postTarget, type PostKind, type Written } from './post-kind.js';

/** A post has an id; an object without one is some other answer. */
const showPost =
  (kind: PostKind) =>
  (body: Json): JsonObject | undefined =>
    isJsonObject(body) && typeof body['id'] === 'number' ? pick(body, kind.shown) : undefined;

/** Custom fields are checked and written once the post is, each with a type and a permission of its own. */
const metaRefused = ({ meta }: Written, code: string): boolean => meta !== undefined && !isRefusedFirst(code);

const hasText = ({ title, content, excerpt }: Written): boolean =>
  [title, content, excerpt].some((text) => text !== undefined && text !== '');

export const createPost = (kind: PostKind) =>
  defineTool({
    name: `${kind.plural}.create`,
    summary: `Creates a ${kind.type}; a draft unless another status is asked for.`,
    effect: 'write',
    undo: postUndo(kind).create,
    requires: `${kind.can.edit}; ${kind.can.publish} to publish; ${kind.can.editOthers} for another author`,
    digestFields: kind.digestFields,
    args: z
      .strictObject({ ...kind.fields, status: kind.fields.status.default('draft') })
      .refine((args) => hasText(args), { message: 'a title, content or excerpt is needed' }),
    needs: (args) => [need(kind.can.edit), ...fieldNeeds(kind, args)],
    entities: ({ status }) => [{ kind: 'create', type: kind.type, requestedStatus: status }],
    request: (args) => ({ method: 'POST', route: kind.route, body: args as JsonObject }),
    result: showPost(kind),
    refusedLate: metaRefused,
  });

export const updatePost = (kind: PostKind) =>
  defineTool({
    name: `${kind.plural}.update`,
    summary: `Changes the given fields of a ${kind.type} and leaves the others.`,
    effect: 'write',
    undo: postUndo(kind).change,
    requires: `edit_post for this ${kind.type}; ${kind.can.publish} to publish; ${kind.can.editOthers} for another author`,
    digestFields: kind.digestFields,
    args: z
      .strictObject({ id, ...kind.fields })
      .refine((args) => Object.keys(args).length > 1, { message: 'at least one field to change is needed' }),
    needs: (args) => [need('edit_post', args.id), ...fieldNeeds(kind, args)],
    target: (args) => postTarget(kind, args.id),
    entities: (args, before) => existingPost(kind, args.id, before, args.status),
    request: ({ id: post, ...fields }) => ({
      method: 'POST',
      route: `${kind.route}/${post}`,
      body: fields as JsonObject,
    }),
    result: showPost(kind),
    refusedLate: metaRefused,
  });

export const getPost = (kind: PostKind) =>
  defineTool({
    name: `${kind.plural}.get`,
    summary: `Reads one ${kind.type}.`,
    effect: 'read',
    requires: `read_post for this ${kind.type}; edit_post for the edit context`,
    args: postGet,
    needs: (args) => [need(args.context === 'edit' ? 'edit_post' : 'read_post', args.id)],
    target: (args) => postTarget(kind, args.id, args.context),
    entities: (args, before) => existingPost(kind, args.id, before),
    request: (args) => ({ method: 'GET', ...postTarget(kind, args.id, args.context).read }),
    result: showPost(kind),
  });

export const listPosts = (kind: PostKind) =>
  defineTool({
    name: `${kind.plural}.list`,
    summary: `Lists ${kind.plural} that the user may read, page by page.`,
    effect: 'read',
    requires: `read; ${kind.can.edit} for the edit context and for unpublished ${kind.plural}`,
    args: z.strictObject(kind.filters),
    needs: ({ context, status }) => [
      need('read'),
      ...(context === 'edit' || (status !== undefined && status !== 'publish') ? [need(kind.can.edit)] : []),
    ],
    entities: () => [],
    request: (args) => ({ method: 'GET', route: kind.route, query: args }),
    result: showList(showPost(kind)),
  });

export const publishPost = (kind: PostKind) =>
  defineTool({
    name: `${kind.plural}.publish`,
    summary: `Publishes a ${kind.type} that exists.`,
    effect: 'write',
    undo: postUndo(kind).change,
    requires: `edit_post and publish_post for this ${kind.type}`,
    digestFields: kind.digestFields,
    args: postId,
    needs: (args) => [need('edit_post', args.id), need('publish_post', args.id)],
    target: (args) => postTarget(kind, args.id),
    entities: (args, before) => existingPost(kind, args.id, before, 'publish'),
    request: (args) => ({ method: 'POST', route: `${kind.route}/${args.id}`, body: { status: 'publish' } }),
    result: showPost(kind),
  });

export const trashPost = (kind: PostKind) =>
  defineTool({
    name: `${kind.plural}.trash`,
    summary: `Moves a ${kind.type} to the trash, from where it can be restored.`,
    effect: 'write',
    undo: postUndo(kind).change,
    requires: `delete_post for this ${kind.type}`,
    digestFields: kind.digestFields,
    args: postId,
    needs: (args) => [need('delete_post', args.id)],
    target: (args) => postTarget(kind, args.id),
    entities: (args, before) => existingPost(kind, args.id, before, 'trash'),
    // `force` stays away: without it WordPress trashes, or refuses where the trash is switched off (EMPTY_TRASH_DAYS).
    request: (args) => ({ method: 'DELETE', route: `${kind.route}/${args.id}` }),
    result: (body) => showPost(kind)(isJsonObject(body) && isJsonObject(body['previous']) ? body['previous'] : body),
  });

export const restorePost = (kind: PostKind) =>
  defineTool({
    name: `${kind.plural}.restore`,
    summary: `Takes a ${kind.type} out of the trash; it becomes a draft, as in wp-admin.`,
    effect: 'write',
    undo: postUndo(kind).restored,
    requires: `delete_post for this ${kind.type}, as wp-admin asks for it, and edit_post`,
    digestFields: kind.digestFields,
    args: postId,
    needs: (args) => [need('delete_post', args.id), need('edit_post', args.id)],
    target: (args) => postTarget(kind, args.id),
    entities: (args, before) => existingPost(kind, args.id, before, 'draft'),
    expects: (_args, before) => (before['status'] === 'trash' ? undefined : `The ${kind.type} is not in the trash.`),
    request: (args) => ({ method: 'POST', route: `${kind.route}/${args.id}`, body: { status: 'draft' } }),
    result: showPost(kind),
  });
