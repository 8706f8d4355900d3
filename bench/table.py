"""table.py OUT [BASE]: ratios BASE/other of each program's best times, geometric means and memory.

A program that fails counts 0.1x. Memory is compared over the programs that ran on both.
`cold` is the ratio of the very first run. Exit status 1 where a program of `krait` failed.
"""
import collections, math, sys

base = sys.argv[2] if len(sys.argv) > 2 else "reference"
best, cold, rss, failed, labels = collections.OrderedDict(), {}, collections.defaultdict(dict), collections.defaultdict(set), []
for line in open(sys.argv[1]):
    p = line.split()
    if len(p) == 7 and p[2] != "RC":
        lab, key = p[0], (p[1], p[2])
        best.setdefault(key, {})[lab] = float(p[4])
        cold.setdefault(key, {})[lab] = float(p[3])
    elif len(p) > 3 and p[2] == "RC":
        lab = p[0]
        if p[3] == "0" and "RSS_KB" in p:
            rss[p[1]][lab] = int(p[p.index("RSS_KB") + 1])
        elif p[3] != "0":
            failed[lab].add(p[1])
    else:
        continue
    if lab not in labels:
        labels.append(lab)
others = [l for l in labels if l != base]
print("%-34s %12s " % ("program", base + ", s") + " ".join("%10s %8s" % (l, "cold") for l in others) + "   times faster than " + base)
ratios, colds = collections.defaultdict(list), collections.defaultdict(list)
for key, v in best.items():
    if base not in v:
        continue
    row = []
    for l in others:
        if l in v:
            ratios[l].append(v[base] / v[l])
            colds[l].append(cold[key][base] / cold[key][l])
            row.append("%10.2f %8.2f" % (ratios[l][-1], colds[l][-1]))
        else:
            ratios[l].append(0.1)
            row.append("%10s %8s" % ("failed", ""))
    name = key[0] if key[0] == key[1] else key[0] + "/" + key[1]
    print("%-34s %12.5g " % (name[:34], v[base]) + " ".join(row))
geo = lambda xs: math.exp(sum(map(math.log, xs)) / len(xs)) if xs else float("nan")
for l in others:
    print("geomean %s: %.2f over %d, cold %.2f, lowest %.2f" % (l, geo(ratios[l]), len(ratios[l]), geo(colds[l]), min(ratios[l], default=0)))
    both = [k for k in rss if base in rss[k] and l in rss[k]]
    if both:
        print("peak memory %s: %.2f of %s's over %d programs (%.1f MB against %.1f MB)" % (
            l, geo([rss[k][l] / rss[k][base] for k in both]), base, len(both), geo([rss[k][l] / 1024 for k in both]), geo([rss[k][base] / 1024 for k in both])))
    if failed[l]:
        print("failed %s: %s" % (l, " ".join(sorted(failed[l]))))
sys.exit(bool(failed["krait"]))
