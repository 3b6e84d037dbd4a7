/** Harmless texts that machines and people write and that look like disguises, the same ones in every run. */
import { drawsFrom, type Draw } from '../../../dev/draws.js';

/** Written by hand: whole words that hold a blocked one, words that look like one, and text full of escapes. */
export const HARMLESS_BY_HAND: readonly string[] = [
  'scampi', 'Scampi with garlic', 'scamper', 'scamp', 'Scunthorpe', 'Sussex and Essex', 'Middlesex', 'Penistone', 'Clitheroe', 'cockpit', 'cocktail',
  'peacock', 'analysis', 'analogue', 'canal', 'therapist', 'grape', 'drape', 'title', 'titanic', 'classic', 'assassin', 'passage', 'bass', 'Dickens',
  'shell', 'hello', 'Michelle', 'cumulus', 'document', 'circumstance', 'Cumbria', 'specimen', 'casinos of old', 'the gunpowder plot', 'begun', 'killjoy',
  'skills', 'bombastic', 'despicable', 'spice', 'wattle', 'swank', 'shoes', 'horseshoe', 'resume', 'résumé', 'pâté', 'coöperate',
  '<i>scam</i>pi', 'scam&shy;pi', 'scam<wbr>pi', 'scam\u00adpi', 'scam\u200bpi', '<b>S</b>campi', 'Es&shy;sex', '&eacute;lan', 'caf&eacute;',
  'The A55 runs along the coast.', 'Take the A40, then the M5.', 'Form W-2 and form 1099', 'S5CAM', 'part no. 5CA-M100', 'model 4S5', 'B00K-77', '#5ca4ed', '#b00b15', '0x5CA4', 'UUID 5ca40000-0000-4000-8000-00000000ba55',
  'I am free. Money is tight.', 'He was free, money or not.', 'set free (money excluded)', 'Is it free? Money talks.', 'Click. Here we go.', 'Double-click, here and there',
  'сор из избы не выносят', 'Он увидел сор на полу и взял веник.', 'На рынке был рак и ром.', 'мат в три хода, партия закончилась', 'кот и пес', 'Τα παιδιά παίζουν στο πάρκο.', 'Μια ωραία μέρα στην Αθήνα',
  'sık sık gelir', 'Işık açık kaldı.', 'Kız kardeşim İzmir’de yaşıyor.', 'Đà Nẵng là một thành phố biển', 'Tiếng Việt có sáu thanh điệu', 'Łódź jest piękna', 'żółć', 'København er smuk om sommeren', 'Öl och bröd',
  '本人妻子在北京工作', '中国人民银行', '東京都に住んでいます', 'スカートを買いました', '사기업에서 일한다', '고사기를 읽었다', 'ฉันชอบกินข้าวผัด', 'भारत एक विशाल देश है', 'السلام عليكم ورحمة الله', 'שלום לכולם',
  'a b c d e f g h i j k', 'A. B. C. D.', '1 2 3 4 5', 'x, y, z', 's c h o o l', 'e.g. i.e. etc.', 'J. R. R. Tolkien', 'Dr. S. C. Amador', 'U.S.A.', 'p.o. box 12', 'www.example.com/a/b/c', 'C:\\temp\\new\\report.txt', '\\\\server\\share\\file',
  'f(x) = a + b', 'if (a < b && c > d) { return x[i]; }', 'const { a, b } = c;', '<?php echo $a["b"]; ?>', 'SELECT * FROM t WHERE a = 1;', 'git commit -m "x"', 'npm run test -- --watch', 'arr[i]++', 'a*b*c', 'std::vector<int> v;',
  '50% off', '%PATH%', '100%25', 'AT&T', 'Q&A', 'R&D &amp; more', '&lt;div&gt;', '&copy; 2026', 'x &lt; y', '/?a=1&b=2&c=3', '/search?q=%E2%9C%93&utf8=%E2%9C%93', 'mailto:someone@example.com', 'tel:+441234567890',
  '[sic]', '[1] See below', '[gallery ids="1,2,3"]', '[caption id="attachment_6"]A view[/caption]', '<!-- wp:paragraph --><p>Hello</p><!-- /wp:paragraph -->', '<!-- wp:image {"id":12,"sizeSlug":"large"} -->',
  'Aaaaah!', 'Sooooo good', 'hmmm', 'zzz', 'www', 'XXXL', 'III. Henry VIII', 'ooops', 'yesss', 'brrr', 'cooool', 'whaaat',
  'modern barn', 'the modem blinks', 'burn the corn', 'turn in', 'pom pom', 'a warm horn', 'kern and stem', 'earn more', 'learn', 'govern', 'vivid', 'savvy', 'navvy', 'revved',
  'lllustrated', 'lOO% pure', 'WIFI', 'iPhone', 'eBay', 'McDonald', 'LaTeX', 'PostScript', 'macOS', 'Il était une fois', 'Illinois', 'fated', 'AI and ML', 'I/O',
  '𝑥² + 𝑦² = 𝑧²', '∑ 𝛼ᵢ𝛽ᵢ', 'Ω = 12 kΩ', '5 µm', '∆t = 3 ms', 'αβγ', 'H₂O and CO₂', 'm²', 'x⁻¹', '½ cup', '№ 5', '℃', '™ and ®', '(c) 2026', '①②③', '🇬🇧 🇫🇷 🇩🇪', '👩‍👩‍👧‍👦', '❤️🧡💛', '5️⃣ stars', '👍🏽 thanks',
  'co-operate', 're-sign the lease', 'e-mail', 'well-known', 'mother-in-law', 'on/off', 'and/or', 'he/she', 'snake_case_name', 'kebab-case-name', 'CamelCaseName', "can't won't shan't", "we'll she'll he'll", "rock 'n' roll", "o'clock", 'ne’er-do-well',
  'to tal', 'a s a rule', 'as s oon', 'I a m', 'is it a t or a d', 'plan a b or c', 'vitamin a d e k', 'grades a b c', 'notes c d e f g', 'drive c d',
];

const pick = (draw: Draw, from: string): string => from[draw(from.length)] ?? '';
const take = (draw: Draw, from: string, count: number): string => Array.from({ length: count }, () => pick(draw, from)).join('');
const UPPER = 'ABCDEFGHJKLMNPQRSTUVWXYZ';
const HEX = '0123456789abcdef';
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const WORDS =
  'house garden river window paper yellow table morning letter winter bread candle street harbour little quiet seven silver market before under between'.split(' ');
const word = (draw: Draw): string => WORDS[draw(WORDS.length)] ?? '';
const sentence = (draw: Draw): string => `${Array.from({ length: 6 + draw(6) }, () => word(draw)).join(' ')}.`;

const KINDS: readonly ((draw: Draw) => string)[] = [
  (draw) => `Serial ${take(draw, UPPER + '0123456789', 4)}-${take(draw, UPPER + '0123456789', 4)}-${take(draw, UPPER + '0123456789', 4)}`,
  (draw) => `color: #${take(draw, HEX, 6)}; background: #${take(draw, HEX, 3)};`,
  (draw) => `commit ${take(draw, HEX, 40)}`,
  (draw) => `${take(draw, HEX, 8)}-${take(draw, HEX, 4)}-4${take(draw, HEX, 3)}-a${take(draw, HEX, 3)}-${take(draw, HEX, 12)}`,
  (draw) => `data:image/png;base64,${take(draw, BASE64, 120)}=`,
  (draw) => `eyJ${take(draw, BASE64, 40)}.${take(draw, BASE64, 60)}.${take(draw, BASE64, 43)}`,
  (draw) => `https://example.org/${word(draw)}/${word(draw)}?id=${draw(99999)}&q=${encodeURIComponent(`${word(draw)} ${word(draw)} é`)}#${word(draw)}`,
  (draw) => `https://cdn.example.net/a/${take(draw, HEX, 32)}/${word(draw)}%20${word(draw)}.jpg`,
  (draw) => `Product ${pick(draw, UPPER)}${draw(999)}${pick(draw, UPPER)} costs ${draw(500)}.${draw(90) + 10} €`,
  (draw) => `<!-- wp:paragraph {"align":"center"} -->\n<p class="has-text-align-center">${sentence(draw)} <strong>${word(draw)}</strong>&nbsp;${word(draw)}</p>\n<!-- /wp:paragraph -->`,
  (draw) => `<!-- wp:image {"id":${draw(999)},"alt":"${word(draw)} \\u0026 ${word(draw)}"} --><figure><img src="/${word(draw)}-${draw(99)}x${draw(99)}.jpg" alt="${word(draw)} &amp; ${word(draw)}"/></figure><!-- /wp:image -->`,
  (draw) => `[gallery ids="${draw(99)},${draw(99)}" columns="${draw(5)}"] ${sentence(draw)}`,
  (draw) => `for (let ${pick(draw, 'ijk')} = 0; ${pick(draw, 'ijk')} < ${word(draw)}.length; i++) { ${word(draw)}[i] = ${word(draw)}(${pick(draw, 'abc')}, ${draw(9)}); }`,
  (draw) => `$${word(draw)} = array( '${word(draw)}' => ${draw(99)}, '${word(draw)}' => "\\x${take(draw, HEX, 2)}\\n" );`,
  (draw) => `.${word(draw)}::before { content: "\\f${take(draw, '0123456789', 3)}"; margin: -${draw(9)}px ${draw(9)}em; }`,
  (draw) => `${pick(draw, 'abcxyz')}^${draw(9)} + ${draw(9)}${pick(draw, 'abcxyz')} - ${draw(99)} = ${draw(9)}(${pick(draw, 'abc')} + ${pick(draw, 'xyz')})`,
  (draw) => `| ${word(draw)} | ${draw(999)} | ${word(draw)} |\n|---|---|---|\n| ${pick(draw, UPPER)} | ${pick(draw, UPPER)} | ${pick(draw, UPPER)} |`,
  (draw) => `Call +${draw(90) + 10} ${draw(900) + 100} ${draw(9000) + 1000} or write to ${word(draw)}.${word(draw)}@example.com`,
  (draw) => `${draw(28) + 1}.${draw(12) + 1}.20${draw(90) + 10}, ${draw(24)}:${draw(50) + 10}: ${sentence(draw)}`,
  (draw) => `ISBN 978-${draw(9)}-${draw(900) + 100}-${draw(90000) + 10000}-${draw(9)}; ${take(draw, UPPER, 2)}${draw(90) + 10} ${draw(9)}${take(draw, UPPER, 2)}`,
  (draw) => `{"${word(draw)}":"${word(draw)}","n":${draw(99)},"s":"${take(draw, HEX, 16)}","u":"\\u00${take(draw, 'abcdef', 1)}9 ${word(draw)}"}`,
  (draw) => `${word(draw)}_${word(draw)}_${draw(99)} ${word(draw)}-${word(draw)} ${word(draw)}.${word(draw)} ${word(draw)}/${word(draw)}`,
  (draw) => Array.from({ length: 10 }, () => pick(draw, UPPER)).join(' '),
  (draw) => `Wi-Fi key: ${take(draw, BASE64.slice(0, 62) + '!$@', 12)}`,
];

/** `count` texts of every kind in turn. */
export function harmlessMade(count: number): readonly string[] {
  const draw = drawsFrom(50);
  return Array.from({ length: count }, (_, at) => KINDS[at % KINDS.length]?.(draw) ?? '');
}
