"""gc.get_referrers() sees the variables of coroutines and generators that run."""
import asyncio
import gc


class Thing:
    pass


async def inner():
    thing = Thing()
    found = gc.get_referrers(thing)
    print([type(f).__name__ for f in found], found[0].cr_code.co_name)
    del found
    await asyncio.sleep(0)
    return len(gc.get_referrers(thing))


async def outer(kept):
    print([f.cr_code.co_name for f in gc.get_referrers(kept) if hasattr(f, "cr_code")])
    return await inner()


print(asyncio.run(outer(Thing())))


def generator():
    thing = Thing()
    yield [f.gi_code.co_name for f in gc.get_referrers(thing)]


print(list(generator()))
