/** How to read the tables, and what to choose. */
export const LEGEND = `\
Lateness: from the time asked for until the sleeper ran again; "early" counts those that ran before.
"-": too few samples to tell. CPU %: of the whole process; 100 is one core kept busy, a busy-wait
below that had to share its core. "Node" rows are what there is without the loop.
Choose set-timeout where the loop shares its thread with other code; atomics-wait on a thread of its
own, free while it waits; busy-wait where microseconds count and a core can be spared; epoll, on
Linux and with @escapement/io installed, for servers that live in the loop altogether.`;
