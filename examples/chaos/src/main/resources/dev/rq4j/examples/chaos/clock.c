/*
 * Loaded before a program (LD_PRELOAD), it shifts the wall clock that the program sees by as many milliseconds as stand
 * in the first eight bytes of the file that CLOCK_SHIFT names. The monotonic clock goes on as ever, as it does when
 * somebody sets the clock of a machine.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const int64_t NONE = 0;
static const volatile int64_t *shift = 0;

/* Clocks are read before a program's own start: it is found when it is first needed. */
static int64_t millis(void)
{
    if (!shift) {
        const char *path = getenv("CLOCK_SHIFT");
        int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
        void *mapped = file < 0 ? MAP_FAILED : mmap(0, sizeof NONE, PROT_READ, MAP_SHARED, file, 0);
        if (file >= 0) {
            close(file);
        }
        shift = mapped == MAP_FAILED ? &NONE : mapped;
    }
    return *shift;
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
    int answer = syscall(SYS_clock_gettime, clock, time);
    if (answer == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        int64_t nanos = time->tv_nsec + millis() % 1000 * 1000000;
        time->tv_sec += millis() / 1000 + (nanos >= 1000000000) - (nanos < 0);
        time->tv_nsec = (nanos + 1000000000) % 1000000000;
    }
    return answer;
}

int gettimeofday(struct timeval *time, void *zone)
{
    struct timespec now;
    int answer = clock_gettime(CLOCK_REALTIME, &now);
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
    return answer;
}

time_t time(time_t *seconds)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (seconds) {
        *seconds = now.tv_sec;
    }
    return now.tv_sec;
}
