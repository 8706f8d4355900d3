"""Krait's instructions, by the names that the standard library's `opcode` gives such tables.

The numbers are indices into one table (`_opcode.table()`). Where an instruction means what CPython's of the same name means
(LOAD_GLOBAL, STORE_GLOBAL, DELETE_GLOBAL, LOAD_ATTR, IMPORT_NAME, ...) programs that look for it by name find it. Operands are registers:
there is no stack, and an instruction has up to three of them.
"""
import _opcode
from _opcode import stack_effect

__all__ = ["cmp_op", "stack_effect", "hascompare", "opname", "opmap", "HAVE_ARGUMENT", "EXTENDED_ARG", "hasarg", "hasconst", "hasname",
           "hasjump", "hasjrel", "hasjabs", "hasfree", "haslocal", "hasexc"]

_table = _opcode.table()
opname = [row[0] for row in _table]
opmap = {name: number for number, name in enumerate(opname)}
# Tools that follow a program's control flow (coverage) look for these by name. YIELD_FROM is SEND's name of before Python 3.11.
opmap |= {"RETURN_VALUE": opmap["RETURN"], "YIELD_VALUE": opmap["YIELD"], "YIELD_FROM": opmap["SEND"], "JUMP_FORWARD": opmap["JUMP"],
          "JUMP_BACKWARD": opmap["LOOP"], "EXTENDED_ARG": opmap["WIDE"]}

HAVE_ARGUMENT = 0
EXTENDED_ARG = opmap["EXTENDED_ARG"]

cmp_op = ("<", "<=", "==", "!=", ">", ">=")
hascompare = [opmap[name] for name in ("LT", "LE", "EQ", "NE", "GT", "GE")]
hasarg = [number for number in range(len(opname)) if _opcode.has_arg(number)]
hasconst = [number for number in range(len(opname)) if _opcode.has_const(number)]
hasname = [number for number in range(len(opname)) if _opcode.has_name(number)]
hasjump = [number for number in range(len(opname)) if _opcode.has_jump(number)]
hasjrel = hasjump
hasjabs = []
hasfree = [number for number in range(len(opname)) if _opcode.has_free(number)]
haslocal = [number for number in range(len(opname)) if _opcode.has_local(number)]
hasexc = []

_inline_cache_entries = {}
_specializations = {}
_specialized_opmap = {}
