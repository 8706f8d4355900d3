# Statements that choose and repeat.
def size(n):
    if n < 0:
        return "negative"
    elif n == 0:
        return "zero"
    elif n < 10:
        return "small"
    else:
        return "large"

for n in (-5, 0, 7, 70):
    print(n, size(n))

i = 0
while i < 3:
    print("while", i)
    i += 1
else:
    print("while is done")

while True:
    i += 1
    if i == 5:
        continue
    if i > 6:
        break
    print("loop", i)
else:
    print("never")

for i in range(3):
    print("for", i)
else:
    print("for is done")

for i in range(10):
    if i == 2:
        break
else:
    print("never")
print("i stays", i)

for i in range(10, 0, -3):
    print(i, end=" ")
print()
for a, (b, c), *d in [(1, (2, 3)), (4, (5, 6), 7, 8)]:
    print(a, b, c, d)
for i in range(3):
    for j in range(3):
        if j > i:
            break
        print(i, j, end="; ")
print()
print(1 if i else 2, 0 or "x", 0 and 1, "" or [] or {}, 1 and 2 and 3)
total = 0
for i in range(100):
    if i % 2:
        continue
    total += i
print(total)
for c in "abc":
    print(c, end="")
print()
for k in {"x": 1, "y": 2}:
    print(k)
if (n := 10) > 5:
    print("walrus", n)
while (n := n - 3) > 0:
    print(n)
x = y = z = 4
print(x, y, z)
a, b = 1, 2
a, b = b, a
print(a, b)
pass
assert True
try:
    assert 1 == 2, "message"
except AssertionError as e:
    print("AssertionError", e)
