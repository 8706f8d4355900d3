"""The fuzzer's targets: a function fuzz_NAME each, which gets the bytes and raises what it likes. See module.c; seeds.py makes their first inputs."""
import ast
import base64
import binascii
import bz2
import codecs
import csv
import datetime
import gzip
import importlib.machinery
import io
import json
import lzma
import marshal
import pickle
import re
import signal
import struct
import sys
import tokenize
import types
import zipimport
import zlib
import zoneinfo

sys.setrecursionlimit(300)


class TooLong(BaseException):
    """The input asks for more processor time than a fuzzer has."""


def stop(number, frame):
    raise TooLong


signal.signal(signal.SIGVTALRM, stop)


def timed(function):
    """Regular expressions and programs may run for ever; the timer counts processor time."""
    def run(data):
        signal.setitimer(signal.ITIMER_VIRTUAL, 2)
        try:
            return function(data)
        except TooLong:
            return None
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return run


def attempt(function, *args, **kwargs):
    """The result; None for any exception but the interpreter's own."""
    try:
        return function(*args, **kwargs)
    except SystemError:
        raise
    except Exception:
        return None


def asks_for_much(text):
    """Whether a format has a number that would make its result large: that is as large in CPython."""
    return re.search(r'\d{7}', text) is not None


# --- Source ------------------------------------------------------------------------------------------------------------------------------
FLAGS = [0, ast.PyCF_ONLY_AST, ast.PyCF_ONLY_AST | ast.PyCF_TYPE_COMMENTS, ast.PyCF_OPTIMIZED_AST, ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, 0x4200, 0x200, 0x1000000]


def fuzz_source(data):
    """The front end: the first byte chooses mode and flags, the rest is the text, in any encoding."""
    if not data:
        return
    options, text = data[0], data[1:]
    mode = ('exec', 'eval', 'single', 'exec')[options & 3]
    result = attempt(compile, text, '<fuzz>', mode, FLAGS[options >> 2 & 7], True, options >> 6 & 2)
    if options & 64:
        for _ in tokens(text, bool(options & 32)):
            pass
    if isinstance(result, types.CodeType):
        lines(result)
        marshal.loads(marshal.dumps(result))
    elif isinstance(result, ast.AST):
        attempt(ast.unparse, result)
        attempt(ast.dump, result)
        if not isinstance(result, ast.FunctionType):
            attempt(compile, result, '<fuzz>', mode)


def tokens(text, extra):
    try:
        yield from tokenize.generate_tokens(io.StringIO(text.decode('utf-8', 'replace')).readline) if extra else tokenize.tokenize(io.BytesIO(text).readline)
    except (tokenize.TokenError, SyntaxError, ValueError):
        pass


def lines(code):
    list(code.co_positions())
    list(code.co_lines())
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            lines(constant)


def fuzz_literal(data):
    attempt(ast.literal_eval, data.decode('utf-8', 'replace'))


# --- Data of Python's own ----------------------------------------------------------------------------------------------------------------
def fuzz_marshal(data):
    v = attempt(marshal.loads, data)
    attempt(marshal.dumps, v)
    if isinstance(v, types.CodeType):
        attempt(lines, v)


class CodeOfBytes(importlib.machinery.SourcelessFileLoader):
    """Finds the bytes in every file."""
    def __init__(self, data):
        super().__init__('fuzz', 'fuzz.pyc')
        self.data = data

    def get_data(self, path):
        return self.data


class CachedBytes(importlib.machinery.SourceFileLoader):
    """Finds the bytes in the cache of an empty source."""
    def __init__(self, data):
        super().__init__('fuzz', 'fuzz.py')
        self.data = data

    def get_data(self, path):
        return self.data if path.endswith('.pyc') else b''

    def path_stats(self, path):
        return {'mtime': 0, 'size': 0}

    def set_data(self, path, data, *, _mode=0):
        pass


def fuzz_pyc(data):
    """The header and the code of a .pyc; what is read is not run."""
    for loader in (CodeOfBytes(data), CachedBytes(data)):
        code = attempt(loader.get_code, 'fuzz')
        if code is not None:
            lines(code)


class Safe(pickle.Unpickler):
    """Finds only what cannot do anything to the machine."""
    def find_class(self, module, name):
        if module in ('collections', 'datetime', 'fractions', 'copyreg', 'types', 'array', 'itertools', 'functools', 'decimal', 'operator'):
            return super().find_class(module, name)
        if module == 'builtins' and name not in ('exec', 'eval', 'open', 'input', 'breakpoint', '__import__', 'exit', 'quit', 'help', 'compile', 'print'):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(name)

    def persistent_load(self, v):
        return v


@timed
def fuzz_pickle(data):
    v = attempt(Safe(io.BytesIO(data), buffers=[b'abc', bytearray(b'def')]).load)
    if v is not None:
        attempt(pickle.dumps, v, 2 + len(data) % 4)


def fuzz_struct(data):
    form, _, rest = data.partition(b'|')
    form = form.decode('latin-1')
    size = attempt(struct.calcsize, form)
    v = attempt(struct.unpack, form, rest)
    attempt(struct.unpack_from, form, rest, len(form))
    if v is not None:
        attempt(struct.pack, form, *v)
    if size is not None and size < 1 << 16:
        attempt(lambda: list(struct.iter_unpack(form, rest[:len(rest) // max(size, 1) * size])))
        attempt(struct.pack_into, form, bytearray(size), 0, *(rest[:size]))
    attempt(lambda: memoryview(rest).cast(form).tolist())


# --- Text formats ------------------------------------------------------------------------------------------------------------------------
@timed
def fuzz_regex(data):
    """Flags, a length, a pattern of that length, a subject."""
    if len(data) < 2:
        return
    flags, n = data[0], data[1]
    pattern, subject = data[2:2 + n], data[2 + n:]
    flags = (flags & 0b01111011) * 2
    if data[0] & 128:
        pattern, subject = pattern.decode('utf-8', 'replace'), subject.decode('utf-8', 'replace')
    else:
        flags &= ~re.UNICODE
    p = attempt(re.compile, pattern, flags & ~re.DEBUG)
    re.purge()
    if p is None:
        return
    for method in (p.match, p.search, p.fullmatch, p.findall, p.split):
        attempt(method, subject)
    attempt(p.sub, subject[:10], subject)
    m = attempt(p.search, subject, 1, 20)
    if m:
        m.groups(), m.groupdict(), m.span(), m.lastgroup, m.regs
        attempt(m.expand, subject)


def fuzz_json(data):
    text = data.decode('utf-8', 'surrogatepass' if len(data) % 2 else 'replace')
    v = attempt(json.loads, text)
    attempt(json.loads, data)
    attempt(json.loads, text, object_pairs_hook=list, parse_float=str, strict=False)
    if v is not None:
        attempt(json.dumps, v, indent=len(data) % 3, sort_keys=True, ensure_ascii=bool(len(data) % 2))


def fuzz_csv(data):
    if len(data) < 5:
        return
    options, quote, delimiter, escape = data[0], chr(data[1]), chr(data[2]), chr(data[3])
    given = dict(delimiter=delimiter, quotechar=quote if options & 1 else None, escapechar=escape if options & 2 else None,
                 doublequote=bool(options & 4), skipinitialspace=bool(options & 8), strict=bool(options & 16), quoting=options >> 5 & 7)
    text = data[4:].decode('utf-8', 'replace')
    rows = attempt(lambda: list(csv.reader(io.StringIO(text, newline=''), **given)))
    if rows is not None:
        attempt(lambda: csv.writer(io.StringIO(), **given).writerows(rows))
    attempt(lambda: list(csv.reader(text.splitlines(True))))


def fuzz_dates(data):
    text = data.decode('utf-8', 'replace')
    for kind in (datetime.date, datetime.time, datetime.datetime):
        attempt(kind.fromisoformat, text)
        attempt(kind, data)
    form, _, rest = text.partition('|')
    v = datetime.datetime(2024, 2, 29, 23, 59, 59, 999999, datetime.timezone(datetime.timedelta(0, 1, 1)))
    attempt(v.strftime, form)
    attempt(v.__format__, form)
    attempt(datetime.datetime.strptime, rest, form)


MOMENTS = [datetime.datetime(year, month, 5, 1, 30, fold=month % 2) for year in (1, 1900, 1969, 2024, 2037, 2038, 9999) for month in (1, 6, 12)]


def fuzz_zoneinfo(data):
    """A TZif file."""
    zone = attempt(zoneinfo.ZoneInfo.from_file, io.BytesIO(data), key='fuzz')
    if zone is None:
        return
    for moment in MOMENTS:
        moment = moment.replace(tzinfo=zone)
        for method in (moment.utcoffset, moment.dst, moment.tzname):
            attempt(method)
        attempt(zone.fromutc, moment)


@timed
def fuzz_numbers(data):
    text = data.decode('utf-8', 'replace')
    for kind in (int, float, complex, float.fromhex):
        attempt(kind, text)
    attempt(int, text, 2 + len(text) % 35)
    if asks_for_much(text):
        return
    v = attempt(float, text) or 1.5
    attempt(format, v, text)
    attempt(format, len(text), text)
    attempt(format, text, text)
    attempt(text.format, 1, v, text, a=v)
    attempt(lambda: text % (1, v, text, v, 'x'))
    attempt(lambda: data % (1, v, data, v, b'x'))


@timed
def fuzz_decimals(data):
    import decimal
    text = data.decode('utf-8', 'replace')
    left, _, right = text.partition('|')
    with decimal.localcontext() as context:
        context.prec = 1 + len(text) % 40
        a, b = attempt(decimal.Decimal, left), attempt(decimal.Decimal, right)
        if a is None:
            return
        if not asks_for_much(right) and abs(a.adjusted()) < 10 ** 7:
            attempt(format, a, right)
        str(a), a.as_tuple(), attempt(hash, a)
        attempt(float, a)
        if b is not None:
            for name in ('__add__', '__sub__', '__mul__', '__truediv__', '__mod__', '__floordiv__', 'compare', 'quantize', '__lt__', 'fma'):
                attempt(getattr(a, name), *((b, a) if name == 'fma' else (b,)))
        for name in ('sqrt', 'ln', 'exp', 'log10', 'normalize', 'next_plus', 'to_integral_value', 'logb'):
            attempt(getattr(a, name))


# --- Streams -----------------------------------------------------------------------------------------------------------------------------
def stream(make):
    def run(data):
        d = make()
        attempt(d.decompress, data, 1 << 16)
        for _ in range(8):
            if d.eof or attempt(d.decompress, b'', 1 << 16) is None:
                break
        d = make()
        for i in range(0, len(data), 7):
            if attempt(d.decompress, data[i:i + 7], 100) is None:
                break
    return run


def fuzz_zlib(data):
    for bits in (15, -15, 31, 47):
        d = zlib.decompressobj(bits, data[:5]) if bits == 15 else zlib.decompressobj(bits)
        attempt(d.decompress, data, 1 << 16)
        attempt(d.copy)
        attempt(d.flush, 100)
    stream(zlib._ZlibDecompressor)(data)
    attempt(zlib.decompress, data[:2000])
    attempt(gzip.decompress, data[:2000])


fuzz_bz2 = stream(bz2.BZ2Decompressor)
fuzz_lzma = stream(lambda: lzma.LZMADecompressor(memlimit=1 << 24))


def fuzz_zstd(data):
    from compression import zstd
    stream(zstd.ZstdDecompressor)(data)
    attempt(zstd.get_frame_info, data)
    attempt(zstd.ZstdDict, data)


def fuzz_zip(data):
    """zipimport and zipfile on the bytes as an archive."""
    import os
    import zipfile
    name = f'{os.environ.get("TMPDIR", "/tmp")}/krait-fuzz-{os.getpid()}.zip'
    with open(name, 'wb') as f:
        f.write(data)
    zipimport._zip_directory_cache.clear()
    try:
        importer = zipimport.zipimporter(name)
        for entry in list(importer._get_files())[:5]:
            attempt(importer.get_data, entry)
            attempt(importer.get_code, entry.removesuffix('.py'))
    except (ImportError, OSError, ValueError, EOFError, OverflowError, UnicodeError):
        pass
    attempt(lambda: zipfile.ZipFile(io.BytesIO(data)).testzip() if len(data) < 4000 else None)
    os.unlink(name)


def fuzz_expat(data):
    from xml.parsers import expat as parsers
    p = parsers.ParserCreate(namespace_separator=' ' if len(data) % 2 else None)
    seen = []
    for name in ('StartElementHandler', 'EndElementHandler', 'CharacterDataHandler', 'ProcessingInstructionHandler', 'CommentHandler',
                 'StartDoctypeDeclHandler', 'ElementDeclHandler', 'AttlistDeclHandler', 'EntityDeclHandler', 'NotationDeclHandler', 'DefaultHandler'):
        setattr(p, name, lambda *a: seen.append(len(a)))
    attempt(p.Parse, data[:len(data) // 2], False)
    attempt(p.Parse, data[len(data) // 2:], True)
    from xml.etree import ElementTree
    pull = ElementTree.XMLPullParser(('start', 'end', 'start-ns', 'end-ns', 'comment', 'pi'))
    for i in range(0, len(data), 5):
        if attempt(lambda: pull.feed(data[i:i + 5]) or list(pull.read_events())) is None:
            break
    attempt(pull.close)
    tree = attempt(ElementTree.fromstring, data)
    if tree is not None:
        attempt(ElementTree.tostring, tree)


# --- Codecs ------------------------------------------------------------------------------------------------------------------------------
CODECS = ['utf-8', 'utf-16', 'utf-16-le', 'utf-32', 'utf-32-be', 'utf-7', 'ascii', 'latin-1', 'unicode_escape', 'raw_unicode_escape', 'idna', 'punycode',
          'charmap', 'cp1252', 'utf-8-sig', 'koi8-r']
ERRORS = ['strict', 'ignore', 'replace', 'backslashreplace', 'surrogateescape', 'surrogatepass', 'xmlcharrefreplace', 'namereplace']


def fuzz_text_codecs(data):
    if not data:
        return
    codec, errors, data = CODECS[data[0] & 15], ERRORS[data[0] >> 4 & 7], data[1:]
    text = attempt(data.decode, codec, errors)
    if text is not None:
        attempt(text.encode, codec, errors)
    decoder = attempt(lambda: codecs.getincrementaldecoder(codec)(errors))
    if decoder is not None:
        for i in range(0, len(data), 3):
            if attempt(decoder.decode, data[i:i + 3], i + 3 >= len(data)) is None:
                break
    attempt(codecs.escape_decode, data)


def fuzz_binary_codecs(data):
    for function in (base64.b64decode, base64.b32decode, base64.b85decode, base64.a85decode, base64.b16decode, base64.z85decode,
                     base64.urlsafe_b64decode, binascii.a2b_hex, binascii.a2b_uu, binascii.a2b_qp, bytes.fromhex, binascii.crc32,
                     binascii.b2a_qp, base64.b85encode, base64.a85encode, base64.b32encode):
        attempt(function, data)
    attempt(base64.a85decode, data, adobe=True)
    attempt(base64.b64decode, data, validate=True)
    attempt(binascii.a2b_base64, data, strict_mode=True)
    attempt(bytes.fromhex, data.decode('latin-1'))
