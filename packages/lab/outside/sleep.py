"""Ticks by time.sleep, asyncio or uvloop, as its argument says. Reads orders from its input, `PACE PERIOD_US COUNT` on a line
each, where PACE is open or closed; answers each with a line: { "samplesUs": [...], "cpuMs": ... }."""

import asyncio
import json
import sys
import time

clock = time.perf_counter


def ticks(pace, period, count, samples):
    """Yields the instants to sleep until; notes how late each of these sleeps ended."""
    start = clock()
    for n in range(count):
        due = start + (n + 1) * period if pace == "open" else clock() + period
        yield due
        samples.append((clock() - due) * 1e6)


def tick_by_sleep(*schedule):
    for due in ticks(*schedule):
        time.sleep(max(0.0, due - clock()))


async def tick_by_loop(*schedule):
    for due in ticks(*schedule):
        await asyncio.sleep(due - clock())


def run(way, *schedule):
    if way == "time.sleep":
        tick_by_sleep(*schedule)
    elif way == "asyncio":
        asyncio.run(tick_by_loop(*schedule))
    else:
        import uvloop

        loop = uvloop.new_event_loop()
        loop.run_until_complete(tick_by_loop(*schedule))
        loop.close()


for line in sys.stdin:
    pace, period_us, count = line.split()
    samples = []
    cpu = time.process_time()
    run(sys.argv[1], pace, float(period_us) / 1e6, int(count), samples)
    cpu_ms = (time.process_time() - cpu) * 1e3
    print(json.dumps({"samplesUs": samples, "cpuMs": cpu_ms}), flush=True)
