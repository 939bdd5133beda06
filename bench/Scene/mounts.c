// A node's mounts in a private mount namespace. The runtime of a program may read a line for each of them.
//
//   mounts hold COUNT DIRECTORY [ETC]   makes a namespace of COUNT mounts, the new ones below DIRECTORY. With ETC each entry of that
//                                       directory stands in /etc, in the place of the machine's own. Prints "ready" and holds the
//                                       namespace until its standard input ends.
//   mounts in PID COMMAND [ARGUMENT...] runs COMMAND in the namespace that process PID holds
//
// Exit status 3: this process may not make a mount namespace.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail(const char *what)
{
    int refused = errno == EPERM;
    fprintf(stderr, "mounts: %s: %s\n", what, strerror(errno));
    return refused ? 3 : 1;
}

static int count_mounts(void)
{
    FILE *file = fopen("/proc/self/mountinfo", "r");
    int lines = 0, next;
    while (file && (next = fgetc(file)) != EOF) {
        lines += next == '\n';
    }

    if (file) {
        fclose(file);
    }

    return lines;
}

// As long as the path of a volume of a kubelet.
static int make_mount(const char *directory, int number)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/pods", directory);
    mkdir(path, 0755);
    snprintf(path, sizeof path, "%s/pods/%08x-52c1-4a6e-9d3b-%012x", directory, number, number);
    mkdir(path, 0755);
    strcat(path, "/volumes");
    mkdir(path, 0755);
    strcat(path, "/kubernetes.io~projected");
    mkdir(path, 0755);
    sprintf(path + strlen(path), "/kube-api-access-%05x", number);
    mkdir(path, 0755);
    return mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RELATIME, "size=65536k,nr_inodes=64,mode=755");
}

// /etc becomes a directory of links, to the entries of the one given and to those of the machine's own.
static int replace_etc(const char *directory, const char *etc)
{
    char own[4096], path[4096], target[4096];
    snprintf(own, sizeof own, "%s/etc-of-the-machine", directory);
    mkdir(own, 0755);
    if (mount("/etc", own, NULL, MS_BIND | MS_REC, NULL) != 0 || mount("tmpfs", "/etc", "tmpfs", 0, "mode=755") != 0) {
        return -1;
    }

    const char *sources[] = { etc, own };
    for (int i = 0; i < 2; i++) {
        DIR *list = opendir(sources[i]);
        struct dirent *entry;
        while (list && (entry = readdir(list)) != NULL) {
            if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
                continue;
            }

            snprintf(path, sizeof path, "/etc/%s", entry->d_name);
            snprintf(target, sizeof target, "%s/%s", sources[i], entry->d_name);
            if (symlink(target, path) != 0 && errno != EEXIST) {
                return -1;
            }
        }

        if (list) {
            closedir(list);
        }
    }

    return 0;
}

static int hold(int count, const char *directory, const char *etc)
{
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) {
        return fail("no mount namespace");
    }

    if (etc && replace_etc(directory, etc) != 0) {
        return fail("/etc");
    }

    for (int number = 0, there = count_mounts(); there < count; number++, there++) {
        if (make_mount(directory, number) != 0) {
            return fail("a mount");
        }
    }

    printf("ready\n");
    fflush(stdout);
    while (getchar() != EOF) {
    }

    return 0;
}

static int enter(const char *pid, char **command)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%s/ns/mnt", pid);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || setns(file, CLONE_NEWNS) != 0) {
        return fail("cannot enter");
    }

    execvp(command[0], command);
    return fail(command[0]);
}

int main(int argc, char **argv)
{
    if (argc >= 4 && argc <= 5 && strcmp(argv[1], "hold") == 0) {
        return hold(atoi(argv[2]), argv[3], argv[4]);
    }

    if (argc >= 4 && strcmp(argv[1], "in") == 0) {
        return enter(argv[2], argv + 3);
    }

    fprintf(stderr, "usage: mounts hold COUNT DIRECTORY [ETC] | mounts in PID COMMAND [ARGUMENT...]\n");
    return 2;
}
