import { z } from 'zod';
import type { ToolSketch } from '../../policy/advice-tools.js';
import type { Json } from '../../kernel/json.js';
import type { Tool } from '../tool.js';
import { tools, type ToolName } from './index.js';

/**
 * The types of everything that a tool's calls may give the policy as facts (`entities`): what its route serves. A tool
 * that isn't listed may touch anything.
 */
const TOUCHES: Partial<Record<ToolName, readonly string[]>> = {
  'posts.list': [],
  'posts.get': ['post'],
  'posts.create': ['post'],
  'posts.update': ['post'],
  'posts.publish': ['post'],
  'posts.trash': ['post'],
  'posts.restore': ['post'],
  'pages.list': [],
  'pages.get': ['page'],
  'pages.create': ['page'],
  'pages.update': ['page'],
  'pages.publish': ['page'],
  'pages.trash': ['page'],
  'pages.restore': ['page'],
  'media.upload': ['attachment'],
  'media.get': ['attachment'],
  'media.update': ['attachment'],
  'terms.list': [],
  'terms.create': ['term'],
  'terms.update': ['term'],
  'comments.list': [],
  'comments.moderate': ['comment'],
  'users.list': [],
  'settings.get': ['settings'],
  'settings.update': ['settings'],
  'site.info': [],
};

/** What the policy's warnings go by. Arguments are those after parsing, since that is what rules see. */
export function toolSketches(): readonly ToolSketch[] {
  return (Object.entries(tools) as [ToolName, Tool][]).map(([name, { judgedSchema }]) => ({
    name,
    args: z.toJSONSchema(judgedSchema, { io: 'output', unrepresentable: 'any' }) as Json,
    touches: TOUCHES[name],
  }));
}
