"""Writes src/base/unicode_tables.c from what a real CPython 3.14 knows of Unicode.

    python3.14 tools/make_unicode.py > src/base/unicode_tables.c

Every table is described where it is declared, in src/base/unicode_tables.h. The script asks only public functions,
except for the names' aliases and sequences, which CPython lists nowhere: those come out of its name table's C door."""

import _sre
import ctypes
import sys
import unicodedata
from collections import Counter

OLD = unicodedata.ucd_3_2_0
LIMIT = 0x110000
CHARS = [chr(c) for c in range(LIMIT)]
BLOCK = 128

CATEGORIES = "Cn Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Cs Co".split()
BIDI = ["", *"L R AL EN ES ET AN CS NSM BN B S WS ON LRE LRO RLE RLO PDF LRI RLI FSI PDI".split()]
WIDTHS = "N F H W Na A".split()
TAGS = ["", *"font noBreak initial medial final isolated circle super sub vertical wide narrow small square fraction compat".split()]
FLAGS = {name: 1 << i for i, name in enumerate(
    "ALPHA DECIMAL DIGIT NUMERIC SPACE PRINTABLE UPPER LOWER TITLE XID_START XID_CONTINUE LINEBREAK CASED "
    "CASE_IGNORABLE SPECIAL_CASE".split())}

out = sys.stdout


def array(ctype, name, values):
    """An array of numbers, as narrow text as may be."""
    out.write(f"\nconst {ctype} {name}[{len(values)}] = {{\n")
    line = ""
    for v in values:
        item = f"{v},"
        if len(line) + len(item) > 140:
            out.write(line + "\n")
            line = ""
        line += item
    out.write(line + "\n};\n")


def text(name, data):
    """An array of bytes as a string literal; a NUL stands behind it."""
    out.write(f"\nconst uint8_t {name}[{len(data) + 1}] =\n")
    line = ""
    for i, b in enumerate(data):
        following = data[i + 1] if i + 1 < len(data) else 0
        if 32 <= b < 127 and chr(b) not in '"\\?':
            line += chr(b)
        else:
            line += f"\\{b:03o}" if 48 <= following <= 57 else f"\\{b:o}"
        if len(line) > 140 or i == len(data) - 1:
            out.write(f'    "{line}"\n')
            line = ""
    out.write("    ;\n")


def stages(name, values):
    """Splits one value per code point into a table of block numbers and a table of blocks."""
    blocks, first = {}, []
    for start in range(0, LIMIT, BLOCK):
        block = tuple(values[start:start + BLOCK])
        first.append(blocks.setdefault(block, len(blocks)))
    second = [v for block in blocks for v in block]
    array("uint8_t" if len(blocks) <= 256 else "uint16_t", f"{name}_stage1", first)
    array("uint8_t" if max(second) < 256 else "uint16_t", f"{name}_stage2", second)


def interned(rows, first):
    """Numbers the distinct rows in order of appearance, `first` being number 0."""
    numbers = {first: 0}
    return [numbers.setdefault(row, len(numbers)) for row in rows], list(numbers)


# --- Types and cases -------------------------------------------------------------------------------------------------------

def type_tables():
    special = []
    rows = []
    for c, ch in enumerate(CHARS):
        ignorable = ("A" + ch + "\u03a3").lower()[-1] == "\u03c2" and (ch + "\u03a3").lower()[-1] == "\u03c3"
        flags = sum(FLAGS[name] for name, on in {
            "ALPHA": ch.isalpha(), "DECIMAL": ch.isdecimal(), "DIGIT": ch.isdigit(), "NUMERIC": ch.isnumeric(),
            "SPACE": ch.isspace(), "PRINTABLE": ch.isprintable(), "UPPER": ch.isupper(), "LOWER": ch.islower(),
            "TITLE": ch.istitle() and not ch.isupper(), "XID_START": ch.isidentifier(),
            "XID_CONTINUE": ("a" + ch).isidentifier(), "LINEBREAK": len(("a" + ch + "b").splitlines()) == 2,
            "CASED": (ch + "a").title()[-1] == "a", "CASE_IGNORABLE": ignorable}.items() if on)
        full = ch.lower(), ch.upper(), ch.title(), ch.casefold()
        # Where the full mapping is longer, CPython's simple one is its first character.
        lower, upper, title, fold = (ord(mapped[0]) for mapped in full)
        assert lower == _sre.unicode_tolower(c)
        assert _sre.unicode_iscased(c) == (lower != c or upper != c), hex(c)
        if max(map(len, full)) > 1:
            flags |= FLAGS["SPECIAL_CASE"]
            special.append((c, full))
        rows.append((flags, unicodedata.decimal(ch, -1), unicodedata.digit(ch, -1), lower - c, upper - c, title - c, fold - c))
    numbers, records = interned(rows, rows[LIMIT - 1])
    stages("unicode_type", numbers)
    out.write(f"\nconst UnicodeType unicode_types[{len(records)}] = {{\n")
    for r in records:
        out.write("    {%d, %d, %d, %d, %d, %d, %d},\n" % r)
    out.write("};\n")
    out.write(f"\nconst UnicodeSpecialCase unicode_special_cases[{len(special)}] = {{\n")
    for c, full in special:
        out.write("    {0x%x, {%s}},\n" % (c, ", ".join("{" + ", ".join(hex(ord(x)) for x in s) + "}" for s in full)))
    out.write("};\n")
    out.write(f"const unsigned unicode_special_case_count = {len(special)};\n")


def numeric_tables():
    chars = [c for c, ch in enumerate(CHARS) if ch.isnumeric() and unicodedata.digit(ch, None) is None]
    values = sorted({unicodedata.numeric(CHARS[c]) for c in chars})
    index = {v: i for i, v in enumerate(values)}
    array("uint32_t", "unicode_numeric_chars", chars)
    array("uint8_t", "unicode_numeric_index", [index[unicodedata.numeric(CHARS[c])] for c in chars])
    array("double", "unicode_numeric_values", [repr(v) for v in values])
    out.write(f"const unsigned unicode_numeric_count = {len(chars)};\n")


# --- Properties --------------------------------------------------------------------------------------------------------------

def canonical(ch):
    d = unicodedata.decomposition(ch)
    return "" if d.startswith("<") else "".join(chr(int(x, 16)) for x in d.split())


def compositions():
    pairs = []
    for c, ch in enumerate(CHARS):
        pair = canonical(ch)
        if len(pair) == 2 and not 0xAC00 <= c <= 0xD7A3 and unicodedata.normalize("NFC", ch) == ch:
            pairs.append((ord(pair[0]), ord(pair[1]), c))
    return sorted(pairs)


def pack(category, bidi, width, mirrored, combining, checks):
    return (CATEGORIES.index(category) | BIDI.index(bidi) << 5 | WIDTHS.index(width) << 10 | mirrored << 13 |
            combining << 14 | checks << 22)


def property_tables(pairs):
    seconds = {b for _, b, _ in pairs} | set(range(0x1161, 0x1176)) | set(range(0x11A8, 0x11C3))
    rows = []
    for c, ch in enumerate(CHARS):
        no = [unicodedata.normalize(form, ch) != ch for form in ("NFC", "NFKC", "NFD", "NFKD")]
        checks = sum(bit << i for i, bit in enumerate(no)) | (c in seconds) << 4
        rows.append(pack(unicodedata.category(ch), unicodedata.bidirectional(ch), unicodedata.east_asian_width(ch),
                         unicodedata.mirrored(ch), unicodedata.combining(ch), checks))
    numbers, records = interned(rows, rows[LIMIT - 1])
    stages("unicode_property", numbers)
    array("uint32_t", "unicode_properties", records)


def old_tables():
    def row(db, ch):
        return (pack(db.category(ch), db.bidirectional(ch), db.east_asian_width(ch), db.mirrored(ch), db.combining(ch), 0),
                db.decimal(ch, -1), db.digit(ch, -1), db.numeric(ch, -1.0))
    unassigned = (pack("Cn", "", "N", 0, 0, 0), -1, -1, -1.0)
    rows = []
    for ch in CHARS:
        old, new = row(OLD, ch), row(unicodedata, ch)
        assert old[2] == new[2]
        if OLD.category(ch) == "Cn" and unicodedata.category(ch) != "Cn":
            assert not OLD.decomposition(ch) and OLD.name(ch, None) is None
            assert old[:2] == unassigned[:2]
            rows.append("new" if old[3] == -1.0 else old)
        else:
            assert OLD.decomposition(ch) == unicodedata.decomposition(ch)
            assert OLD.name(ch, None) == unicodedata.name(ch, None)
            rows.append("same" if old == new else old)
    numbers = {"same": 0, "new": 1}
    table = [numbers.setdefault(r, len(numbers)) for r in rows]
    stages("unicode_old", table)
    out.write(f"\nconst UnicodeOld unicode_olds[{len(numbers)}] = {{\n    {{0, -1, -1}},\n    {{{unassigned[0]}, -1, -1}},\n")
    for r in list(numbers)[2:]:
        out.write(f"    {{{r[0]}, {r[1]}, {r[3]!r}}},\n")
    out.write("};\n")
    fixes = [(c, ord(OLD.normalize("NFC", ch))) for c, ch in enumerate(CHARS) if OLD.category(ch) != "Cn"
             and OLD.normalize("NFC", ch) != unicodedata.normalize("NFC", ch)]
    array("uint32_t", "unicode_old_corrections", [x for fix in fixes for x in fix])
    out.write(f"const unsigned unicode_old_correction_count = {len(fixes)};\n")


# --- Decomposition -----------------------------------------------------------------------------------------------------------

def decomposition_tables(pairs):
    stream, seen, index = [0], {}, []
    for c, ch in enumerate(CHARS):
        d = unicodedata.decomposition(ch).split()
        if not d or 0xAC00 <= c <= 0xD7A3:
            index.append(0)
            continue
        tag = d.pop(0)[1:-1] if d[0].startswith("<") else ""
        units = "".join(chr(int(x, 16)) for x in d).encode("utf-16-le")
        entry = [TAGS.index(tag) << 8 | len(units) // 2, *memoryview(units).cast("H")]
        key = tuple(entry)
        if key not in seen:
            seen[key] = len(stream)
            stream += entry
        index.append(seen[key])
    assert len(stream) < 65536
    stages("unicode_decomposition", index)
    array("uint16_t", "unicode_decompositions", stream)
    array("uint32_t", "unicode_compositions", [x for pair in pairs for x in pair])
    out.write(f"const unsigned unicode_composition_count = {len(pairs)};\n")


# --- Names -------------------------------------------------------------------------------------------------------------------

def aliases_and_sequences():
    class Door(ctypes.Structure):
        _fields_ = [("getname", ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_uint32, ctypes.c_char_p, ctypes.c_int, ctypes.c_int))]
    open_capsule = ctypes.pythonapi.PyCapsule_GetPointer
    open_capsule.restype, open_capsule.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    door = Door.from_address(open_capsule(unicodedata._ucnhash_CAPI, b"unicodedata._ucnhash_CAPI"))
    buffer = ctypes.create_string_buffer(300)
    found = []
    for c in range(0xF0000, 0xF2000):
        if door.getname(c, buffer, 300, 1):
            name = buffer.value.decode()
            found.append((name, unicodedata.lookup(name)))
    return found


def name_hash(name):
    h = 0x811C9DC5
    for b in name.encode():
        h = (h ^ b) * 0x01000193 & 0xFFFFFFFF
    return h ^ h >> 15


def name_tables():
    # Ranges whose names are a prefix and the code point in hex; Hangul syllables are left to the code.
    prefixes, ranges, named = [], [], []
    for c, ch in enumerate(CHARS):
        name = unicodedata.name(ch, "")
        if not name or 0xAC00 <= c <= 0xD7A3:
            continue
        if name.endswith(f"-{c:04X}"):
            prefix = name[:-len(f"{c:04X}")]
            if ranges and ranges[-1][1] == c - 1 and prefixes[ranges[-1][2]] == prefix:
                ranges[-1][1] = c
                continue
            if prefix not in prefixes:
                prefixes.append(prefix)
            ranges.append([c, c, prefixes.index(prefix)])
        else:
            named.append((c, name))
    # CPython finds these by name though it does not name them.
    hidden = 0
    for prefix in ("TANGUT IDEOGRAPH-",):
        inside = [c for c in range(LIMIT) if unicodedata.name(CHARS[c], None) is None and is_known(f"{prefix}{c:04X}")]
        if inside:
            prefixes.append(prefix)
            for c in inside:
                if hidden and ranges[-1][1] == c - 1:
                    ranges[-1][1] = c
                else:
                    ranges.append([c, c, prefixes.index(prefix)])
                    hidden += 1
    out.write(f"\nconst char *const unicode_name_prefixes[{len(prefixes)}] = {{\n")
    for p in prefixes:
        out.write(f'    "{p}",\n')
    out.write("};\n")
    out.write(f"\nconst UnicodeNamePrefixRange unicode_name_prefix_ranges[{len(ranges)}] = {{\n")
    for r in ranges:
        out.write("    {0x%x, 0x%x, %d},\n" % tuple(r))
    out.write("};\n")
    out.write(f"const unsigned unicode_name_prefix_count = {len(prefixes)};\n")
    out.write(f"const unsigned unicode_name_prefix_range_count = {len(ranges)};\n")
    out.write(f"const unsigned unicode_name_prefix_hidden = {hidden};\n")

    # Ordinals: first the named code points in order, then aliases, then sequences.
    runs = []
    for ordinal, (c, _) in enumerate(named):
        if runs and c - ordinal == runs[-1][0] - runs[-1][1]:
            continue
        runs.append((c, ordinal))
    array("uint32_t", "unicode_name_run_starts", [c for c, _ in runs])
    array("uint16_t", "unicode_name_run_ordinals", [o for _, o in runs])
    out.write(f"const unsigned unicode_name_run_count = {len(runs)};\n")
    extra = sorted(aliases_and_sequences(), key=lambda x: len(x[1]) > 1)
    aliases = [ord(s) for _, s in extra if len(s) == 1]
    array("uint32_t", "unicode_name_aliases", aliases)
    out.write(f"\nconst uint16_t unicode_name_sequences[{len(extra) - len(aliases)}][4] = {{\n")
    for _, s in extra[len(aliases):]:
        out.write("    {%s},\n" % ", ".join(hex(ord(x)) for x in s))
    out.write("};\n")
    names = [name for _, name in named] + [name for name, _ in extra]
    out.write(f"const unsigned unicode_name_char_count = {len(named)};\n")
    out.write(f"const unsigned unicode_name_alias_count = {len(aliases)};\n")
    out.write(f"const unsigned unicode_name_count = {len(names)};\n")

    # Words by length, so that a word's number tells where it stands; the commonest have one byte in the names.
    counts = Counter(w for name in names for w in name.split(" "))
    words = sorted(counts, key=lambda w: (len(w), w))
    number = {w: i for i, w in enumerate(words)}
    array("uint16_t", "unicode_word_length_starts",
          [sum(len(w) < n for w in words) for n in range(1, max(map(len, words)) + 2)])
    out.write(f"const unsigned unicode_word_longest = {max(map(len, words))};\n")
    out.write(f"\nconst char unicode_word_letters[] =\n")
    letters = "".join(words)
    for i in range(0, len(letters), 140):
        out.write(f'    "{letters[i:i + 140]}"\n')
    out.write("    ;\n")
    pages = -(-len(words) // 256)
    short = [w for w, _ in counts.most_common(255 - pages)]
    # The very commonest get printable bytes, which are short in the generated text.
    order = sorted(range(1, len(short) + 1), key=lambda b: not 32 <= b < 127)
    code = {w: bytes([b]) for w, b in zip(short, order)}
    by_byte = {b: w for w, b in zip(short, order)}
    array("uint16_t", "unicode_word_short", [number[by_byte[b]] for b in range(1, len(short) + 1)])
    out.write(f"const unsigned unicode_word_short_count = {len(short)};\n")
    for w in words:
        code.setdefault(w, bytes([len(short) + 1 + number[w] // 256, number[w] % 256]))
    stream, starts = bytearray(), []
    for i, name in enumerate(names):
        if i % 32 == 0:
            starts.append(len(stream))
        for w in name.split(" "):
            stream += code[w]
        stream.append(0)
    text("unicode_name_stream", stream)
    array("uint32_t", "unicode_name_stream_starts", starts)
    buckets = [[] for _ in range(8192)]
    for i, name in enumerate(names):
        buckets[name_hash(name) % 8192].append(i)
    total, firsts = 0, []
    for b in buckets:
        firsts.append(total)
        total += len(b)
    array("uint16_t", "unicode_name_bucket_starts", firsts + [total])
    array("uint16_t", "unicode_name_buckets", [i for b in buckets for i in b])
    longest = max(map(len, names))
    assert len(names) < 65536 and longest <= 128
    out.write(f"const unsigned unicode_name_longest = {longest};\n")


def is_known(name):
    try:
        unicodedata.lookup(name)
        return True
    except KeyError:
        return False


def main():
    out.write("/* Written by tools/make_unicode.py from Unicode %s; do not edit. */\n" % unicodedata.unidata_version)
    out.write('#include "base/unicode_tables.h"\n')
    out.write(f'\nconst char unicode_version[] = "{unicodedata.unidata_version}";\n')
    out.write(f'const char unicode_old_version[] = "{OLD.unidata_version}";\n')
    for name, items in (("unicode_category_names", CATEGORIES), ("unicode_bidi_names", BIDI), ("unicode_width_names", WIDTHS),
                        ("unicode_tag_names", TAGS)):
        out.write(f"const char *const {name}[{len(items)}] = {{" + ", ".join(f'"{i}"' for i in items) + "};\n")
    pairs = compositions()
    type_tables()
    numeric_tables()
    property_tables(pairs)
    old_tables()
    decomposition_tables(pairs)
    name_tables()


main()
