#!/usr/bin/env python3
"""Writes test/cases/content/harmless.json: short harmless texts in many languages, from Debian's own data.

    apt-get download iso-codes miscfiles appstream   # unpacked with dpkg -x into FOLDER
    python3 dev/content-tables/collect-harmless.py FOLDER COMPONENTS.yml.gz

COMPONENTS is a suite's AppStream catalogue (main/dep11/Components-amd64.yml.gz), whose descriptions come in many languages
and are published under permissive metadata licences. What holds one of the terms as a whole word is left out: finding it
there would be right. Needs python3-yaml.
"""
import gettext
import gzip
import json
import os
import random
import re
import sys
import unicodedata

import yaml

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
CASES = os.path.join(ROOT, 'test', 'cases', 'content')
PER_LANGUAGE = 48
LONGEST = 220


def terms():
    with open(os.path.join(CASES, 'terms.json'), encoding='utf-8') as source:
        lists = json.load(source)
    return lists['evaded'] + lists['watched']


def plain(term):
    spaced = r'\s+'.join(re.escape(part) for part in term.split())
    return spaced if re.search('[\u0e00-\u0eff\u3000-\u9fff\uac00-\ud7a3]', term) else rf'(?<!\w){spaced}(?!\w)'


def descriptions(path):
    """One language after the other, so that no language outweighs the others."""
    found = {}
    for component in yaml.load_all(gzip.open(path, 'rt', encoding='utf-8'), Loader=yaml.CSafeLoader):
        for field in ('Summary', 'Description'):
            for language, text in (component.get(field) or {}).items():
                if isinstance(text, str) and 30 <= len(text):
                    found.setdefault(language, []).append(re.sub(r'\s+', ' ', text)[:LONGEST].strip())
    return found


def names(folder):
    """Names of countries, eight in a row, in every language that iso-codes has been translated to."""
    locales = os.path.join(folder, 'usr', 'share', 'locale')
    for language in sorted(os.listdir(locales)):
        path = os.path.join(locales, language, 'LC_MESSAGES', 'iso_3166-1.mo')
        if not os.path.exists(path):
            continue
        with open(path, 'rb') as catalogue:
            messages = sorted(v for k, v in gettext.GNUTranslations(catalogue)._catalog.items() if k and isinstance(v, str))
        for start in range(0, min(len(messages), 40), 8):
            yield language, ', '.join(messages[start:start + 8])[:LONGEST]


def words(folder, watched, draw):
    """English words that have a term inside."""
    path = os.path.join(folder, 'usr', 'share', 'dict', 'web2')
    with open(path, encoding='latin-1') as source:
        inside = [w for w in source.read().split() if any(t in w.lower() and t != w.lower() for t in watched)]
    draw.shuffle(inside)
    for start in range(0, 3600, 6):
        yield 'Words: ' + ' '.join(inside[start:start + 6]) + '.'


def main():
    folder, components = sys.argv[1:3]
    draw = random.Random(5000)
    watched = [t.lower() for t in terms()]
    holds = re.compile('|'.join(plain(unicodedata.normalize('NFKC', t)) for t in watched), re.IGNORECASE)
    texts = []
    for language, found in sorted(descriptions(components).items()):
        unique = sorted(set(found))
        draw.shuffle(unique)
        texts += [[f'description {language}', text] for text in unique[:PER_LANGUAGE]]
    texts += [[f'names {language}', text] for language, text in names(folder)]
    texts += [['words', text] for text in words(folder, watched, draw)]
    kept = [[source, text] for source, text in texts if not holds.search(unicodedata.normalize('NFKC', text))]
    with open(os.path.join(CASES, 'harmless.json'), 'w', encoding='utf-8') as out:
        out.write('[\n' + ',\n'.join(json.dumps(entry, ensure_ascii=False) for entry in kept) + '\n]\n')
    print(len(kept), 'of', len(texts), 'kept')


main()
