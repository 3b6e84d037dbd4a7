/** A kind of file that may be uploaded: what its name may end in, and what its bytes must look like. */
export interface FileType {
  readonly mimeType: string;
  readonly extensions: readonly string[];
  /** What a reader sees is its text, so the policy's rules for content look at it. */
  readonly isText?: true;
  matches(bytes: Buffer): boolean;
}

const at = (bytes: Buffer, offset: number, text: string): boolean =>
  bytes.subarray(offset, offset + text.length).toString('latin1') === text;
const begins =
  (...beginnings: readonly string[]) =>
  (bytes: Buffer): boolean =>
    beginnings.some((beginning) => at(bytes, 0, beginning));
const riff = (kind: string) => (bytes: Buffer) => at(bytes, 0, 'RIFF') && at(bytes, 8, kind);
/** ISO/IEC 14496-12, section 4.3: the file type box names what the file is good for. */
const brands =
  (...names: readonly string[]) =>
  (bytes: Buffer): boolean =>
    at(bytes, 4, 'ftyp') && names.some((name) => at(bytes, 8, name));
/** A zip archive that says what document it is; one with macros is none of these. */
const zipWith =
  (...words: readonly string[]) =>
  (bytes: Buffer): boolean =>
    at(bytes, 0, 'PK\x03\x04') && !bytes.includes('vbaProject.bin') && words.some((word) => bytes.includes(word));

const MARKUP = /<(?:\?php|\?=|!doctype|html|script|svg|iframe|body|head|\?xml)/i;
const SNIFFED_BYTES = 1_024;

/** Text in UTF-8 without control characters, which doesn't begin like a page or a program. */
function isPlainText(bytes: Buffer): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    // eslint-disable-next-line no-control-regex -- Control characters are what is looked for.
    return !/[\x00-\x08\x0e-\x1a\x1c-\x1f]/.test(text) && !MARKUP.test(text.slice(0, SNIFFED_BYTES));
  } catch {
    return false;
  }
}

const OFFICE = 'application/vnd.openxmlformats-officedocument';
const OPEN = 'application/vnd.oasis.opendocument';

/**
 * Not here, and so refused whatever a site allows: everything that a browser or a server would run (SVG, HTML, PHP,
 * scripts), archives, and documents that may carry macros.
 */
const FILE_TYPES: readonly FileType[] = [
  { mimeType: 'image/jpeg', extensions: ['jpg', 'jpeg', 'jpe'], matches: begins('\xff\xd8\xff') },
  { mimeType: 'image/png', extensions: ['png'], matches: begins('\x89PNG\r\n\x1a\n') },
  { mimeType: 'image/gif', extensions: ['gif'], matches: begins('GIF87a', 'GIF89a') },
  { mimeType: 'image/webp', extensions: ['webp'], matches: riff('WEBP') },
  { mimeType: 'image/avif', extensions: ['avif'], matches: brands('avif', 'avis') },
  { mimeType: 'image/heic', extensions: ['heic'], matches: brands('heic', 'heix', 'mif1') },
  { mimeType: 'application/pdf', extensions: ['pdf'], matches: begins('%PDF-') },
  { mimeType: 'audio/mpeg', extensions: ['mp3'], matches: begins('ID3', '\xff\xfb', '\xff\xf3', '\xff\xf2') },
  { mimeType: 'audio/wav', extensions: ['wav'], matches: riff('WAVE') },
  { mimeType: 'audio/flac', extensions: ['flac'], matches: begins('fLaC') },
  { mimeType: 'audio/ogg', extensions: ['ogg', 'oga'], matches: begins('OggS') },
  { mimeType: 'audio/mpeg', extensions: ['m4a'], matches: brands('M4A', 'mp42', 'isom') },
  { mimeType: 'video/mp4', extensions: ['mp4', 'm4v'], matches: brands('mp4', 'isom', 'iso', 'M4V', 'avc1') },
  { mimeType: 'video/quicktime', extensions: ['mov'], matches: brands('qt  ') },
  { mimeType: 'video/webm', extensions: ['webm'], matches: begins('\x1a\x45\xdf\xa3') },
  { mimeType: 'video/ogg', extensions: ['ogv'], matches: begins('OggS') },
  { mimeType: `${OFFICE}.wordprocessingml.document`, extensions: ['docx'], matches: zipWith('word/') },
  { mimeType: `${OFFICE}.spreadsheetml.sheet`, extensions: ['xlsx'], matches: zipWith('xl/') },
  { mimeType: `${OFFICE}.presentationml.presentation`, extensions: ['pptx'], matches: zipWith('ppt/') },
  { mimeType: `${OPEN}.text`, extensions: ['odt'], matches: zipWith(`${OPEN}.text`) },
  { mimeType: `${OPEN}.spreadsheet`, extensions: ['ods'], matches: zipWith(`${OPEN}.spreadsheet`) },
  { mimeType: `${OPEN}.presentation`, extensions: ['odp'], matches: zipWith(`${OPEN}.presentation`) },
  { mimeType: 'text/plain', extensions: ['txt'], isText: true, matches: isPlainText },
  { mimeType: 'text/csv', extensions: ['csv'], isText: true, matches: isPlainText },
  { mimeType: 'text/tab-separated-values', extensions: ['tsv'], isText: true, matches: isPlainText },
  { mimeType: 'text/vtt', extensions: ['vtt'], isText: true, matches: (bytes) => isPlainText(bytes) },
];

export const extensionOf = (name: string): string => /\.([A-Za-z0-9]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';

export function fileTypeOf(name: string): FileType | undefined {
  const extension = extensionOf(name);
  return FILE_TYPES.find(({ extensions }) => extensions.includes(extension));
}

/** Programs that hide behind a picture's first bytes, for servers that would run them. */
const HIDDEN_PROGRAM = /<\?php|<script[\s>]/i;

/** Why these bytes aren't what their name says; undefined when they are. */
export function whyNot(type: FileType, bytes: Buffer): string | undefined {
  if (!type.matches(bytes)) return `is not ${type.mimeType}, as the filename says`;
  return type.isText !== true && HIDDEN_PROGRAM.test(bytes.toString('latin1'))
    ? 'holds a program beside what the filename says'
    : undefined;
}

const LETTERS: Readonly<Record<string, string>> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', þ: 'th' };

/**
 * The name as WordPress would store it (sanitize_file_name), in ASCII, since it travels in a header: no path, no
 * character with a meaning, and no inner extension that a web server could go by (`x.php.jpg`).
 */
export function safeFileName(name: string): string {
  const [, stem = name, extension = ''] = /^(.+)\.([A-Za-z0-9]+)$/s.exec(name) ?? [];
  const plain = stem
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[ßæœøłđþ]/giu, (letter) => LETTERS[letter.toLowerCase()] ?? '')
    .replace(/%20|\+|\s+/g, '-')
    .replace(/[^A-Za-z0-9._-]+/g, '')
    .replace(/-+/g, '-')
    .replace(/\.+/g, '.')
    .replace(/^[._-]+|[._-]+$/g, '');
  const [first = '', ...inner] = plain.split('.');
  const safe = [first, ...inner.map((part) => (/^[a-z]{2,5}\d?$/i.test(part) ? `${part}_` : part))].join('.');
  return `${safe === '' ? 'unnamed-file' : safe}${extension === '' ? '' : `.${extension}`}`;
}
