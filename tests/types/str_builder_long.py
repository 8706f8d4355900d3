# Long text that is built piece by piece: its width, its hash, what it equals, and that it can be built again.
import json

for piece in ("abcdefgh", "naïve+ça", "Ω is omega", "🙂 smile ", "é" * 9 + "z"):
    for n in (1, 60, 70_000, 150_000):
        text = "%s" % (piece * n) + "[%s]" % (piece * n)
        formatted = f"{piece * n}[{piece * n:>{len(piece) * n}}]"
        print(len(text), text == formatted, hash(text) == hash(formatted), text.isascii(), text[-2:], text.count(piece) >= 2 * n)
        wide = repr([piece * n])
        print(len(wide), wide[2:-2] == piece * n, eval(wide) == [piece * n])
        back = json.loads(json.dumps([piece * n], ensure_ascii=False))
        print(back == [piece * n], max(wide) == max(piece + "[]'"), wide.encode().decode() == wide)

# Escapes only make it narrow: what was wide on the way is plain in the end.
escaped = ascii("é" * 300_000)
print(len(escaped), escaped.isascii(), eval(escaped) == "é" * 300_000)
text = "Ω" + "a" * 600_000
narrow = text.replace("Ω", "b")
print(narrow.isascii(), narrow == "b" + "a" * 600_000, {narrow: 1}["b" + "a" * 600_000])
