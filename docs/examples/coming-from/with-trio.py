import trio
from trio.testing import MockClock


# #region nursery
async def brew(tea, seconds):
    try:
        await trio.sleep(seconds)
        if tea == "mint":
            raise ValueError("no mint")
        print(f"{tea} is ready")
    except trio.Cancelled:
        print(f"{tea} is thrown away")
        raise


async def nursery():
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(brew, "green", 1)
            nursery.start_soon(brew, "mint", 2)
            nursery.start_soon(brew, "black", 3)
    except Exception:
        print("the kitchen closes")
# #endregion nursery


# #region handshake
async def serve(task_status):
    await trio.sleep(1)
    task_status.started(8080)
    await trio.sleep_forever()


async def open_shop(tasks):
    tasks.start_soon(trio.sleep_forever)
    return await tasks.start(serve)


async def handshake():
    async with trio.open_nursery() as tasks:
        port = await open_shop(tasks)
        print(f"listens on {port}")
        tasks.cancel_scope.cancel()
# #endregion handshake


# #region limits
async def limits():
    with trio.move_on_after(1) as limit:
        await trio.sleep(5)
    if limit.cancelled_caught:
        print("moved on")

    try:
        with trio.fail_after(1):
            await trio.sleep(5)
    except trio.TooSlowError:
        print("too slow")

    with trio.fail_after(1) as limit:
        limit.deadline += 10
        await trio.sleep(5)
    print("in time")
# #endregion limits


# #region shield
async def shielded():
    with trio.move_on_after(1):
        try:
            await trio.sleep_forever()
        finally:
            with trio.move_on_after(2) as cleanup:
                cleanup.shield = True
                await trio.sleep(1)
                print("saved")
# #endregion shield


# #region channel
async def produce(name, seconds, send):
    async with send:
        for n in range(2):
            await trio.sleep(seconds)
            await send.send(f"{name}{n}")


async def channel():
    send, receive = trio.open_memory_channel(1)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(produce, "a", 2, send.clone())
        nursery.start_soon(produce, "b", 3, send.clone())
        await send.aclose()
        async for item in receive:
            print(item)
    print("all senders are done")
# #endregion channel


# #region clones
async def ask(guest, seconds, send):
    async with send:
        await trio.sleep(seconds)
        await send.send(guest)


async def clones():
    send, receive = trio.open_memory_channel(1)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(ask, "Ann", 1, send.clone())
        nursery.start_soon(ask, "Bob", 2, send)
        async for guest in receive:
            print(f"{guest} has asked")
# #endregion clones


# #region limiter
async def rinse(cup, sinks):
    async with sinks:
        await trio.sleep(1)
        print(f"cup {cup} at {trio.current_time() - started:g} s")


async def limiter():
    global started
    started = trio.current_time()
    sinks = trio.CapacityLimiter(1)
    async with trio.open_nursery() as nursery:
        for cup in range(2):
            nursery.start_soon(rinse, cup, sinks)
            await trio.sleep(0.1)
# #endregion limiter


# #region test
async def main():
    for part in (nursery, handshake, limits, shielded, channel, clones, limiter):
        await part()


trio.run(main, clock=MockClock(autojump_threshold=0))
# #endregion test
