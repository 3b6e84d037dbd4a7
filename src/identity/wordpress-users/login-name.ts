/** Letters that `remove_accents()` of wp-includes/formatting.php replaces by the letter that they decompose to. */
const ACCENTED =
  'ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöùúûüýÿĀāĂăĄąĆćĈĉĊċČčĎďĒēĔĕĖėĘęĚěĜĝĞğĠġĢģĤĥĨĩĪīĬĭĮįİĴĵĶķĹĺĻļĽľŃńŅņŇňŌōŎŏŐő' +
  'ŔŕŖŗŘřŚśŜŝŞşŠšŢţŤťŨũŪūŬŭŮůŰűŲųŴŵŶŷŸŹźŻżŽžȘșȚțƠơƯưẦầẰằỀềỒồỜờỪừỲỳẢảẨẩẲẳẺẻỂểỈỉỎỏỔổỞởỦủỬửỶỷẪẫẴẵẼẽỄễỖỗỠỡỮữỸỹẤấẮắẾếỐốỚớỨứẠạẬậ' +
  'ẶặẸẹỆệỊịỌọỘộỢợỤụỰựỴỵǕǖǗǘǍǎǏǐǑǒǓǔǙǚǛǜ';
const REPLACED: readonly (readonly [string, string])[] = [
  ...Array.from(ACCENTED).map((letter) => [letter, letter.normalize('NFD').charAt(0)] as const),
  ...pairs('ª a º a Æ AE Ð D Þ TH ß s æ ae ð d ø o þ th Ø O Đ D đ d Ħ H ħ h ı i Ĳ IJ ĳ ij ĸ k Ŀ L ŀ l Ł L ł l ŉ n Ŋ N'),
  ...pairs('ŋ n Œ OE œ oe Ŧ T ŧ t ſ s Ə E ǝ e € E ɑ a'),
  ['£', ''],
];
const GERMAN = pairs('Ä Ae ä ae Ö Oe ö oe Ü Ue ü ue ẞ SS ß ss');
const BY_LOCALE = new Map([
  ['da_DK', pairs('Æ Ae æ ae Ø Oe ø oe Å Aa å aa')],
  ['ca', pairs('l·l ll')],
  ['sr_RS', pairs('Đ DJ đ dj')],
  ['bs_BA', pairs('Đ DJ đ dj')],
]);

function pairs(text: string): readonly (readonly [string, string])[] {
  const words = text.split(' ');
  return words.flatMap((word, index) => (index % 2 === 0 ? [[word, words[index + 1] ?? ''] as const] : []));
}

function removeAccents(text: string, locale: string): string {
  if (isAscii(text)) return text;
  const special = locale.startsWith('de') ? GERMAN : (BY_LOCALE.get(locale) ?? []);
  const replacements = new Map([...REPLACED, ...special]);
  const normal = locale === 'ca' ? text.normalize('NFC').replaceAll('l·l', 'll') : text.normalize('NFC');
  return Array.from(normal, (letter) => replacements.get(letter) ?? letter).join('');
}

export function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

/** PHP's `trim()`: ASCII white space and NUL, no other spaces of Unicode. */
export function phpTrim(text: string): string {
  return text.replace(/^[ \t\n\r\0\v]+|[ \t\n\r\0\v]+$/g, '');
}

/**
 * The login that core looks for when somebody gives this name: `WP_User::get_data_by( 'login' )` with
 * `sanitize_user()`. Undefined where core looks for nobody. A name with `<` is nobody's here: core would strip tags.
 *
 * @param locale the site's, because German umlauts and some other letters are spelled out by it
 */
export function lookupLogin(name: string, locale: string): string | undefined {
  const given = phpTrim(name);
  if (given === '' || given === '0' || given.includes('<')) return undefined;
  const sanitised = removeAccents(given, locale)
    .replace(/%[a-fA-F0-9]{2}/g, '')
    .replace(/&[^\n]+?;/g, '');
  return phpTrim(sanitised).replace(/[ \t\n\v\f\r]+/g, ' ');
}

/** `is_email()` of wp-includes/formatting.php without its filters. */
export function isEmail(text: string): boolean {
  const at = text.indexOf('@');
  if (Buffer.byteLength(text) < 6 || at < 1) return false;
  const domain = text.slice(at + 1);
  const labels = domain.split('.');
  return (
    /^[a-zA-Z0-9!#$%&'*+/=?^_`{|}~.-]+$/.test(text.slice(0, at)) &&
    labels.length >= 2 &&
    labels.every((label) => /^[a-z0-9-]+$/i.test(label) && !/^-|-$/.test(label))
  );
}

/** `addslashes()`, which WordPress applies to the whole of `$_SERVER` before it reads the user name (`wp_magic_quotes()`). */
export function addSlashes(text: string): string {
  return text.replace(/['"\\]/g, '\\$&').replaceAll('\0', '\\0');
}
