"""Writes src/base/floattext_powers.c: the powers of ten that number text is made with.

    python3 tools/make_powers.py > src/base/floattext_powers.c"""

FIRST, LAST = -342, 324

print("/* Written by tools/make_powers.py; do not edit. */")
print('#include "base/floattext_priv.h"')
print("\nconst FloatPower float_powers[FLOAT_POWER_LAST - FLOAT_POWER_FIRST + 1] = {")
for q in range(FIRST, LAST + 1):
    if q >= 0:
        n = 10 ** q
        bits = n.bit_length()
        n = n << (128 - bits) if bits <= 128 else n >> (bits - 128)
    else:
        d = 10 ** -q
        n = (1 << (d.bit_length() + 127)) // d
        n = n if n < 1 << 128 else n >> 1
    assert n >> 127 == 1 and n & (1 << 64) - 1 != (1 << 64) - 1
    print(f"    {{0x{n >> 64:016x}, 0x{n & (1 << 64) - 1:016x}}},")
print("};")
