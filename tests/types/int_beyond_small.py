import random, operator
random.seed(5)
edges = [0, 1, -1, 2, -2, 7, -7, 2**31, 2**60, 2**61-1, 2**61, -2**61, -2**61-1, 2**62, 2**63-1, 2**63, 2**63+1, -2**63, 2**64-1, 2**64, 2**64+1, -2**64, -2**64+1, 2**127, 2**128-1, 2**128, -2**128, 2**192-1, 2**200, -2**200+5, 0xFFFF, 10, 10**9+7]
nums = edges + [random.getrandbits(random.choice([3, 30, 61, 62, 63, 64, 65, 100, 128, 129, 190, 256])) * random.choice([1, -1]) for _ in range(60)]
ops = [operator.add, operator.sub, operator.mul, operator.floordiv, operator.mod, operator.and_, operator.or_, operator.xor, operator.eq, operator.lt, operator.ge, divmod]
total = 0
for op in ops:
    acc = 0
    for a in nums:
        for b in nums:
            try: r = op(a, b)
            except ZeroDivisionError as e: r = str(e)
            if op is divmod and not isinstance(r, str):
                assert r[0] * b + r[1] == a and (0 <= r[1] < b or b < r[1] <= 0), (a, b, r)
                assert r == (a // b, a % b)
            if op is operator.and_: assert r + (a | b) == a + b and (a ^ b) == (a | b) - r, (a, b)
            acc = (acc * 1000003 + hash(r if not isinstance(r, str) else 5) + (r % 97 if isinstance(r, int) else 0)) % (2**89 - 1)
    print(op.__name__, acc)
print(int(1e18), int(2.0**61), int(-2.0**61), int(2.0**61-256), int(-1e300) == -int(1e300), int(0.9), int(-0.9))
class T(int): pass
print(T(5) & 2**70, T(2**70) // 3, True + 2**63, True & 2**64, -True * 2**63)

# Remainders of long numbers by one limb, of both signs.
for n in 1, 2, 3, 9, 40:
    big = (1 << 64 * n) + 12345
    print([x % y for x in (big, -big) for y in (10**18 + 3, -10**18 - 3, 7, -7)])
