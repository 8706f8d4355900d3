# Where memory ends, no task is lost: one whose wakeup or step cannot be scheduled, or was dropped without a call, gets the MemoryError
# thrown in. (What is expected here is Krait's: CPython loses the task, and the loop waits for ever.)
import asyncio


def run_out():
    try:
        bytearray(1 << 60)
    except MemoryError:
        return


class Loop(asyncio.SelectorEventLoop):
    failing = dropping = calls = 0

    def call_soon(self, callback, *args, context=None):
        self.calls += 1
        if self.failing:
            self.failing -= 1
            bytearray(1 << 60)
        return super().call_soon(callback, *args, context=context)

    def _run_once(self):
        if self.dropping and self._ready:
            self.dropping -= 1
            run_out()
            self._ready[-1].cancel()
        super()._run_once()


async def catching(awaitable):
    try:
        return await awaitable
    except MemoryError:
        return "MemoryError"


async def dropped_wakeup(loop):
    future = loop.create_future()
    task = loop.create_task(catching(future))
    await asyncio.sleep(0)
    future.set_result(1)
    loop.dropping = 1
    return await task


async def dropped_first_step(loop):
    task = loop.create_task(catching(asyncio.sleep(0)))
    loop.dropping = 1
    try:
        return await task
    except MemoryError:
        return "MemoryError at the task's start"


async def dropped_in_a_cycle(loop):
    future = loop.create_future()
    task = loop.create_task(catching(future))
    await asyncio.sleep(0)
    future.set_result(1)
    run_out()
    handle = loop._ready.pop()
    cycle = [handle]
    cycle.append(cycle)
    del handle, cycle
    return await task


async def bare_yield(loop):
    loop.failing = 1
    return await catching(asyncio.sleep(0))


async def one_failing_callback(loop):
    future = loop.create_future()
    task = loop.create_task(catching(future))
    await asyncio.sleep(0)
    loop.failing = 1
    future.set_result("scheduled at the second try")
    return await task


async def done_already(loop):
    future = loop.create_future()
    future.set_result(1)
    class Late:
        def __await__(self):
            future._asyncio_future_blocking = True
            loop.failing = 1
            yield future
    return await catching(Late())


async def no_memory_at_all(loop):
    future = loop.create_future()
    task = loop.create_task(catching(future))
    await asyncio.sleep(0)
    loop.failing = 1000
    try:
        future.set_result(1)
    finally:
        loop.failing = 0
    return await task


for main in dropped_wakeup, dropped_first_step, dropped_in_a_cycle, bare_yield, one_failing_callback, done_already, no_memory_at_all:
    loop = Loop()
    loop.set_exception_handler(lambda loop, context: print("reported:", context["message"]))
    try:
        print(main.__name__ + ":", loop.run_until_complete(main(loop)))
    except (MemoryError, RuntimeError) as e:
        print(main.__name__ + " ends in", repr(e))
    loop.close()
