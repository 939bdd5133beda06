// The clock of a node under test. It stands before the C library of the published binary (LD_PRELOAD), so the binary is the
// released one: it knows of no clock but the machine's. NodeClock.cs compiles it, and writes and reads what is shared.
//
// What the binary is told of the time is the machine's time, or a time that stands, plus all steps so far. Times of files are told
// in the same clock: a file has the time that the clock showed when it was written. An alarm(2) is a wait for its process: where
// the clock stands and the process neither waits nor ends, the clock goes to the alarm.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#ifdef __x86_64__
#define OLDEST_GLIBC "GLIBC_2.2.5"
#else
#define OLDEST_GLIBC "GLIBC_2.17"
#endif
#define MAX_STEPS 4000
#define SECOND INT64_C(1000000000)
#define MONOTONIC_START (1000 * SECOND)

struct step { int64_t at_ns, by_ns; };

struct shared {
    int64_t stands_at_ns;  // where the clock stands between its steps, from 1970; 0 if it runs
    int64_t tick_ns;       // by how much each reading moves a clock that stands
    int64_t nap_ns;        // how long a wait for nothing but time really takes where the clock stands
    int64_t patience_ns;   // and one for a peer
    int64_t readings;
    int64_t peer_waits;    // so many waits for a peer began
    int64_t lock;
    int64_t count;
    struct step steps[MAX_STEPS];
};

static struct shared *clock_of_node;
static int64_t alarm_told_ns;  // when the alarm of this process is, as it is told the time since boot; 0 for none
static int (*real_timedwait)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);

static int64_t ns_of(int64_t seconds, int64_t nanoseconds) { return seconds * SECOND + nanoseconds; }

static struct timespec time_of(int64_t ns) { return (struct timespec){ .tv_sec = ns / SECOND, .tv_nsec = ns % SECOND }; }

static int64_t machine_ns(clockid_t id)
{
    struct timespec now;
    syscall(SYS_clock_gettime, id, &now);
    return ns_of(now.tv_sec, now.tv_nsec);
}

static int64_t steps_before(int64_t real_ns)
{
    int64_t sum = 0;
    int64_t count = __atomic_load_n(&clock_of_node->count, __ATOMIC_ACQUIRE);
    for (int64_t i = 0; i < count && clock_of_node->steps[i].at_ns < real_ns; i++)
        sum += clock_of_node->steps[i].by_ns;
    return sum;
}

static int64_t ticks(void)
{
    return clock_of_node->tick_ns * __atomic_add_fetch(&clock_of_node->readings, 1, __ATOMIC_RELAXED);
}

static int is_realtime(clockid_t id) { return id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE; }

static int is_since_boot(clockid_t id)
{
    return id == CLOCK_MONOTONIC || id == CLOCK_MONOTONIC_COARSE || id == CLOCK_MONOTONIC_RAW || id == CLOCK_BOOTTIME;
}

static int64_t told_ns(clockid_t id, int64_t machine)
{
    int64_t steps = steps_before(INT64_MAX);
    return clock_of_node->stands_at_ns == 0 ? machine + steps
        : (is_realtime(id) ? clock_of_node->stands_at_ns : MONOTONIC_START) + steps + ticks();
}

// The kernel gives files the time of its last tick. A file that comes after the step must have a later one.
static void step(int64_t by_ns)
{
    while (__atomic_exchange_n(&clock_of_node->lock, 1, __ATOMIC_ACQUIRE))
        sched_yield();
    int64_t at_ns = machine_ns(CLOCK_REALTIME);
    int64_t count = clock_of_node->count;
    if (count == MAX_STEPS)
        abort();
    clock_of_node->steps[count] = (struct step){ at_ns, by_ns };
    __atomic_store_n(&clock_of_node->count, count + 1, __ATOMIC_RELEASE);
    while (machine_ns(CLOCK_REALTIME_COARSE) <= at_ns) {
        struct timespec moment = time_of(SECOND / 2000);
        syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &moment, NULL);
    }
    __atomic_store_n(&clock_of_node->lock, 0, __ATOMIC_RELEASE);
}

__attribute__((constructor)) static void start(void)
{
    const char *path = getenv("NODE_CLOCK");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0)
        return;
    void *shared = mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (shared != MAP_FAILED)
        clock_of_node = shared;
}

int clock_gettime(clockid_t id, struct timespec *time)
{
    if (syscall(SYS_clock_gettime, id, time) != 0)
        return -1;
    if (clock_of_node && (is_realtime(id) || is_since_boot(id)))
        *time = time_of(told_ns(id, ns_of(time->tv_sec, time->tv_nsec)));
    return 0;
}

static void tell(struct statx_timestamp *stamp)
{
    int64_t real_ns = ns_of(stamp->tv_sec, stamp->tv_nsec);
    int64_t stands_at_ns = clock_of_node->stands_at_ns;
    // A time from before the test is none that the clock ever showed.
    int64_t told = (stands_at_ns && real_ns >= stands_at_ns ? stands_at_ns : real_ns) + steps_before(real_ns);
    stamp->tv_sec = told / SECOND;
    stamp->tv_nsec = told % SECOND;
}

int statx(int directory, const char *path, int flags, unsigned mask, struct statx *status)
{
    int result = syscall(SYS_statx, directory, path, flags, mask, status);
    if (result == 0 && clock_of_node) {
        tell(&status->stx_mtime);
        tell(&status->stx_ctime);
    }
    return result;
}

// The moment of the machine at which a file must have been written to be told the given time.
static int64_t machine_moment(int64_t told)
{
    int64_t stands_at_ns = clock_of_node->stands_at_ns;
    int64_t at_ns = stands_at_ns, sum = 0;
    for (int64_t i = 0; i < clock_of_node->count; i++) {
        struct step next = clock_of_node->steps[i];
        if (told < (stands_at_ns ? stands_at_ns : next.at_ns) + sum + (stands_at_ns ? next.by_ns : 0))
            break;
        sum += next.by_ns;
        at_ns = next.at_ns + 1;
    }
    return stands_at_ns ? (told < stands_at_ns ? told : at_ns) : told - sum;
}

static int set_times(int directory, const char *path, const struct timespec times[2], int flags)
{
    struct timespec real[2] = { times[0], times[1] };
    if (clock_of_node && real[1].tv_nsec < SECOND)
        real[1] = time_of(machine_moment(ns_of(real[1].tv_sec, real[1].tv_nsec)));
    return syscall(SYS_utimensat, directory, path, real, flags);
}

int utimensat(int directory, const char *path, const struct timespec times[2], int flags)
{
    return set_times(directory, path, times, flags);
}

int futimens(int fd, const struct timespec times[2])
{
    return set_times(fd, NULL, times, 0);
}

static void put_off_alarm(void)
{
    // A wait for a peer, which has its own end, may come first.
    struct timespec left = time_of(2 * clock_of_node->patience_ns);
    struct itimerval timer = { .it_value = { .tv_sec = left.tv_sec, .tv_usec = left.tv_nsec / 1000 } };
    setitimer(ITIMER_REAL, &timer, NULL);
}

static void end_by_alarm(int number)
{
    int64_t left = alarm_told_ns - told_ns(CLOCK_MONOTONIC, 0);
    if (left > 0)
        step(left);
    signal(number, SIG_DFL);
    raise(number);
}

static unsigned alarm_of_node(unsigned seconds)
{
    if (!clock_of_node || clock_of_node->stands_at_ns == 0 || seconds == 0)
        return alarm(seconds);
    alarm_told_ns = told_ns(CLOCK_MONOTONIC, 0) + seconds * SECOND;
    signal(SIGALRM, end_by_alarm);
    put_off_alarm();
    return 0;
}

static int poll_machine(struct pollfd *fds, nfds_t count, int64_t timeout_ns)
{
    struct timespec timeout = time_of(timeout_ns);
    return syscall(SYS_ppoll, fds, count, timeout_ns < 0 ? NULL : &timeout, NULL, 0);
}

int poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
    int64_t wanted = timeout_ms * INT64_C(1000000);
    if (!clock_of_node || timeout_ms <= 0 || clock_of_node->stands_at_ns == 0)
        return poll_machine(fds, count, timeout_ms < 0 ? -1 : wanted);
    __atomic_add_fetch(&clock_of_node->peer_waits, 1, __ATOMIC_RELAXED);
    if (alarm_told_ns)
        put_off_alarm();
    int64_t patience = clock_of_node->patience_ns;
    int ready = poll_machine(fds, count, patience < wanted ? patience : wanted);
    if (ready == 0)
        step(wanted);
    if (alarm_told_ns)
        put_off_alarm();
    return ready;
}

static int await_signal(const sigset_t *signals, siginfo_t *what, const struct timespec *timeout)
{
    int stands = clock_of_node && clock_of_node->stands_at_ns != 0;
    int64_t wanted = ns_of(timeout->tv_sec, timeout->tv_nsec);
    struct timespec patience = time_of(stands && clock_of_node->patience_ns < wanted ? clock_of_node->patience_ns : wanted);
    int number = sigtimedwait(signals, what, &patience);
    if (number < 0 && errno == EAGAIN && stands)
        step(wanted);
    return number;
}

// The binary looks rare calls up when it makes them.
void *dlsym(void *library, const char *name)
{
    static void *(*real_dlsym)(void *, const char *);
    if (!real_dlsym)
        real_dlsym = dlvsym(RTLD_NEXT, "dlsym", OLDEST_GLIBC);
    return strcmp(name, "alarm") == 0 ? (void *)alarm_of_node
        : strcmp(name, "sigtimedwait") == 0 ? (void *)await_signal
        : real_dlsym(library, name);
}

int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *end)
{
    if (!real_timedwait) {
        void *found = dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
        real_timedwait = found ? found : dlsym(RTLD_NEXT, "pthread_cond_timedwait");
    }
    if (!clock_of_node)
        return real_timedwait(condition, mutex, end);
    // No machine has run for so long.
    clockid_t id = end->tv_sec > 1000000000 ? CLOCK_REALTIME : CLOCK_MONOTONIC;
    int64_t stands_at_ns = clock_of_node->stands_at_ns;
    int64_t now = machine_ns(id);
    int64_t left = ns_of(end->tv_sec, end->tv_nsec)
        - (stands_at_ns ? (id == CLOCK_REALTIME ? stands_at_ns : MONOTONIC_START) : now) - steps_before(INT64_MAX);
    if (stands_at_ns)
        left -= clock_of_node->tick_ns * clock_of_node->readings;
    if (left <= 0)
        return ETIMEDOUT;
    int64_t nap = clock_of_node->nap_ns;
    struct timespec until = time_of(now + (stands_at_ns && nap < left ? nap : left));
    int result = real_timedwait(condition, mutex, &until);
    if (result == ETIMEDOUT && stands_at_ns)
        step(left);
    return result;
}
