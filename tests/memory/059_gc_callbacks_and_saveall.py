import gc
gc.disable()
gc.collect()
log = []
def callback(phase, info): log.append((phase, info["generation"], info["collected"], info["uncollectable"]))
gc.callbacks.append(callback)
l = []; l.append(l); del l
gc.collect(0)
gc.collect()
gc.callbacks.remove(callback)
print(log)
gc.set_debug(gc.DEBUG_SAVEALL)
l = ["saved"]; l.append(l); del l
print(gc.collect())
gc.set_debug(0)
print(len(gc.garbage), gc.garbage[0][0], gc.garbage[0][1] is gc.garbage[0])
gc.garbage[0].clear()
gc.garbage.clear()
print(gc.collect())
