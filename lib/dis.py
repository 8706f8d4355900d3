"""Disassembly of Krait's code.

The interface is that of the standard library's `dis`; the instructions are Krait's own (see `opcode`). Offsets count two for each
instruction word, as `tb_lasti` and `co_positions()` do. An instruction's `arg` and `argval` are what CPython's mean where it has one such
operand: a name's index and the name, a constant's index and the constant, a jump's distance and its target, a local's number and name. Its
`argrepr` shows all operands: `x` a local or cell by its name, `t0` a temporary, `.name` a name, `#5` a plain number, `to 24` a target.
"""
import collections
import io
import sys
import types

import _opcode
from opcode import *
from opcode import __all__ as _opcode_all
from opcode import _table

__all__ = ["code_info", "dis", "disassemble", "distb", "disco", "findlinestarts", "findlabels", "show_code", "get_instructions",
           "Instruction", "Bytecode"] + _opcode_all

_have_code = (types.MethodType, types.FunctionType, types.CodeType, classmethod, staticmethod, type)
_UNIT = 2

COMPILER_FLAG_NAMES = {
    1: "OPTIMIZED",
    2: "NEWLOCALS",
    4: "VARARGS",
    8: "VARKEYWORDS",
    16: "NESTED",
    32: "GENERATOR",
    64: "NOFREE",
    128: "COROUTINE",
    256: "ITERABLE_COROUTINE",
    512: "ASYNC_GENERATOR",
    0x4000000: "HAS_DOCSTRING",
    0x8000000: "METHOD",
}

Positions = collections.namedtuple("Positions", ["lineno", "end_lineno", "col_offset", "end_col_offset"], defaults=[None] * 4)

_Instruction = collections.namedtuple(
    "_Instruction",
    ["opname", "opcode", "arg", "argval", "argrepr", "offset", "start_offset", "starts_line", "line_number", "label", "positions", "cache_info"],
    defaults=[None, None, None])


class Instruction(_Instruction):
    """One instruction of a code object."""

    @property
    def oparg(self):
        return self.arg

    @property
    def baseopcode(self):
        return self.opcode

    @property
    def baseopname(self):
        return self.opname

    @property
    def cache_offset(self):
        return self.end_offset

    @property
    def end_offset(self):
        words = self.offset // _UNIT + (2 if _table[self.opcode][2] != "-" else 1)
        return words * _UNIT

    @property
    def jump_target(self):
        return self.argval if self.opcode in hasjump else None

    @property
    def is_jump_target(self):
        return self.label is not None

    def __str__(self):
        out = io.StringIO()
        _Printer(out, line_width=3).line(self, False)
        return out.getvalue().rstrip("\n")


def pretty_flags(flags):
    """The names of a code object's flags."""
    names = [COMPILER_FLAG_NAMES.get(1 << bit, hex(1 << bit)) for bit in range(32) if flags & (1 << bit)]
    return ", ".join(names) or hex(flags)


def _try_compile(source, name):
    try:
        return compile(source, name, "eval")
    except SyntaxError:
        return compile(source, name, "exec")


def _code_of(x):
    """The code of a function, method, generator, class attribute, code object or source text."""
    for attribute in ("__func__", "__code__", "gi_code", "ag_code", "cr_code"):
        if hasattr(x, attribute):
            x = getattr(x, attribute)
    if isinstance(x, str):
        x = _try_compile(x, "<disassembly>")
    if isinstance(x, types.CodeType) or hasattr(x, "co_code"):
        return x
    raise TypeError("don't know how to disassemble %s objects" % type(x).__name__)


# --- Decoding ----------------------------------------------------------------------------------------------------------------------------
def _registers(code):
    """The names of the registers that have one: locals, then cells, then free variables."""
    return [*code.co_varnames, *(f"cell {name}" for name in code.co_cellvars), *(f"free {name}" for name in code.co_freevars)]


def _signed(value, bits):
    return value - (1 << bits) if value >> (bits - 1) else value


class _Decoder:
    """Turns the rows of _opcode.instructions into what an Instruction shows."""

    def __init__(self, code):
        self.code = code
        self.names = _registers(code)
        self.first_cell, self.first_free = len(code.co_varnames), len(code.co_varnames) + len(code.co_cellvars)

    def register(self, n):
        return self.names[n] if n < len(self.names) else f"t{n - len(self.names)}"

    def constant(self, index):
        return self.code.co_consts[index] if index < len(self.code.co_consts) else None

    def decode(self, row):
        """(arg, argval, argrepr) of an instruction."""
        word, op, a, b, c, bx, second = row
        name, operands, kind, _ = _table[op]
        arg = argval = None
        shown = []
        end = word + (1 if kind == "-" else 2)
        for letter, value in zip(operands, (a, b, c)):
            if letter in "drkuw":
                shown.append(self.register(value))
            elif letter == "n":
                shown.append(f"#{value}")
            elif letter == "i":
                shown.append(f"#{_signed(value, 8)}")
            elif letter == "c":
                arg, argval = value, self.constant(value)
                shown.append(repr(argval))
            elif letter == "K":
                arg = a | b << 8 if operands[0] == "K" else bx
                argval = self.constant(arg)
                shown.append(repr(argval))
            elif letter == "I":
                arg = argval = _signed(bx, 16)
                shown.append(repr(argval))
            elif letter in "JL":
                distance = _signed(bx, 16) if letter == "J" else _signed(a | b << 8 | c << 16, 24)
                arg, argval = abs(distance), (end + distance) * _UNIT
                shown.append(f"to {argval}")
        if kind == "s" and second is not None:
            arg, argval = second, self.code.co_names[second] if second < len(self.code.co_names) else None
            shown.append(f".{argval}")
        elif kind == "j":
            arg, argval = abs(second), (end + second) * _UNIT
            shown.append(f"to {argval}")
        elif kind == "k":
            arg, argval = second, self.constant(second)
            shown.append(repr(argval))
        elif kind == "x":
            shown.append(f"#{second}")
        if arg is None and op in hasfree:
            cell = b if name in ("LOAD_CELL", "MAKE_CELL") else c if name == "LOAD_DICT_OR_CELL" else a
            if self.first_cell <= cell < len(self.names):
                arg, argval = cell, [*self.code.co_varnames, *self.code.co_cellvars, *self.code.co_freevars][cell]
        if arg is None and name in ("CHECK_BOUND", "DELETE_LOCAL"):
            arg, argval = a, self.register(a)
        return arg, argval, ", ".join(shown)


def _line_of_words(code):
    """The line of each instruction word; None where there is none."""
    return [position[0] for position in code.co_positions()]


def _targets(rows, decoder):
    targets = set()
    for row in rows:
        if row[1] in _jumps:
            targets.add(decoder.decode(row)[1])
    return targets


_jumps = frozenset(hasjump)


def _resumed(rows):
    """The rows, in front of each its name. The first word stands for the call, on the line of the def, and never runs: it is shown as RESUME,
    behind what prepares the frame, where the body begins. Debuggers look for the line that follows it."""
    named = [(opname[row[1]], row) for row in rows]
    if len(named) > 1 and named[0][0] == "NOP":
        body = 1
        while named[body][0] in ("RETURN_GENERATOR", "MAKE_CELL"):
            body += 1
        named[:body] = [*named[1:body], ("RESUME", named[0][1])]
    return named


def _instructions(code, first_line=None):
    decoder = _Decoder(code)
    rows = _opcode.instructions(code)
    targets = _targets(rows, decoder)
    for start, end, handler, depth, register in _opcode.exceptions(code):
        targets.add(handler * _UNIT)
    labels = {target: number + 1 for number, target in enumerate(sorted(targets))}
    positions = [Positions(*p) for p in code.co_positions()]
    shift = 0 if first_line is None else first_line - code.co_firstlineno
    line = object()
    for name, row in _resumed(rows):
        word, op = row[0], row[1]
        at = positions[word] if word < len(positions) else Positions()
        number = None if at.lineno is None else at.lineno + shift
        starts = number != line
        line = number
        if shift and at.lineno is not None:
            at = at._replace(lineno=at.lineno + shift, end_lineno=None if at.end_lineno is None else at.end_lineno + shift)
        arg, argval, shown = decoder.decode(row)
        yield Instruction(name, op, arg, argval, shown, word * _UNIT, word * _UNIT, starts, number, labels.get(word * _UNIT), at, None)


def get_instructions(x, *, first_line=None, show_caches=None, adaptive=False):
    """Iterates over the instructions of a function, method, source text or code object."""
    return _instructions(_code_of(x), first_line)


def findlabels(code):
    """The offsets that are jumped to. Takes a code object; bytes alone do not say."""
    if not isinstance(code, types.CodeType):
        raise TypeError("Krait's findlabels() takes a code object")
    rows = _opcode.instructions(code)
    return sorted(_targets(rows, _Decoder(code)))


def findlinestarts(code):
    """Pairs of an offset and the line that starts there."""
    last = False
    for start, end, line in code.co_lines():
        if line is not last:
            last = line
            yield start, line


def _find_store_names(code):
    """The names that code stores into its namespace or the globals; what modulefinder asks."""
    seen = set()
    for instruction in _instructions(code):
        if instruction.opname in ("STORE_NAME", "STORE_GLOBAL") and instruction.argval not in seen:
            seen.add(instruction.argval)
            yield instruction.argval


def _find_imports(code):
    """(name, level, names or None) of each import statement; what modulefinder asks."""
    decoder = _Decoder(code)
    known = {}
    for row in _opcode.instructions(code):
        name = opname[row[1]]
        if name == "LOAD_CONST":
            known[row[2]] = decoder.constant(row[5])
        elif name == "LOAD_INT":
            known[row[2]] = _signed(row[5], 16)
        elif name == "LOAD_IMMEDIATE":
            known[row[2]] = None
        elif name == "IMPORT_NAME":
            yield decoder.decode(row)[1], known.get(row[3], 0), known.get(row[3] + 1)


# --- Printing ----------------------------------------------------------------------------------------------------------------------------
class _Printer:
    def __init__(self, file, line_width=0, show_offsets=False, show_positions=False):
        self.file, self.width, self.offsets, self.positions = file, line_width, show_offsets, show_positions

    def line(self, instruction, current):
        fields = []
        if self.positions:
            p = instruction.positions
            text = "" if p is None or p.lineno is None else f"{p.lineno}:{p.col_offset}-{p.end_lineno}:{p.end_col_offset}"
            fields.append(f"{text:<18}")
        elif self.width:
            line = instruction.line_number
            text = "" if not instruction.starts_line else "--" if line is None else str(line)
            fields.append(text.rjust(self.width))
        fields.append("-->" if current else "   ")
        fields.append(f"L{instruction.label}:".rjust(5) if instruction.label is not None else "     ")
        if self.offsets:
            fields.append(str(instruction.offset).rjust(5))
        fields.append(instruction.opname.ljust(20))
        fields.append(instruction.argrepr)
        print(" ".join(fields).rstrip(), file=self.file)


def _print(code, lasti, file, show_offsets=False, show_positions=False, first_line=None):
    instructions = list(_instructions(code, first_line))
    width = max([3, *(len(str(i.line_number)) for i in instructions)])
    printer = _Printer(file, width, show_offsets, show_positions)
    for n, instruction in enumerate(instructions):
        if n and instruction.starts_line:
            print(file=file)
        printer.line(instruction, instruction.offset <= lasti < instruction.end_offset)
    table = _opcode.exceptions(code)
    if table:
        labels = {i.offset: f"L{i.label}" for i in instructions if i.label is not None}
        print("ExceptionTable:", file=file)
        for start, end, handler, depth, register in table:
            print(f"  {start * _UNIT} to {end * _UNIT} -> {labels[handler * _UNIT]} [{depth}]", file=file)


def disassemble(co, lasti=-1, *, file=None, show_caches=False, adaptive=False, show_offsets=False, show_positions=False):
    """Prints the instructions of a code object, the one at lasti marked."""
    _print(_code_of(co), lasti, file, show_offsets, show_positions)


disco = disassemble


def _recursive(code, file, depth, show_offsets, show_positions):
    _print(code, -1, file, show_offsets, show_positions)
    if depth is None or depth > 0:
        for constant in code.co_consts:
            if isinstance(constant, types.CodeType):
                print(file=file)
                print(f"Disassembly of {constant!r}:", file=file)
                _recursive(constant, file, None if depth is None else depth - 1, show_offsets, show_positions)


def dis(x=None, *, file=None, depth=None, show_caches=False, adaptive=False, show_offsets=False, show_positions=False):
    """Disassembles a class, module, function, method, generator, code object or source text; without one, the last traceback."""
    if x is None:
        distb(file=file, show_offsets=show_offsets, show_positions=show_positions)
        return
    for attribute in ("__func__", "__code__", "gi_code", "ag_code", "cr_code"):
        if hasattr(x, attribute):
            x = getattr(x, attribute)
    if hasattr(x, "__dict__") and not isinstance(x, types.CodeType):
        for name, member in sorted(vars(x).items()):
            if isinstance(member, _have_code):
                print(f"Disassembly of {name}:", file=file)
                try:
                    dis(member, file=file, depth=depth, show_offsets=show_offsets, show_positions=show_positions)
                except TypeError as error:
                    print("Sorry:", error, file=file)
                print(file=file)
        return
    if isinstance(x, (bytes, bytearray)):
        raise TypeError("Krait's code is more than its bytes: give the code object")
    _recursive(_code_of(x), file, depth, show_offsets, show_positions)


def distb(tb=None, *, file=None, show_caches=False, adaptive=False, show_offsets=False, show_positions=False):
    """Disassembles the innermost frame of a traceback, by default the last one's."""
    if tb is None:
        try:
            tb = sys.last_exc.__traceback__ if hasattr(sys, "last_exc") else sys.last_traceback
        except AttributeError:
            raise RuntimeError("no last traceback to disassemble") from None
    while tb.tb_next:
        tb = tb.tb_next
    disassemble(tb.tb_frame.f_code, tb.tb_lasti, file=file, show_offsets=show_offsets, show_positions=show_positions)


def code_info(x):
    """What a code object says of itself, as text."""
    co = _code_of(x)
    lines = [
        f"Name:              {co.co_name}",
        f"Filename:          {co.co_filename}",
        f"Argument count:    {co.co_argcount}",
        f"Positional-only arguments: {co.co_posonlyargcount}",
        f"Kw-only arguments: {co.co_kwonlyargcount}",
        f"Number of locals:  {co.co_nlocals}",
        f"Stack size:        {co.co_stacksize}",
        f"Flags:             {pretty_flags(co.co_flags)}",
    ]
    for title, values, show in (("Constants", co.co_consts, repr), ("Names", co.co_names, str), ("Variable names", co.co_varnames, str),
                                ("Free variables", co.co_freevars, str), ("Cell variables", co.co_cellvars, str)):
        if values:
            lines.append(title + ":")
            lines += [f"{n:4d}: {show(value)}" for n, value in enumerate(values)]
    return "\n".join(lines)


def show_code(co, *, file=None):
    """Prints code_info(co)."""
    print(code_info(co), file=file)


class Bytecode:
    """The instructions of something that has code; iterating over it gives them."""

    def __init__(self, x, *, first_line=None, current_offset=None, show_caches=False, adaptive=False, show_offsets=False,
                 show_positions=False):
        self.codeobj = co = _code_of(x)
        self.first_line = co.co_firstlineno if first_line is None else first_line
        self.current_offset = current_offset
        self.show_offsets, self.show_positions = show_offsets, show_positions
        self._original_object = x
        self._first_line = first_line

    def __iter__(self):
        return _instructions(self.codeobj, self._first_line)

    def __repr__(self):
        return f"{type(self).__name__}({self._original_object!r})"

    @classmethod
    def from_traceback(cls, tb, *, show_caches=False, adaptive=False):
        """The code of a traceback's innermost frame, at the instruction it stands at."""
        while tb.tb_next:
            tb = tb.tb_next
        return cls(tb.tb_frame.f_code, current_offset=tb.tb_lasti)

    def info(self):
        """The code object's own account."""
        return code_info(self.codeobj)

    def dis(self):
        """The disassembly as text."""
        out = io.StringIO()
        _print(self.codeobj, -1 if self.current_offset is None else self.current_offset, out, self.show_offsets, self.show_positions,
               self._first_line)
        return out.getvalue()


def main(args=None):
    import argparse

    parser = argparse.ArgumentParser(color=True)
    parser.add_argument("-C", "--show-caches", action="store_true", help="accepted; caches are no instructions here")
    parser.add_argument("-O", "--show-offsets", action="store_true", help="show the offsets of instructions")
    parser.add_argument("-P", "--show-positions", action="store_true", help="show their positions in the source")
    parser.add_argument("-S", "--specialized", action="store_true", help="accepted; instructions are not rewritten here")
    parser.add_argument("infile", nargs="?", default="-", help="the program, - for standard input")
    args = parser.parse_args(args)
    if args.infile == "-":
        name, source = "<stdin>", sys.stdin.buffer.read()
    else:
        name = args.infile
        with open(name, "rb") as file:
            source = file.read()
    dis(compile(source, name, "exec"), show_offsets=args.show_offsets, show_positions=args.show_positions)


if __name__ == "__main__":
    main()
