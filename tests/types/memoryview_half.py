# Half floats in a memory view: rounding, and what is too large.
m = memoryview(bytearray(2)).cast('e')
for x in (1.5, 1e-8, 65504.0, 65519.9, float('inf'), -0.0, 2.0**-24, 65520.0, 1e300):
    try:
        m[0] = x
        print(x, m[0], bytes(m).hex())
    except ValueError as e:
        print(x, e)
