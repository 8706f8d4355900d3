# Searching, sorting and simulating: what benchmark programs do, with results printed.
def queens(n, row=0, cols=0, d1=0, d2=0):
    if row == n:
        return 1
    count, free = 0, ~(cols | d1 | d2) & ((1 << n) - 1)
    while free:
        bit = free & -free
        free ^= bit
        count += queens(n, row + 1, cols | bit, (d1 | bit) << 1, (d2 | bit) >> 1)
    return count
print([queens(n) for n in range(1, 9)])

def sudoku(grid):
    cells = [(r, c) for r in range(9) for c in range(9) if grid[r][c] == 0]
    rows = [set(range(1, 10)) - set(row) for row in grid]
    cols = [set(range(1, 10)) - {grid[r][c] for r in range(9)} for c in range(9)]
    boxes = [[set(range(1, 10)) - {grid[3 * i + a][3 * j + b] for a in range(3) for b in range(3)} for j in range(3)] for i in range(3)]
    def solve():
        if not cells:
            return True
        best = min(range(len(cells)), key=lambda i: len(rows[cells[i][0]] & cols[cells[i][1]] & boxes[cells[i][0] // 3][cells[i][1] // 3]))
        r, c = cells.pop(best)
        box = boxes[r // 3][c // 3]
        for v in sorted(rows[r] & cols[c] & box):
            grid[r][c] = v
            for s in (rows[r], cols[c], box): s.discard(v)
            if solve():
                return True
            for s in (rows[r], cols[c], box): s.add(v)
        grid[r][c] = 0
        cells.insert(best, (r, c))
        return False
    return solve()
puzzle = "53..7.... 6..195... .98....6. 8...6...3 4..8.3..1 7...2...6 .6....28. ...419..5 ....8..79".split()
grid = [[int(ch) if ch != "." else 0 for ch in row] for row in puzzle]
print(sudoku(grid))
print("\n".join("".join(map(str, row)) for row in grid))

def sieve(n):
    flags = bytearray([1]) * (n + 1)
    flags[:2] = b"\0\0"
    for i in range(2, int(n ** 0.5) + 1):
        if flags[i]:
            flags[i * i::i] = bytes(len(range(i * i, n + 1, i)))
    return [i for i, f in enumerate(flags) if f]
p = sieve(10000)
print(len(p), p[:10], p[-1], sum(p))

def life(cells, steps):
    for _ in range(steps):
        near = {}
        for x, y in cells:
            for dx in (-1, 0, 1):
                for dy in (-1, 0, 1):
                    if dx or dy:
                        near[x + dx, y + dy] = near.get((x + dx, y + dy), 0) + 1
        cells = {c for c, n in near.items() if n == 3 or n == 2 and c in cells}
    return cells
print(sorted(life({(1, 0), (2, 1), (0, 2), (1, 2), (2, 2)}, 20)), len(life({(0, 1), (1, 0), (1, 1), (1, 2), (2, 2)}, 50)))

def pi_digits(n):
    q, r, t, k, m, x, out = 1, 0, 1, 1, 3, 3, []
    while len(out) < n:
        if 4 * q + r - t < m * t:
            out.append(m)
            q, r, m = 10 * q, 10 * (r - m * t), (10 * (3 * q + r)) // t - 10 * m
        else:
            q, r, t, k, m, x = q * k, (2 * q + r) * x, t * x, k + 1, (q * (7 * k + 2) + r * x) // (t * x), x + 2
    return "".join(map(str, out))
print(pi_digits(120))

def mandelbrot(w, h, limit):
    for j in range(h):
        line = ""
        for i in range(w):
            z, c, n = 0, complex(-2.2 + 3.2 * i / w, -1.2 + 2.4 * j / h), 0
            while abs(z) < 2 and n < limit:
                z, n = z * z + c, n + 1
            line += " .:-=+*#%@"[n * 9 // limit]
        print(line.rstrip())
mandelbrot(60, 16, 30)

def huffman(text):
    heap = sorted((text.count(c), c, c) for c in sorted(set(text)))
    while len(heap) > 1:
        (a, s, x), (b, u, y), *heap = heap
        heap = sorted([*heap, (a + b, min(s, u), (x, y))], key=lambda e: e[:2])
    codes = {}
    def walk(node, prefix):
        if isinstance(node, str): codes[node] = prefix or "0"
        else: walk(node[0], prefix + "0"); walk(node[1], prefix + "1")
    walk(heap[0][2], "")
    return codes
codes = huffman("the quick brown fox jumps over the lazy dog " * 3)
print({c: codes[c] for c in sorted(codes)}, sum(len(codes[c]) for c in "the lazy dog"))

def dijkstra(graph, start):
    import heapq
    dist, todo = {start: 0}, [(0, start)]
    while todo:
        d, u = heapq.heappop(todo)
        if d > dist[u]: continue
        for v, w in graph[u].items():
            if d + w < dist.get(v, 1e9):
                dist[v] = d + w
                heapq.heappush(todo, (d + w, v))
    return dist
print(dijkstra({n: {(n * 7 + k) % 50: (n * k) % 13 + 1 for k in range(1, 6)} for n in range(50)}, 0))

class Matrix:
    def __init__(self, rows): self.rows = [list(r) for r in rows]
    def __matmul__(self, o): return Matrix([[sum(a * b for a, b in zip(r, c)) for c in zip(*o.rows)] for r in self.rows])
    def __pow__(self, n):
        result, base = Matrix([[int(i == j) for j in range(len(self.rows))] for i in range(len(self.rows))]), self
        while n:
            if n & 1: result = result @ base
            base, n = base @ base, n >> 1
        return result
    def __repr__(self): return f"Matrix({self.rows})"
print(Matrix([[1, 1], [1, 0]]) ** 100, Matrix([[1.5, 2], [0, 1]]) @ Matrix([[1], [2]]))
def hanoi(n, a="A", b="B", c="C"):
    if n: yield from hanoi(n - 1, a, c, b); yield a + c; yield from hanoi(n - 1, b, a, c)
print(" ".join(hanoi(4)), sum(1 for _ in hanoi(12)))
def collatz(n):
    steps = 0
    while n != 1: n, steps = (n // 2 if n % 2 == 0 else 3 * n + 1), steps + 1
    return steps
print(max((collatz(n), n) for n in range(1, 3000)))
words = "it was the best of times it was the worst of times it was the age of wisdom".split()
freq = {}
for w in words: freq[w] = freq.get(w, 0) + 1
print(sorted(freq.items(), key=lambda kv: (-kv[1], kv[0])), max(freq, key=freq.get))
