/** How to read the tables, and which strategy to choose. */
export const LEGEND = `\
Lateness: from the deadline until the sleeper ran again; "early" counts sleeps that ended before it.
"-": too few samples. CPU %: of the whole process; 100 is one busy core, and a busy-wait below 100
had to share its core. "Node" rows: what Node offers without the loop.
Choose set-timeout if the loop shares its thread with other code; atomics-wait on a thread of its
own, where it waits without CPU time; busy-wait where microseconds count and a core is free; epoll,
on Linux with @escapement/io installed, for servers that run entirely in the loop.`;
