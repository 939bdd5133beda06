// The least that starting a process costs on this machine.
int main(void)
{
    return 0;
}
