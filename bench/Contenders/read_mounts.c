// Does what a program must not do: reads a line for each mount of the node.
#include <stdio.h>

int main(void)
{
    FILE *mounts = fopen("/proc/self/mountinfo", "r");
    while (mounts && fgetc(mounts) != EOF) {
    }

    return 0;
}
