/**
 * Blocked terms as somebody would write them to get past a filter: every technique on many terms in many surroundings, and
 * pairs of techniques. The same cases in every run. A technique that can't be used on a term answers undefined.
 */
import { drawsFrom, type Draw } from '../../../dev/draws.js';

export interface EvasionCase {
  readonly technique: string;
  readonly term: string;
  readonly text: string;
}

export type Technique = (term: string, draw: Draw) => string | undefined;

const chars = (text: string): string[] => Array.from(text);
const isLatin = (term: string): boolean => /^[a-zA-Z ]+$/.test(term);
const isSpaced = (term: string): boolean => !/[\u0e00-\u0eff\u3000-\u9fff]/.test(term);
/** Terms whose letters can stand alone: no marks that hang on the letter before them. */
const isSeparable = (term: string): boolean => isSpaced(term) && !/[\p{M}\uac00-\ud7a3]/u.test(term) && term.replaceAll(' ', '').length >= 4;

const mapped =
  (table: Readonly<Record<string, string>>, share = 1): Technique =>
  (term, draw) => {
    if (!isLatin(term)) return undefined;
    let changed = 0;
    const text = chars(term.toLowerCase())
      .map((char) => {
        const other = table[char];
        if (other === undefined || draw(100) >= share * 100) return char;
        changed += 1;
        return other;
      })
      .join('');
    return changed > 0 ? text : undefined;
  };

const alphabet = (from: number, skip: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> =>
  Object.fromEntries(
    chars('abcdefghijklmnopqrstuvwxyz').map((char, at) => [char, skip[char] ?? String.fromCodePoint(from + at)]),
  );

const CYRILLIC = { a: 'а', c: 'с', e: 'е', i: 'і', j: 'ј', o: 'о', p: 'р', s: 'ѕ', x: 'х', y: 'у', h: 'һ', d: 'ԁ', w: 'ԝ', q: 'ԛ' };
const GREEK = { a: 'α', o: 'ο', v: 'ν', i: 'ι', p: 'ρ', u: 'υ', y: 'γ', k: 'κ' };
const CHEROKEE = { a: 'Ꭺ', b: 'Ᏼ', c: 'Ꮯ', d: 'Ꭰ', e: 'Ꭼ', g: 'Ꮐ', h: 'Ꮋ', i: 'Ꭵ', j: 'Ꭻ', k: 'Ꮶ', l: 'Ꮮ', m: 'Ꮇ', p: 'Ꮲ', r: 'Ꮢ', s: 'Ꮪ', t: 'Ꭲ', v: 'Ꮩ', w: 'Ꮃ', y: 'Ꭹ', z: 'Ꮓ' };
const SMALL_CAPITALS = { a: 'ᴀ', b: 'ʙ', c: 'ᴄ', d: 'ᴅ', e: 'ᴇ', f: 'ꜰ', g: 'ɢ', h: 'ʜ', i: 'ɪ', j: 'ᴊ', k: 'ᴋ', l: 'ʟ', m: 'ᴍ', n: 'ɴ', o: 'ᴏ', p: 'ᴘ', r: 'ʀ', t: 'ᴛ', u: 'ᴜ', v: 'ᴠ', w: 'ᴡ', y: 'ʏ', z: 'ᴢ' };
const LISU = { b: 'ꓐ', c: 'ꓚ', d: 'ꓓ', e: 'ꓰ', g: 'ꓖ', h: 'ꓧ', i: 'ꓲ', j: 'ꓙ', k: 'ꓗ', l: 'ꓡ', m: 'ꓟ', n: 'ꓠ', o: 'ꓳ', p: 'ꓑ', r: 'ꓣ', s: 'ꓢ', t: 'ꓔ', u: 'ꓴ', v: 'ꓦ', w: 'ꓪ', x: 'ꓫ', y: 'ꓬ', z: 'ꓜ', a: 'ꓮ', f: 'ꓝ' };
const ARMENIAN = { o: 'օ', u: 'ս', h: 'հ', n: 'ո', g: 'ց' };
const HOOKED = { a: 'ᶏ', c: 'ȼ', e: 'ɇ', s: 'ʂ', t: 'ʈ', n: 'ɲ', z: 'ʐ', r: 'ɼ', l: 'ɭ', m: 'ɱ', p: 'ᵽ' };
const LEET = { a: '4', e: '3', i: '1', o: '0', s: '5', t: '7', b: '8' };
const LEET_SIGNS = { a: '@', s: '$', i: '!', l: '|' };

const between =
  (separator: string): Technique =>
  (term) =>
    isSpaced(term) && !/\p{M}/u.test(term) ? term.split(' ').map((word) => chars(word).join(separator)).join(' ') : undefined;

const apart =
  (separator: string, wordGap: string): Technique =>
  (term) =>
    isSeparable(term) ? term.split(' ').map((word) => chars(word).join(separator)).join(wordGap) : undefined;

/** Puts something into the middle of the term, never beside its spaces. */
const split =
  (...inserts: readonly string[]): Technique =>
  (term, draw) => {
    const letters = chars(term);
    const places = letters.flatMap((char, at) => (at > 0 && char !== ' ' && letters[at - 1] !== ' ' && !/\p{M}/u.test(char) ? [at] : []));
    const at = places[draw(places.length)];
    if (at === undefined) return undefined;
    return letters.slice(0, at).join('') + (inserts[draw(inserts.length)] ?? '') + letters.slice(at).join('');
  };

const eachChar =
  (encode: (codePoint: number, char: string) => string, share = 0.6): Technique =>
  (term, draw) => {
    let changed = 0;
    const text = chars(term)
      .map((char) => {
        if (char === ' ' || draw(100) >= share * 100) return char;
        changed += 1;
        return encode(char.codePointAt(0) ?? 0, char);
      })
      .join('');
    return changed > 0 ? text : undefined;
  };

const hex = (codePoint: number, width = 0): string => codePoint.toString(16).padStart(width, '0');
const utf16 = (char: string, prefix: string): string =>
  Array.from({ length: char.length }, (_, at) => prefix + hex(char.charCodeAt(at), 4)).join('');

const spaceAs =
  (...gaps: readonly string[]): Technique =>
  (term, draw) =>
    term.includes(' ') ? term.replaceAll(' ', gaps[draw(gaps.length)] ?? ' ') : undefined;

const withEach =
  (add: string): Technique =>
  (term) =>
    isLatin(term) ? chars(term).map((char) => (char === ' ' ? char : char + add)).join('') : undefined;

export const TECHNIQUES: Readonly<Record<string, Technique>> = {
  capitals: (term) => (term.toUpperCase() === term ? undefined : term.toUpperCase()),
  'mixed case': (term, draw) => (isLatin(term) ? chars(term).map((char) => (draw(2) === 0 ? char.toUpperCase() : char)).join('') : undefined),
  'full width': (term) => (isLatin(term) ? term.replace(/[!-~]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0)) : undefined),
  'bold script': mapped(alphabet(0x1d4ea)),
  'bold fraktur': mapped(alphabet(0x1d586)),
  'double-struck': mapped(alphabet(0x1d552)),
  monospace: mapped(alphabet(0x1d68a)),
  'sans-serif bold': mapped(alphabet(0x1d5ee)),
  circled: mapped(alphabet(0x24d0)),
  squared: mapped(alphabet(0x1f130)),
  'negative circles': mapped(alphabet(0x1f150)),
  'negative squares': mapped(alphabet(0x1f170)),
  parenthesised: mapped(alphabet(0x249c)),
  flags: mapped(alphabet(0x1f1e6)),
  'Cyrillic lookalikes': mapped(CYRILLIC),
  'some Cyrillic lookalikes': mapped(CYRILLIC, 0.5),
  'Greek lookalikes': mapped(GREEK),
  'Cherokee lookalikes': mapped(CHEROKEE),
  'Lisu lookalikes': mapped(LISU),
  'Armenian lookalikes': mapped(ARMENIAN),
  'small capitals': mapped(SMALL_CAPITALS),
  'letters with hooks': mapped(HOOKED, 0.6),
  'Latin lookalikes in Cyrillic': (term) =>
    /[а-я]/.test(term) ? term.replace(/[аеорсух]/g, (char) => 'aeopcyx'['аеорсух'.indexOf(char)] ?? char) : undefined,
  leet: mapped(LEET, 0.5),
  'leet signs': mapped(LEET_SIGNS, 0.7),
  'capital I for l': (term) => (/[a-z]l/.test(term) ? term.replaceAll('l', 'I') : undefined),
  'rn for m': (term) => (isLatin(term) && term.includes('m') ? term.replaceAll('m', 'rn') : undefined),
  'repeated letters': (term, draw) => {
    if (!isLatin(term)) return undefined;
    const at = draw(term.length);
    return term[at] === ' ' ? undefined : term.slice(0, at) + (term[at] ?? '').repeat(3 + draw(4)) + term.slice(at + 1);
  },
  'zero-width space': between('\u200b'),
  'zero-width joiner': between('\u200d'),
  'word joiner': between('\u2060'),
  'soft hyphen': between('\u00ad'),
  'byte order mark': between('\ufeff'),
  'combining grapheme joiner': between('\u034f'),
  'variation selector': between('\ufe0f'),
  'tag characters': between('\u{e0061}\u{e007f}'),
  'Hangul filler': between('\u3164'),
  'direction marks': between('\u200e\u200f'),
  'direction isolates': split('\u2066\u2069', '\u2068\u2069', '\u202a\u202c', '\u061c'),
  'control characters': split('\u0000', '\u0008', '\u007f', '\u001b'),
  'invisible separator': between('\u2063'),
  'struck out': withEach('\u0336'),
  'slashed through': withEach('\u0338'),
  'encircled by a mark': withEach('\u20dd'),
  underlined: withEach('\u0332'),
  Zalgo: (term, draw) =>
    isLatin(term) ? chars(term).map((char) => (char === ' ' ? char : char + Array.from({ length: 3 + draw(4) }, () => String.fromCodePoint(0x300 + draw(0x2f))).join(''))).join('') : undefined,
  'shown backwards': (term) => (isLatin(term) ? `\u202e${chars(term).reverse().join('')}\u202c` : undefined),
  'backwards in bdo': (term) => (isLatin(term) ? `<bdo dir="rtl">${chars(term).reverse().join('')}</bdo>` : undefined),
  'decimal references': eachChar((codePoint) => `&#${codePoint};`),
  'hex references': eachChar((codePoint) => `&#x${hex(codePoint)};`),
  'padded references': eachChar((codePoint) => `&#000${codePoint};`),
  'references twice': eachChar((codePoint) => `&amp;#${codePoint};`),
  'references four deep': eachChar((codePoint) => `&amp;amp;#38;#x${hex(codePoint)};`),
  'references without semicolon': eachChar((codePoint) => `&#${codePoint}`, 0.4),
  'invisible references': split('&shy;', '&zwnj;', '&#8203;', '&ZeroWidthSpace;', '&NoBreak;'),
  'percent-encoding': eachChar((_, char) => encodeURIComponent(char).replace(/^[^%]$/, (ascii) => `%${hex(ascii.charCodeAt(0), 2)}`)),
  'percent-encoding twice': eachChar((_, char) => encodeURIComponent(char).replace(/^[^%]$/, (ascii) => `%${hex(ascii.charCodeAt(0), 2)}`).replaceAll('%', '%25')),
  'JSON escapes': eachChar((_, char) => utf16(char, '\\u')),
  'JSON escapes twice': eachChar((_, char) => utf16(char, '\\\\u')),
  'braced escapes': eachChar((codePoint) => `\\u{${hex(codePoint)}}`),
  'hex escapes': (term, draw) => (isLatin(term) ? eachChar((codePoint) => `\\x${hex(codePoint, 2)}`)(term, draw) : undefined),
  'CSS escapes': (term, draw) => (isLatin(term) ? eachChar((codePoint) => `\\${hex(codePoint, 6)}`)(term, draw) : undefined),
  'short CSS escapes': (term, draw) => (isLatin(term) ? eachChar((codePoint) => `\\${hex(codePoint)} `)(term, draw) : undefined),
  'empty tags': split('<b></b>', '<i></i>', '<span></span>', '<wbr>', '<x-y></x-y>'),
  'tags with attributes': split('<span class="x"></span>', '<a title="a>b"></a>', "<i data-x='>'></i>", '<img src="x.png">', '</p>', '<br/>'),
  comments: split('<!-- -->', '<!---->', '<!-- a > b -->', '<!--x--!>', '<!>', '<?x?>'),
  'block delimiters': split(
    '<!-- wp:spacer /-->',
    '<!-- wp:image {"id":3,"alt":"a > b"} -->',
    '<!-- /wp:paragraph -->',
    '<!-- wp:x/y {"a":"}-->',
    '<!-- wp:x {"a":"-->"} -->',
  ),
  shortcodes: split('[x]', '[gallery ids="1,2"]', '[/b]', '[caption id="a"][/caption]', '[embed /]'),
  'hidden elements': split('<span style="display:none">zz</span>', '<i hidden>q</i>', '<style>a{}</style>', '<script>1<2</script>', '<span style="font-size:0">z</span>'),
  'escaped tags': split('&lt;b&gt;&lt;/b&gt;', '&lt;!-- --&gt;', '&#60;i>'),
  'letters in tags': (term) => (isSeparable(term) ? term.split(' ').map((word) => chars(word).map((char) => `<b>${char}</b>`).join('')).join(' ') : undefined),
  'in an attribute': (term, draw) => {
    const inside = eachChar((codePoint) => `&#${codePoint};`)(term, draw);
    return inside === undefined ? undefined : `<img alt="a ${inside} b" src="x.png">`;
  },
  'in a block attribute': (term, draw) => {
    const inside = eachChar((_, char) => utf16(char, '\\u'))(term, draw);
    return inside === undefined ? undefined : `<!-- wp:cover {"url":"x.png","alt":"${inside}"} -->`;
  },
  'in a shortcode attribute': (term) => `[button label="${term}" url="/x"]`,
  'in an address': (term) => `https://example.com/?q=${encodeURIComponent(term)}&p=2`,
  'spaces between': apart(' ', '  '),
  'dots between': apart('.', ' '),
  'hyphens between': apart('-', ' '),
  'low lines between': apart('_', ' '),
  'stars between': apart('*', ' '),
  'thin spaces between': apart('\u2009', '  '),
  'no-break spaces between': apart('\u00a0', '  '),
  'new lines between': apart('\n', '\n\n'),
  'bars between': apart('|', ' '),
  'emoji between': apart('🔥', ' '),
  'middle dots between': apart('·', ' '),
  'one hyphen': (term, draw) => (isSeparable(term) && isLatin(term) ? split('-', '.', '_', '*', '~', '**')(term, draw) : undefined),
  'other gaps between words': spaceAs('\u00a0', '\u2003', '\t', '\n', '&nbsp;', '<br>', '</p>\n<p>', '-', '_', '.', '%20', '\u3000', ' &nbsp; ', '<!-- x --> ', '\u200b '),
  'signs around': (term, draw) => `${['“', '(', '*', '«', '#', '!', '—', '@'][draw(8)] ?? ''}${term}${['”', ')', '*', '»', '!!', '?', '—', ':'][draw(8)] ?? ''}`,
};

/** Kept out of sight while the scanner was built, then measured once: see the README. */
export const HELD_OUT: Readonly<Record<string, Technique>> = {
  'superscript letters': mapped({ a: 'ᵃ', b: 'ᵇ', c: 'ᶜ', d: 'ᵈ', e: 'ᵉ', f: 'ᶠ', g: 'ᵍ', h: 'ʰ', i: 'ⁱ', j: 'ʲ', k: 'ᵏ', l: 'ˡ', m: 'ᵐ', n: 'ⁿ', o: 'ᵒ', p: 'ᵖ', r: 'ʳ', s: 'ˢ', t: 'ᵗ', u: 'ᵘ', v: 'ᵛ', w: 'ʷ', x: 'ˣ', y: 'ʸ', z: 'ᶻ' }),
  'Coptic lookalikes': mapped({ o: 'ⲟ', c: 'ⲥ', p: 'ⲣ', m: 'ⲙ' }),
  'Deseret and others': mapped({ o: '𐐬', c: '𐐽', s: '𐑈' }),
  'data in an address': (term) => `<a href="/s?q=${encodeURIComponent(encodeURIComponent(term))}">more</a>`,
  'style escapes': (term, draw) =>
    isLatin(term) ? `<p style="content:'${eachChar((codePoint) => `\\${hex(codePoint, 6)}`)(term, draw) ?? term}'">` : undefined,
  'legacy percent escapes': eachChar((_, char) => utf16(char, '%u')),
  'ideographic filler': split('\u115f', '\u1160', '\uffa0', '\u17b4'),
  'musical and math invisibles': split('\u{1d173}', '\u2061', '\u2062', '\u206a', '\u180e'),
  'soft breaks in words': split('<wbr/>', '<wbr />', '&#173;', '&#xAD;', '\u00ad\u200b'),
  'euro, cent and pound': mapped({ e: '€', c: '¢' }, 0.8),
  'enclosed alphanumerics capitals': (term) => (isLatin(term) ? term.replace(/[a-z]/g, (char) => String.fromCodePoint(0x24b6 + char.charCodeAt(0) - 97)) : undefined),
  'long s and Kelvin': mapped({ s: 'ſ', k: '\u212a' }),
  ligatures: (term) => (/fi|fl|st|ij|nj|lj/.test(term) ? term.replaceAll('fi', 'ﬁ').replaceAll('fl', 'ﬂ').replaceAll('st', 'ﬆ').replaceAll('ij', 'ĳ').replaceAll('nj', 'ǌ').replaceAll('lj', 'ǉ') : undefined),
  'bullets between': apart('•', ' '),
  'slashes between': apart('/', ' '),
  'spaced hyphens': apart(' - ', '   '),
  'commas between': apart(',', ' '),
  'nested markup': split('<b><i><u></u></i></b>', '<b><!-- x --></b>', '[x]<b>[/x]</b>', '<!-- wp:a --><!-- /wp:a -->'),
  'double-struck references': eachChar((codePoint, char) => (/[a-z]/.test(char) ? `&${char}opf;` : `&#${codePoint};`)),
  'fraktur references': eachChar((codePoint, char) => (/[a-z]/.test(char) ? `&${char}fr;` : `&#${codePoint};`)),
};

const CONTEXTS = [
  '{}',
  'This is a {} for you.',
  '<!-- wp:paragraph -->\n<p>Read on: {}, today only.</p>\n<!-- /wp:paragraph -->',
  'Nothing to see, really {}',
  '{}! Tell your friends about it.',
  '<p>Hello <em>there</em>, {} &amp; more</p>',
  'Weather: fine. News: {}. Sport: none.',
  '- item one\n- {}\n- item three',
];

/** Pairs that are sure to go together: how letters are drawn, then how they are put or hidden. */
const FIRST = ['full width', 'bold script', 'some Cyrillic lookalikes', 'capitals', 'small capitals', 'negative squares', 'mixed case', 'Greek lookalikes', 'circled'];
const SECOND = [
  'zero-width space', 'soft hyphen', 'word joiner', 'empty tags', 'comments', 'block delimiters', 'shortcodes', 'decimal references', 'references twice', 'percent-encoding',
  'JSON escapes', 'invisible references', 'direction isolates', 'hidden elements', 'escaped tags', 'tags with attributes',
];

function make(technique: string, apply: Technique, term: string, draw: Draw): EvasionCase | undefined {
  const text = apply(term, draw);
  const context = CONTEXTS[draw(CONTEXTS.length)] ?? '{}';
  return text === undefined || text === term ? undefined : { technique, term, text: context.replace('{}', () => text) };
}

/** Each technique on `perTechnique` terms. */
export function singles(techniques: Readonly<Record<string, Technique>>, terms: readonly string[], perTechnique: number): readonly EvasionCase[] {
  const draw = drawsFrom(40);
  return Object.entries(techniques).flatMap(([name, apply]) => {
    const cases: EvasionCase[] = [];
    for (let tries = 0; cases.length < perTechnique && tries < perTechnique * 12; tries += 1) {
      const made = make(name, apply, terms[draw(terms.length)] ?? '', draw);
      if (made !== undefined && !cases.some(({ text }) => text === made.text)) cases.push(made);
    }
    return cases;
  });
}

/** Two techniques on one term: the letters drawn otherwise, then hidden. */
export function pairs(terms: readonly string[], perPair: number): readonly EvasionCase[] {
  const draw = drawsFrom(41);
  const hide = (second: string): Technique => relaxed[second] ?? TECHNIQUES[second] ?? (() => undefined);
  return FIRST.flatMap((first) =>
    SECOND.flatMap((second) => {
      const apply: Technique = (term) => {
        const drawn = TECHNIQUES[first]?.(term, draw);
        return drawn === undefined ? undefined : hide(second)(drawn, draw);
      };
      return Array.from({ length: perPair }, () => make(`${first} + ${second}`, apply, terms[draw(terms.length)] ?? '', draw)).filter(
        (made) => made !== undefined,
      );
    }),
  );
}

/** The same techniques for letters that are no longer plain. */
const relaxed: Readonly<Record<string, Technique>> = {
  'zero-width space': split('\u200b\u200c'),
  'soft hyphen': split('\u00ad'),
  'word joiner': split('\u2060\u2064'),
};
