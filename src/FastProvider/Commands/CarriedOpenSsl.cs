using System;
using System.Globalization;

namespace FastProvider.Commands;

/// <summary>
/// The OpenSSL that is linked into this program, as its build wrote it down: a package of a distribution, which mends it for as
/// long as a release is supported.
/// </summary>
internal sealed class CarriedOpenSsl
{
    private readonly string _package, _architecture, _distribution, _release;

    private CarriedOpenSsl(string[] words)
    {
        (_package, Version, _architecture, _distribution, _release) = (words[0], words[1], words[2], words[3], words[4]);
        var day = words[5].Split('-');
        Changed = new DateTime(Number(day[0]), Number(day[1]), Number(day[2]), 0, 0, 0, DateTimeKind.Utc);
    }

    /// <summary>Null for a program that loads the node's OpenSSL, and for one whose build did not say what it carries.</summary>
    public static CarriedOpenSsl? Known => Parse(BuildOpenSsl.Origin);

    /// <summary>The distribution's, which counts its patches.</summary>
    public string Version { get; }

    /// <summary>The day on which the distribution last changed its package.</summary>
    public DateTime Changed { get; }

    /// <summary>Package, release and architecture, for those who look for something newer.</summary>
    public string Origin => $"{_package} of {_distribution} {_release}, {_architecture}";

    /// <summary>All of it, on one line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"OpenSSL {Version} ({Origin}, {Changed:yyyy-MM-dd})");

    /// <param name="origin">Package, version, architecture, distribution, release and day, as deploy/packages/openssl.sh has
    /// them; what follows is no concern of the program.</param>
    internal static CarriedOpenSsl? Parse(string origin) => origin.Split(' ') is { Length: >= 6 } words ? new(words) : null;

    private static int Number(string digits) => int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
}
