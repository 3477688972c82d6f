import asyncio
import hashlib


# #region tasks
async def brew(tea, seconds):
    await asyncio.sleep(seconds)
    if tea == "mint":
        raise ValueError("no mint")
    return f"{tea} tea"


async def tasks():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(brew("mint", 0.05))
            group.create_task(brew("black", 60))
    except* ValueError as errors:
        print(f"failed: {errors.exceptions[0]}")
# #endregion tasks


# #region gather
async def gather():
    cups = await asyncio.gather(brew("green", 0.1), brew("black", 0.05))
    print(", ".join(cups))

    results = await asyncio.gather(
        brew("mint", 0.05), brew("black", 0.1), return_exceptions=True
    )
    for result in results:
        print(result)
# #endregion gather


# #region wait
async def wait():
    green = asyncio.create_task(brew("green", 0.05))
    black = asyncio.create_task(brew("black", 60))
    done, pending = await asyncio.wait(
        {green, black}, timeout=30, return_when=asyncio.FIRST_COMPLETED
    )
    for task in done:
        print(task.result())
    for task in pending:
        task.cancel()
# #endregion wait


# #region as-completed
async def as_completed():
    for cup in asyncio.as_completed([brew("black", 0.2), brew("green", 0.05)]):
        print(await cup)
# #endregion as-completed


# #region timeout
async def timeout():
    try:
        async with asyncio.timeout(0.05):
            await brew("black", 60)
    except TimeoutError:
        print("too slow")
# #endregion timeout


# #region queue
async def serve(orders):
    while True:
        tea = await orders.get()
        print(await brew(tea, 0.01))
        orders.task_done()


async def queue():
    orders = asyncio.Queue(2)
    waiter = asyncio.create_task(serve(orders))
    for tea in ("green", "black", "white"):
        await orders.put(tea)
    await orders.join()
    waiter.cancel()
    print("all are served")
# #endregion queue


# #region callbacks
async def callbacks():
    loop = asyncio.get_running_loop()
    answer = loop.create_future()
    timer = loop.call_later(0.05, answer.set_result, "from a callback")
    try:
        print(await answer)
    finally:
        timer.cancel()

    digest = await loop.run_in_executor(None, hashlib.sha256, b"tea")
    print(digest.hexdigest()[:8])
# #endregion callbacks


# #region run
async def main():
    for part in (tasks, gather, wait, as_completed, timeout, queue, callbacks):
        await part()


asyncio.run(main())
# #endregion run
