import { describe, expect, it } from '@jest/globals';
import { fileTypeOf, safeFileName, whyNot } from '../../../../src/execution/tools/file-types.js';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const PNG = '\x89PNG\r\n\x1a\n';
const JPEG = '\xff\xd8\xff\xe0';
const OPEN = 'application/vnd.oasis.opendocument.text';

function verdict(name: string, content: Buffer): string {
  const type = fileTypeOf(name);
  return type === undefined ? 'no such type' : (whyNot(type, content) ?? 'fine');
}

describe('what bytes are, and what their name says', () => {
  const FINE: readonly (readonly [string, string])[] = [
    ['a.png', PNG],
    ['a.JPG', JPEG],
    ['a.jpeg', JPEG],
    ['a.gif', 'GIF89a…'],
    ['a.webp', 'RIFF\x01\x02\x03\x04WEBP'],
    ['a.avif', '\0\0\0\x20ftypavif'],
    ['a.pdf', '%PDF-1.7'],
    ['a.mp3', 'ID3'],
    ['a.mp4', '\0\0\0\x20ftypisom'],
    ['a.docx', 'PK\x03\x04 … word/document.xml'],
    ['a.odt', `PK\x03\x04 mimetype${OPEN}`],
    ['a.txt', 'Hello <b>you</b>, and 1 < 2\r\n'],
    ['a.csv', 'a;b\n1;2\n'],
  ];
  it.each(FINE)('%s', (name, content) => {
    expect(verdict(name, bytes(content))).toBe('fine');
  });

  const NOT: readonly (readonly [string, string, RegExp])[] = [
    ['a.png', '<?php system($_GET[0]);', /is not image\/png/],
    ['a.png', JPEG, /is not image\/png/],
    ['a.jpg', '<html><script>1</script>', /is not image\/jpeg/],
    ['a.gif', '<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>', /is not image\/gif/],
    ['a.gif', 'GIF89a<?php system(1);', /holds a program/],
    ['a.jpg', `${JPEG}\0\0<?PHP echo 1;`, /holds a program/],
    ['a.png', `${PNG}<script >x</script>`, /holds a program/],
    ['a.pdf', ' %PDF-1.7', /is not application\/pdf/],
    ['a.docx', 'PK\x03\x04 word/document.xml word/vbaProject.bin', /is not/],
    ['a.docx', 'PK\x03\x04 evil.php', /is not/],
    ['a.txt', '<!DOCTYPE html><p>', /is not text\/plain/],
    ['a.txt', '\n\n <SCRIPT>', /is not text\/plain/],
    ['a.csv', '<?php', /is not text\/csv/],
    ['a.txt', 'a\0b', /is not text\/plain/],
    ['a.txt', '\xff\xfe', /is not text\/plain/],
    ['a.svg', '<svg/>', /no such type/],
    ['a.php', '<?php', /no such type/],
    ['a.html', 'x', /no such type/],
    ['a.zip', 'PK\x03\x04', /no such type/],
    ['a.png.exe', PNG, /no such type/],
    ['png', PNG, /no such type/],
  ];
  it.each(NOT)('%s: %j is refused', (name, content, why) => {
    expect(verdict(name, bytes(content))).toMatch(why);
  });
});

describe('a name, made safe', () => {
  const NAMES: readonly (readonly [string, string])[] = [
    ['photo.png', 'photo.png'],
    ['My photo (1).PNG', 'My-photo-1.PNG'],
    ['Füße & Straße.jpg', 'Fusse-Strasse.jpg'],
    ['../../etc/passwd.png', 'etcpasswd.png'],
    ['..\\..\\x.png', 'x.png'],
    ['shell.php.jpg', 'shell.php_.jpg'],
    ['shell.pHp5.jpg', 'shell.pHp5_.jpg'],
    ['v1.2.3.pdf', 'v1.2.3.pdf'],
    ['.htaccess', 'htaccess'],
    ['a"; filename="b.php.png', 'a-filenameb.php_.png'],
    ['a\r\nX-Evil: 1.png', 'a-X-Evil-1.png'],
    ['a\u202egnp.exe.png', 'agnp.exe_.png'],
    ['日本語.png', 'unnamed-file.png'],
    ['a+b%20c.png', 'a-b-c.png'],
    ['a..png', 'a.png'],
    ['nul\0l.png', 'null.png'],
  ];
  it.each(NAMES)('%j becomes %s', (name, safe) => {
    expect(safeFileName(name)).toBe(safe);
    expect(safeFileName(safe)).toMatch(/^[A-Za-z0-9._-]+$/);
  });
});
