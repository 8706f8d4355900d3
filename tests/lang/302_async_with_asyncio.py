# The event loop: tasks, gathering, cancelling, timeouts, queues, task groups.
import asyncio
async def work(n, t):
    await asyncio.sleep(t)
    return n * n
async def main():
    print(await asyncio.gather(work(1, 0.02), work(2, 0.01), work(3, 0)))
    t = asyncio.create_task(work(5, 10), name="long")
    await asyncio.sleep(0)
    print(t.get_name(), t.done(), t.cancel())
    try: await t
    except asyncio.CancelledError: print("cancelled", t.cancelled())
    try:
        async with asyncio.timeout(0.01): await asyncio.sleep(5)
    except TimeoutError: print("timeout")
    q = asyncio.Queue()
    async def producer():
        for i in range(3): await q.put(i)
        await q.put(None)
    async def consumer():
        out = []
        while (x := await q.get()) is not None: out.append(x)
        return out
    _, got = await asyncio.gather(producer(), consumer())
    print(got)
    async with asyncio.TaskGroup() as tg:
        a, b = tg.create_task(work(3, 0)), tg.create_task(work(4, 0))
    print(a.result(), b.result())
    async def fail(): raise ValueError("in group")
    try:
        async with asyncio.TaskGroup() as tg: tg.create_task(fail()); tg.create_task(work(1, 5))
    except* ValueError as e: print(repr(e))
    lock, order = asyncio.Lock(), []
    async def locked(i):
        async with lock: order.append(("in", i)); await asyncio.sleep(0); order.append(("out", i))
    await asyncio.gather(*(locked(i) for i in range(3)))
    print(order)
    ev = asyncio.Event()
    async def waiter(): await ev.wait(); return "event"
    w = asyncio.create_task(waiter()); await asyncio.sleep(0); ev.set(); print(await w)
    print(await asyncio.wait_for(work(6, 0), 1), [type(r).__name__ for r in await asyncio.gather(fail(), work(1, 0), return_exceptions=True)])
    fut = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(0.001, fut.set_result, "future")
    print(await fut, await asyncio.to_thread(lambda: "thread"))
    done, pending = await asyncio.wait([asyncio.create_task(work(1, 0)), asyncio.create_task(work(2, 5))], return_when=asyncio.FIRST_COMPLETED)
    print([d.result() for d in done], len(pending)); [p.cancel() for p in pending]
    for c in asyncio.as_completed([work(1, 0.02), work(2, 0)]): print(await c)
    return "end"
print(asyncio.run(main()))
