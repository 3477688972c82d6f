// Ticks by clock_nanosleep, on Linux with the timer slack of its argument in nanoseconds. Reads orders from its input,
// `PACE PERIOD_US COUNT` on a line each, where PACE is open or closed; answers each with a line: { "samplesUs": [...], "cpuMs": ... }.
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

static long long now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void sleep_until(long long instant) {
  struct timespec time = {instant / 1000000000LL, instant % 1000000000LL};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) != 0);
}

int main(int argc, char **argv) {
#ifdef __linux__
  if (argc > 1 && prctl(PR_SET_TIMERSLACK, atol(argv[1])) != 0) return 1;
#endif
  char pace[8];
  double period_us;
  long count;
  while (scanf("%7s %lf %ld", pace, &period_us, &count) == 3) {
    const long long period = period_us * 1000;
    const int is_open = strcmp(pace, "open") == 0;
    long long *samples = calloc(count, sizeof *samples);
    if (samples == NULL) return 1;
    // Touched now, not while it ticks.
    memset(samples, 1, count * sizeof *samples);
    const long long cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    const long long start = now(CLOCK_MONOTONIC);
    for (long n = 0; n < count; n++) {
      const long long due = is_open ? start + (n + 1) * period : now(CLOCK_MONOTONIC) + period;
      sleep_until(due);
      samples[n] = now(CLOCK_MONOTONIC) - due;
    }
    const double cpu_ms = (now(CLOCK_PROCESS_CPUTIME_ID) - cpu) / 1e6;
    printf("{\"samplesUs\":[");
    for (long n = 0; n < count; n++) printf("%s%.3f", n == 0 ? "" : ",", samples[n] / 1e3);
    printf("],\"cpuMs\":%.6f}\n", cpu_ms);
    fflush(stdout);
    free(samples);
  }
  return 0;
}
