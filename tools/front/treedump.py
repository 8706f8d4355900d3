"""Prints syntax trees of Python's own parser as astdump does (see there).

    treedump.py FILE...        one tree a file
    treedump.py -s             checksum and length, for files named on standard input
"""
import ast
import struct
import sys
import warnings
import zlib

warnings.simplefilter('ignore')
sys.setrecursionlimit(100000)


def constant(value):
    if isinstance(value, str):
        return b"'" + value.encode('utf-8', 'surrogatepass') + b"'"
    if isinstance(value, bytes):
        return b"b'" + value + b"'"
    if isinstance(value, bool) or value is None or value is ...:
        return str(value).encode()
    if isinstance(value, int):
        if value < 2**63:
            return b'%d' % value
        return b'I%d' % (value % 1000000007)
    if isinstance(value, complex):
        return b'J' + struct.pack('>d', value.imag).hex().encode()
    return b'F' + struct.pack('>d', value).hex().encode()


def item(value):
    if isinstance(value, ast.AST):
        return dump(value)
    if isinstance(value, str):
        return value.encode('utf-8', 'surrogatepass')
    return str(value).encode()


def dump(node):
    name = type(node).__name__.encode()
    if not node._fields and not node._attributes:
        return name
    parts = []
    for field in node._fields:
        value = getattr(node, field, None)
        if isinstance(value, list):
            text = b'[' + b','.join([item(v) for v in value]) + b']'
        elif field == 'value' and name in (b'Constant', b'MatchSingleton') or field == 'str':
            text = constant(value)
        else:
            text = item(value)
        parts.append(field.encode() + b'=' + text)
    text = name + b'(' + b','.join(parts) + b')'
    if 'lineno' in node._attributes:
        text += b'@%d,%d,%d,%d' % (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)
    return text


def dump_file(path):
    with open(path, 'rb') as file:
        return dump(ast.parse(file.read()))


if sys.argv[1:] == ['-s']:
    for line in sys.stdin:
        path = line.rstrip('\n')
        try:
            text = dump_file(path)
        except (SyntaxError, ValueError) as e:
            print(f'{path}\t{type(e).__name__}: {e}')
        else:
            print(f'{path}\t{zlib.crc32(text):08x}\t{len(text)}')
        sys.stdout.flush()
else:
    for path in sys.argv[1:]:
        sys.stdout.buffer.write(dump_file(path) + b'\n')
