// Runs one command and prints what it cost, on one line:
//   status wall_ns user_us system_us minor_faults major_faults max_rss_kib voluntary_switches involuntary_switches
//
// In C and static because the kernel counts the parent's memory into the peak of a child that has not called exec yet
// (mm_release and setmax_mm_hiwater_rss in exec): a child of a .NET process would never show less than that process has.
//
// usage: measure CPUS STDIN COMMAND [ARGUMENT...]   CPUS: a hexadecimal mask; STDIN: a file
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static long long microseconds(struct timeval time)
{
    return time.tv_sec * 1000000LL + time.tv_usec;
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(stderr, "usage: measure CPUS STDIN COMMAND [ARGUMENT...]\n");
        return 2;
    }

    unsigned long mask = strtoul(argv[1], NULL, 16);
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    for (int cpu = 0; cpu < 64; cpu++) {
        if (mask >> cpu & 1) {
            CPU_SET(cpu, &cpus);
        }
    }

    // Set here and inherited, so that the child starts where it stays.
    int input = open(argv[2], O_RDONLY | O_CLOEXEC), output = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (input < 0 || output < 0 || sched_setaffinity(0, sizeof cpus, &cpus) != 0) {
        perror("measure");
        return 2;
    }

    long long start = nanoseconds();
    pid_t child = vfork();
    if (child == 0) {
        dup2(input, 0);
        dup2(output, 1);
        dup2(output, 2);
        execv(argv[3], argv + 3);
        _exit(127);
    }

    int status;
    struct rusage used;
    if (child < 0 || wait4(child, &status, 0, &used) != child) {
        perror("measure");
        return 2;
    }

    long long wall = nanoseconds() - start;
    printf("%d %lld %lld %lld %ld %ld %ld %ld %ld\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), wall,
        microseconds(used.ru_utime), microseconds(used.ru_stime), used.ru_minflt, used.ru_majflt, used.ru_maxrss, used.ru_nvcsw,
        used.ru_nivcsw);
    return 0;
}
