# Cancels sleeping tasks of asyncio, one by one. Prints the nanoseconds for each.
import asyncio
import sys
import time


async def cancel_sleepers(count):
    tasks = [asyncio.create_task(asyncio.sleep(60)) for _ in range(count)]
    await asyncio.sleep(0)
    start = time.perf_counter_ns()
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    print((time.perf_counter_ns() - start) / count)


asyncio.run(cancel_sleepers(int(sys.argv[1])))
