"""New containers that take the place of old ones ask for no collection; many that died do not put the next one off for long."""
import gc


def collections():
    return sum(row["collections"] for row in gc.get_stats())


def replace(places, rounds):
    for _ in range(rounds):
        for i in range(len(places)):
            places[i] = [i]


def circles(n):
    for _ in range(n):
        circle = []
        circle.append(circle)


def count_after(n):
    gc.collect()
    kept = [[] for _ in range(n)]
    return gc.get_count()[0] >= n


places = [[i] for i in range(5000)]
gc.collect()
before = collections()
replace(places, 20)
print("replaced", collections() - before <= 5)

gc.collect()
many = [[i] for i in range(100_000)]
gc.collect()
before = collections()
del many
circles(10_000)
print("after many deaths", collections() - before >= 2)

circle = None
gc.collect()
before = collections()
circles(10_000)
print("circles", 3 <= collections() - before <= 6)
print("counted", count_after(100), count_after(1000))
circles(500)
print(gc.collect() >= 499, gc.get_count()[0] < 100)
