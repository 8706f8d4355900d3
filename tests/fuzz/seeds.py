"""Writes the first inputs of a fuzzer's target:  seeds.py TARGET DIRECTORY

What a target is given first is made here, or (for `source`) taken from the tests at hand, so that no corpus is kept."""
import array
import base64
import bz2
import collections
import csv
import datetime
import fractions
import glob
import io
import json
import lzma
import marshal
import os
import pickle
import struct
import sys
import zipfile
import zlib

VALUES = [None, True, -1, 1 << 70, 1.5, float('inf'), 2j, 'text', 'sch\u00f6n \U0001f40d', b'bytes', bytearray(b'x' * 9), (1, (2,)), [1, [2, []]], {'a': {'b': 3}}, {1, 2},
          frozenset('ab'), range(3), datetime.datetime(2024, 2, 29, 1, 2, 3, 4, datetime.timezone.utc), fractions.Fraction(1, 3),
          collections.OrderedDict(a=1), collections.deque([1], 4), array.array('d', [1.0]), ValueError('x'), slice(1, None), int, len, 'x' * 300, ['x'] * 300]
TEXT = b'The quick brown fox jumps over the lazy dog. ' * 20
JSON = [{'a': [1, -2.5e-10, None, True, False], '\u00e4\U0001f40d"\\\n': {}}, [], 'x', 12345678901234567890, 1e308, [[[[]]]]]
PATTERNS = [rb'(a|b)*c', rb'(?P<n>\w+)\s*=\s*(?P=n)', rb'^\s*(?:[^"\\]|\\.)*$', rb'(?<=a)b(?!c)', rb'(?>a+)b', rb'a{2,3}?b*+', rb'(?i:[^\W\d_]+)', rb'((a)|b)(?(2)c|d)',
            rb'[\x00-\xff]\Z', rb'(?x) a # b', rb'\bfoo\B', '[\u00e0-\U00010000]+'.encode()]
DATES = ['2024-02-29', '2024-W09-4', '20240229T235959.999999+05:30', '23:59:59,123Z', '%Y-%m-%d %H:%M:%S.%f%z|2024-02-29 01:02:03.5+0100', '%j %U %a %p %Z %%|060']
NUMBERS = ['0x1.8p3', '1e-400', '1_000', ' 12 ', '-inf', 'nan', '1+2j', '0b101', '{0!r:>{1}} {a:+,.3e}', '%5.2f %-10s %x', '>+#020,.5g', '\u0661\u0662']
DECIMALS = ['1.5|-2e10', '1E+999999|sNaN123', '-0|Infinity', '0.1|.3', '123456789012345678901234567890|1E-30', '3.14159|>20,.4f']
XML = [b'<a b="c">text<!-- c --><?pi x?><![CDATA[d]]>&amp;&#65;</a>', b'<?xml version="1.0" encoding="utf-16"?><a/>',
       b'<!DOCTYPE a [<!ENTITY e "x"><!ELEMENT a (b*)><!ATTLIST a c CDATA "d"><!NOTATION n SYSTEM "s">]><a>&e;</a>', b'<x:a xmlns:x="u"><x:b/></x:a>']


def source():
    for pattern in ('tests/lang/*.py', 'tests/types/*.py', 'build/lib/python3.14/test/test_*.py'):
        for name in glob.glob(pattern):
            if os.path.getsize(name) < 16384:
                with open(name, 'rb') as f:
                    text = f.read()
                yield b'\0' + text
                yield b'\x44' + text[:2000]
    for options in range(0, 256, 5):
        yield bytes([options]) + b'lambda x, /, *y: f"{x!r:>{y}}" if t"{x=}" else [*y, (z := 1)]\n'


def literal():
    return [repr(v).encode() for v in VALUES]


def marshal_seeds():
    for v in VALUES:
        try:
            yield marshal.dumps(v)
        except ValueError:
            pass
    for text in ('lambda a, *b: [a for a in b]', '(yield)', 'f"{x!r:>5}"'):
        yield marshal.dumps(compile('def f(x):\n  try: return ' + text + '\n  except ValueError as e: pass\nclass A: y = 1', 's', 'exec'))


def pyc_seeds():
    import importlib.util
    code = marshal.dumps(compile('def f(x, *y):\n  return [x for x in y]\n', 's', 'exec'))
    for flags in (0, 1, 3):
        yield importlib.util.MAGIC_NUMBER + struct.pack('<III', flags, 0, 0) + code


def zone_seeds():
    """Files of two versions: hand-made changes of the clock, leap seconds, and a rule for the time after them."""
    for rule in (b'EST5EDT,M3.2.0,M11.1.0', b'<+0330>-3:30', b'IST-1GMT0,M10.5.0,M3.5.0/1', b'AEST-10AEDT,J60/2,300/-3', b''):
        out = b''
        for version, letter in ((1, 'i'), (2, 'q')):
            times, kinds, names = (-1000000, 0, 1500000000), (0, 1, 0), b'LMT\0EST\0EDT\0'
            out += struct.pack('>4sc15x6l', b'TZif', b'2', 0, 0, 1, len(times), 2, len(names))
            out += struct.pack(f'>3{letter}3B', *times, *kinds) + struct.pack('>lbB', -18000, 0, 4) + struct.pack('>lbB', -14400, 1, 8) + names
            out += struct.pack(f'>{letter}l', 1000, 1)
        yield out + b'\n' + rule + b'\n'


def pickle_seeds():
    for protocol in range(6):
        for v in VALUES:
            try:
                yield pickle.dumps(v, protocol)
            except TypeError:
                pass


def struct_seeds():
    for form in ('<bBhHiIqQ', '>efd?c4s', '@nNPl', '=3x5p', '!2h', '0s', 'B'):
        yield form.encode() + b'|' + bytes(range(struct.calcsize(form)))


def regex():
    for flags in (0, 1, 4, 8, 128, 129, 136):
        for p in PATTERNS:
            yield bytes([flags, len(p)]) + p + b'aabc foo = foo "x\\"y" aab ccd'


def csv_seeds():
    out = io.StringIO()
    csv.writer(out).writerows([['a', 'b "c"', 'd\ne'], [1, 2.5, None]])
    for options in (1, 3, 5, 7, 13, 33, 65, 99, 129):
        yield bytes([options]) + b'",\\' + out.getvalue().encode()


def zip_seeds():
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        out = io.BytesIO()
        with zipfile.ZipFile(out, 'w', method) as z:
            z.writestr('a.py', 'x = 1\n' * 20)
            z.writestr('p/__init__.py', 'import a')
            z.comment = b'comment'
        yield out.getvalue()


def zstd_seeds():
    from compression import zstd
    return [zstd.compress(TEXT), zstd.compress(b'', 19), zstd.compress(TEXT, options={zstd.CompressionParameter.checksum_flag: 1})]


def text_codecs():
    for n in range(256):
        yield bytes([n]) + 'a\u00e9\u20ac\U0001f40d'.encode(('utf-8', 'utf-16', 'utf-32', 'utf-7')[n % 4])
    yield b'\x08\\x41\\u1234\\N{BULLET}\\U0001f40d\\777'


SEEDS = {
    'source': source, 'literal': literal, 'marshal': marshal_seeds, 'pickle': pickle_seeds, 'struct': struct_seeds, 'regex': regex,
    'json': lambda: [json.dumps(v).encode() for v in JSON], 'csv': csv_seeds, 'dates': lambda: [s.encode() for s in DATES],
    'numbers': lambda: [s.encode() for s in NUMBERS], 'decimals': lambda: [s.encode() for s in DECIMALS],
    'zlib': lambda: [zlib.compress(TEXT), zlib.compress(TEXT, wbits=31), zlib.compress(b'', wbits=-15)],
    'bz2': lambda: [bz2.compress(TEXT), bz2.compress(b'') * 2],
    'lzma': lambda: [lzma.compress(TEXT), lzma.compress(TEXT, lzma.FORMAT_ALONE), lzma.compress(b'')],
    'pyc': pyc_seeds, 'zoneinfo': zone_seeds, 'zstd': zstd_seeds, 'zip': zip_seeds, 'expat': lambda: XML, 'text_codecs': text_codecs,
    'binary_codecs': lambda: [base64.b64encode(TEXT[:40]), base64.b85encode(TEXT[:40]), base64.a85encode(TEXT[:40], adobe=True), TEXT[:30].hex().encode(), b'=41=\n=C3 x'],
}

if __name__ == '__main__':
    target, directory = sys.argv[1:]
    for i, seed in enumerate(SEEDS[target]()):
        with open(f'{directory}/{i:04}', 'wb') as f:
            f.write(seed)
