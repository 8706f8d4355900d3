# A finally body is compiled once for each way through it; the scopes in it must come out alike each time.

def ways(leave, d):
    for _ in range(1):
        try:
            if leave == "return": return leave
            if leave == "raise": raise KeyError(leave)
            if leave == "break": break
            if leave == "continue": continue
        finally:
            def double(a, b=2):
                product = a * b
                again = [x for x in range(product)]
                return product, again
            class Holder:
                squares = [y * y for y in range(3)]
                def keep(self, z):
                    w = z
                    def inner():
                        nonlocal w
                        w += 1
                        return w
                    return inner(), w
            print(leave, double(2), Holder.squares, Holder().keep(3), (lambda u, v=4: u + v)(1))
            print(sorted(k if v == "" else f"{k}: {v}" for k, v in d.items()), list(p for q in d for p in (q, q)))
            print(sorted(double.__code__.co_varnames), double.__code__.co_nlocals, Holder.keep.__code__.co_cellvars)
    return "end"

for leave in "return", "break", "continue", "none", "raise":
    try: print(ways(leave, {"a": "", "b": "c"}))
    except KeyError as error: print("raised", error)

def nested(out):
    try:
        try: return 1
        finally:
            try: out.append(sum(i * j for i, j in zip(range(4), range(4))))
            finally: out.append({m: n for m, n in ((s, t) for s, t in [(1, 2), (3, 4)])})
    finally:
        async def later(n):
            total = 0
            async for value in steps(n): total += value
            return total
        async def steps(n):
            for at in range(n): yield at
        try: later(4).send(None)
        except StopIteration as stop: out.append(stop.value)
out = []
print(nested(out), out)
