using FastProvider.Native;

namespace FastProvider.Tests.Native;

/// <summary>One verdict for all who ask whom a file belongs to and who else may change it.</summary>
public sealed class OwnershipTests
{
    private const uint Us = 1000, Another = 1001;

    [Theory]
    [InlineData(Us, 0b111_101_101, null)]
    [InlineData(Us, 0b111_000_000, null)]
    [InlineData(Us, 0b111_111_101, "can be written by others (mode 775)")]
    [InlineData(Us, 0b1_111_101_111, "can be written by others (mode 1757)")]
    [InlineData(Another, 0b111_101_101, "belongs to user 1001")]
    [InlineData(Another, 0b111_111_111, "belongs to user 1001")]
    [InlineData(Ownership.Root, 0b111_101_101, "belongs to user 0")]
    public void Only_its_owner_may_write_what_is_safe(uint owner, int mode, string? fault)
    {
        var ownership = Ownership.Of(Status(owner, mode), Us);

        Assert.Equal(fault, ownership.Fault);
        Assert.Equal(fault is null, ownership.IsSafe);
    }

    [Theory]
    [InlineData(Us, 0b111_101_101, true)]
    [InlineData(Ownership.Root, 0b111_101_101, true)]
    [InlineData(Ownership.Root, 0b1_111_111_111, true)]
    [InlineData(Ownership.Root, 0b111_111_111, false)]
    [InlineData(Another, 0b111_101_101, false)]
    [InlineData(Another, 0b1_111_111_111, false)]
    public void A_directory_on_the_way_may_be_roots_and_sticky(uint owner, int mode, bool isSafe) =>
        Assert.Equal(isSafe, Ownership.Of(Status(owner, mode), Us).IsSafeWay);

    [Fact]
    public void The_cure_mends_what_is_wrong()
    {
        Assert.Equal("chmod 0755 /a", Ownership.Of(Status(Us, 0b111_111_111), Us).Cure("/a"));
        Assert.Equal("chown root:root /a", Ownership.Of(Status(Another, 0b111_111_111), Us).Cure("/a"));
    }

    [Theory]
    [InlineData(0b110_000_000, false, false)]
    [InlineData(0b110_100_000, true, false)]
    [InlineData(0b110_000_100, true, false)]
    [InlineData(0b100_000_001, false, true)]
    public void Who_else_may_read_and_whether_anybody_may_execute_is_known(int mode, bool othersMayRead, bool isExecutable)
    {
        var ownership = Ownership.Of(Status(Us, mode), Us);

        Assert.Equal((othersMayRead, isExecutable), (ownership.OthersMayRead, ownership.IsExecutable));
    }

    private static Libc.FileStatus Status(uint owner, int mode) =>
        new() { OwnerUserId = owner, Mode = (ushort)(Libc.S_IFDIR | (uint)mode) };
}
