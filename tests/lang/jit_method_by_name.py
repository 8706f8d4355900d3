# A method of a built-in type that is called by a global name, or by one of builtins, often enough for machine code.
import builtins

lower = str.lower
append = list.append
builtins.upper_of = str.upper


def by_global(text):
    return lower(text)


def by_builtin(text):
    return upper_of(text)


def grow(items, item):
    append(items, item)
    return len(items)


items = []
for n in range(3000):
    assert by_global("AbC") == "abc" and by_builtin("AbC") == "ABC" and grow(items, n) == n + 1
for call in lambda: by_global(1), lambda: by_builtin(None), lambda: grow((), 1), lambda: by_global():
    try:
        call()
    except TypeError as e:
        print(e)
print(len(items), list(map(by_global, ["X", "Y"])))
