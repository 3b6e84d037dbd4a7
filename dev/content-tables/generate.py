#!/usr/bin/env python3
"""Writes the tables of src/content/data/ and the samples its tests compare with.

    apt-get install python3 libicu72        # any ICU will do; the newest one found is asked
    python3 dev/content-tables/generate.py  # then: npx prettier --write src/content/data test/cases/content

Skeletons are asked of ICU's spoof checker (UTS #39, section 4), one code point at a time, so no copy of confusables.txt
is needed. Lookalikes that UTS #39 leaves out (small capitals, letters with hooks, negative circles, flags) come from
the names that the Unicode character database gives. Character references come from the list of the HTML standard as
Python's html.entities holds it.
"""
import ctypes
import ctypes.util
import html.entities
import json
import os
import random
import re
import unicodedata

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
DATA = os.path.join(ROOT, 'src', 'content', 'data')
CASES = os.path.join(ROOT, 'test', 'cases', 'content')


class Icu:
    """The three functions of ICU that are asked, whichever version is installed."""

    def __init__(self):
        for version in range(90, 60, -1):
            try:
                library = ctypes.CDLL(f'libicui18n.so.{version}')
                self.version = version
                break
            except OSError:
                continue
        else:
            raise SystemExit('No ICU found: install libicu.')
        opened = getattr(library, f'uspoof_open_{version}')
        opened.restype = ctypes.c_void_p
        status = ctypes.c_int(0)
        self.checker = ctypes.c_void_p(opened(ctypes.byref(status)))
        self.ask = getattr(library, f'uspoof_getSkeletonUTF8_{version}')
        self.buffer = ctypes.create_string_buffer(1 << 16)
        about = (ctypes.c_uint8 * 4)()
        getattr(ctypes.CDLL(f'libicuuc.so.{version}'), f'u_getUnicodeVersion_{version}')(about)
        self.unicode = f'{about[0]}.{about[1]}'

    def skeleton(self, text):
        raw = text.encode()
        status = ctypes.c_int(0)
        size = self.ask(self.checker, ctypes.c_uint32(0), raw, len(raw), self.buffer, 1 << 16, ctypes.byref(status))
        if status.value > 0:
            raise SystemExit(f'ICU answers {status.value} for {text!r}')
        return self.buffer.raw[:size].decode()


def code_points():
    return (chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000)


def base36(number):
    digits = ''
    while True:
        number, rest = divmod(number, 36)
        digits = '0123456789abcdefghijklmnopqrstuvwxyz'[rest] + digits
        if number == 0:
            return digits


def packed(mapping):
    """{target: [code points]} as `target code points` with both in base 36, sources as differences."""
    lines = []
    for target in sorted(mapping):
        last, steps = 0, []
        for source in sorted(mapping[target]):
            steps.append(base36(source - last))
            last = source
        lines.append('.'.join(base36(ord(c)) for c in target) + ' ' + ','.join(steps))
    return lines


def write_table(name, constant, comment, lines):
    path = os.path.join(DATA, name)
    with open(path, 'w', encoding='utf-8') as out:
        out.write('// Made by dev/content-tables/generate.py; do not edit.\n\n')
        out.write(f'/** {comment} */\nexport const {constant} = `\n')
        out.write('\n'.join(lines))
        out.write('\n`;\n')
    print(name, len(lines), 'lines', os.path.getsize(path), 'bytes')


def skeleton_table(icu):
    """What ICU maps a code point to where that doesn't follow from the parts into which it decomposes."""
    table = {}
    for char in code_points():
        skeleton = icu.skeleton(char)
        parts = unicodedata.normalize('NFD', char)
        if len(parts) > 1:
            parts = unicodedata.normalize('NFD', ''.join(icu.skeleton(part) for part in parts))
        if skeleton != parts:
            table.setdefault(skeleton, []).append(ord(char))
    return table


# Letters of living alphabets that are no disguise of the letter their name begins with.
LETTERS_OF_THEIR_OWN = set('øØđĐłŁħĦŧŦŋŊəƏþÞðÐæÆœŒßẞıĸɓƁɗƊƙƘƴƳɛƐɔƆɩƖʋƲƒƑɣƔʒƷɖƉ')
SHAPES = [
    r'LATIN LETTER SMALL CAPITAL (?:BARRED |REVERSED |TURNED |SIDEWAYS )?([A-Z])(?: WITH .*)?',
    r'LATIN SMALL LETTER (?:SCRIPT |SIDEWAYS |BARRED |BLACKLETTER |INSULAR |LONG |MIDDLE-WELSH |VOLAPUK )?([A-Z])(?: WITH .*)?',
    r'LATIN CAPITAL LETTER (?:SCRIPT |SIDEWAYS |BARRED |BLACKLETTER |INSULAR |SMALL |VOLAPUK )?([A-Z])(?: WITH .*)?',
    r'LATIN LETTER ([A-Z])(?: WITH .*)?',
    r'MODIFIER LETTER (?:SMALL |CAPITAL |SMALL CAPITAL )?([A-Z])(?: WITH .*)?',
    r'COMBINING LATIN SMALL LETTER ([A-Z])',
    r'REGIONAL INDICATOR SYMBOL LETTER ([A-Z])',
    r'NEGATIVE CIRCLED LATIN CAPITAL LETTER ([A-Z])',
    r'NEGATIVE SQUARED LATIN CAPITAL LETTER ([A-Z])',
    r'(?:CROSSED )?NEGATIVE SQUARED LATIN CAPITAL LETTER ([A-Z])',
]


def lookalike_table():
    table = {}
    for char in code_points():
        name = unicodedata.name(char, '')
        if ord(char) < 0x80 or char in LETTERS_OF_THEIR_OWN or not name:
            continue
        if unicodedata.normalize('NFKD', char) != char or name.startswith('COMBINING'):
            continue
        for shape in SHAPES:
            found = re.fullmatch(shape, name)
            if found:
                table.setdefault(found.group(1).lower(), []).append(ord(char))
                break
    return table


def entity_lines():
    lines = {}
    for name, value in html.entities.html5.items():
        lines.setdefault('.'.join(base36(ord(c)) for c in value), []).append(name)
    return [f"{target} {','.join(sorted(names))}" for target, names in sorted(lines.items())]


def write_samples(icu, table):
    """Single code points and mixed strings with ICU's answer for each, drawn with a fixed seed."""
    draw = random.Random(39)
    sources = sorted(source for group in table.values() for source in group)
    plain = [c for c in range(0x20, 0x3000) if unicodedata.category(chr(c))[0] in 'LNPS']
    samples = [chr(c) for c in draw.sample(sources, 1500)]
    for _ in range(1500):
        length = draw.randint(2, 8)
        samples.append(''.join(chr(draw.choice(sources if draw.random() < 0.5 else plain)) for _ in range(length)))
    with open(os.path.join(CASES, 'skeletons.json'), 'w', encoding='ascii') as out:
        json.dump({'unicode': icu.unicode, 'samples': [[s, icu.skeleton(s)] for s in samples]}, out)
    print('skeletons.json', len(samples), 'samples')


def main():
    icu = Icu()
    print(f'ICU {icu.version}, Unicode {icu.unicode}; names from Unicode {unicodedata.unidata_version}')
    table = skeleton_table(icu)
    write_table(
        'skeletons.ts',
        'PACKED_SKELETONS',
        f'UTS #39 skeletons of single code points, Unicode {icu.unicode}: a skeleton and what it stands for.',
        packed(table),
    )
    write_table(
        'lookalikes.ts',
        'PACKED_LOOKALIKES',
        'Characters which their Unicode name calls a form of a Latin letter and UTS #39 leaves out.',
        packed(lookalike_table()),
    )
    write_table(
        'entities.ts',
        'PACKED_ENTITIES',
        "HTML's named character references: what each stands for, and its names.",
        entity_lines(),
    )
    write_samples(icu, table)


main()
