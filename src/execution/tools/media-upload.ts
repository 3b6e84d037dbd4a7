import { createHash } from 'node:crypto';
import { z } from 'zod';
import { isJsonObject, type JsonObject } from '../../kernel/json.js';
import { defineSurveyedTool, need } from '../tool.js';
import { extensionOf, fileTypeOf, safeFileName, whyNot } from './file-types.js';
import { MEDIA_DIGEST_FIELDS, mediaFields, showMedia } from './media-fields.js';

/** 5 MiB of file; four characters of base64 stand for three bytes. */
export const MAX_FILE_BYTES = 5 * 1_024 * 1_024;
const MAX_BASE64 = Math.ceil(MAX_FILE_BYTES / 3) * 4;
const TOO_LARGE = `stands for more than ${MAX_FILE_BYTES} bytes`;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** The texts travel in the request's address, of which web servers take some 8,000 bytes. */
const MAX_ADDRESS_BYTES = 6_000;
const TEXTS = ['title', 'alt_text', 'caption', 'description'] as const;

const fields = {
  filename: z.string().min(1).max(200),
  content: z
    .string()
    .min(1, 'holds nothing')
    .max(MAX_BASE64, TOO_LARGE)
    .refine((text) => text.length % 4 === 0 && BASE64.test(text), 'must be base64 (RFC 4648, section 4), padded')
    .refine((text) => Buffer.byteLength(text, 'base64') <= MAX_FILE_BYTES, TOO_LARGE),
  ...mediaFields,
};

const upload = z.strictObject(fields).check((checked) => {
  const { filename, content } = checked.value;
  const fault = (path: readonly string[], message: string): void => {
    checked.issues.push({ code: 'custom', input: checked.value, path: [...path], message });
  };
  const type = fileTypeOf(safeFileName(filename));
  const why = type === undefined ? undefined : whyNot(type, Buffer.from(content, 'base64'));
  if (type === undefined) fault(['filename'], 'must end in the extension of a kind of file that can be uploaded');
  if (why !== undefined) fault(['content'], why);
  const texts = TEXTS.map((name) => new URLSearchParams([[name, checked.value[name] ?? '']]).toString()).join('');
  if (texts.length > MAX_ADDRESS_BYTES) fault([], 'the texts are too long for an upload; give them with media.update');
});

/** What rules are given: words where there are any, and of what nobody can read as text, its type and size. */
const judgedSchema = z.strictObject({
  ...fields,
  content: z.string().optional(),
  mime_type: z.string(),
  bytes: z.int().min(1).max(MAX_FILE_BYTES),
});

type Upload = z.infer<typeof upload>;

function judged({ content, ...args }: Upload): JsonObject {
  const bytes = Buffer.from(content, 'base64');
  const type = fileTypeOf(safeFileName(args.filename));
  return {
    ...args,
    ...(type?.isText === true ? { content: bytes.toString('utf8') } : {}),
    mime_type: type?.mimeType ?? '',
    bytes: bytes.byteLength,
  } as JsonObject;
}

/** What the site takes of this user: `get_allowed_mime_types()` and `wp_max_upload_size()`, told by the bridge. */
interface Taken {
  readonly mimeType: string;
}

function see(body: JsonObject, { filename, content }: Upload): Taken | string {
  const { mimeTypes, maxBytes } = body;
  const extension = extensionOf(safeFileName(filename));
  const allowed = Object.keys(isJsonObject(mimeTypes) ? mimeTypes : {}).flatMap((group) => group.split('|'));
  if (!allowed.includes(extension)) return `args/filename: this site takes no .${extension} files from this user.`;
  const size = Buffer.byteLength(content, 'base64');
  const most = typeof maxBytes === 'number' ? maxBytes : 0;
  if (size > most) return `args/content: this site takes at most ${most} bytes at once, and these are ${size}.`;
  return { mimeType: fileTypeOf(`x.${extension}`)?.mimeType ?? '' };
}

/** WordPress answers these with 500 before it has stored anything (upload_from_data). */
const BEFORE_ANYTHING = ['rest_upload_sideload_error', 'rest_upload_file_error'];

export const mediaUpload = defineSurveyedTool({
  name: 'media.upload',
  summary: `Adds a file of at most ${MAX_FILE_BYTES} bytes to the media library: a picture, a sound, a film, a PDF, a document, a text.`,
  effect: 'write',
  undo: {
    possible: false,
    how: 'WordPress has no trash for files unless MEDIA_TRASH is set, and no tool deletes one for good: delete it in the media library',
  },
  requires: 'upload_files; edit_post for the post that it is attached to',
  digestFields: MEDIA_DIGEST_FIELDS,
  bulky: ['content'],
  args: upload,
  judged: { schema: judgedSchema, of: judged },
  noted: ({ content }) => ({ sha256: createHash('sha256').update(content, 'base64').digest('hex') }),
  firstNeeds: () => [need('upload_files')],
  survey: () => ({ what: 'list of allowed files', read: { route: 'ai-agent/v1/bridge/uploads' } }),
  see,
  needs: ({ post }) => (post === undefined || post === 0 ? [] : [need('edit_post', post)]),
  entities: () => [{ kind: 'create', type: 'attachment', requestedStatus: 'inherit' }],
  request: ({ filename, content, ...texts }, { mimeType }) => ({
    method: 'POST',
    route: 'wp/v2/media',
    query: texts,
    file: { bytes: Buffer.from(content, 'base64'), contentType: mimeType, name: safeFileName(filename) },
  }),
  result: showMedia,
  refusedFirst: (code) => BEFORE_ANYTHING.includes(code),
});
