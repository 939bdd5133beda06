// Stands in for a fault of the program that somebody makes use of: when the program has made its first connection, this makes a
// system call of its own in it. Loaded with LD_PRELOAD.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

// What the kernel says of each thread.
static void write_threads(const char *path)
{
    FILE *out = fopen(path, "we");
    DIR *tasks = opendir("/proc/self/task");
    struct dirent *task;
    while (out && tasks && (task = readdir(tasks)))
    {
        char name[300], line[200];
        if (task->d_name[0] == '.')
        {
            continue;
        }

        snprintf(name, sizeof name, "/proc/self/task/%s/status", task->d_name);
        FILE *status = fopen(name, "re");
        while (status && fgets(line, sizeof line, status))
        {
            if (!strncmp(line, "NoNewPrivs:", 11) || !strncmp(line, "Seccomp:", 8))
            {
                fputs(line, out);
            }
        }

        if (status)
        {
            fclose(status);
        }
    }

    if (tasks)
    {
        closedir(tasks);
    }

    if (out)
    {
        fclose(out);
    }
}

int connect(int fd, const struct sockaddr *address, socklen_t length)
{
    int (*next)(int, const struct sockaddr *, socklen_t) = (int (*)(int, const struct sockaddr *, socklen_t))dlsym(RTLD_NEXT, "connect");
    int result = next(fd, address, length);
    const char *call = getenv("FAULT_CALL"), *threads = getenv("FAULT_THREADS"), *first = getenv("FAULT_ARGUMENT");
    if (address->sa_family != AF_INET)
    {
        return result;
    }

    // The program goes by what its own call came to.
    int error = errno;
    if (threads)
    {
        write_threads(threads);
    }

    if (call)
    {
        // No call does anything with these: a test that fails must not change the machine.
        (void)syscall(atol(call), first ? strtol(first, NULL, 0) : -1L, -1L, -1L, -1L, -1L, -1L);
    }

    errno = error;
    return result;
}
