using System;
using FastProvider.Native;

namespace FastProvider.Commands.Doctor;

/// <summary>The OpenSSL in place: the node's, which the node's updates mend, or the one that this program carries.</summary>
internal static class OpenSslChecks
{
    /// <summary>A release of a distribution that is supported gets fixes of OpenSSL more often than this.</summary>
    private const int OldAfterDays = 180;

    public static void Run(DoctorRun run)
    {
        if (OpenSsl.Load() is { } noTls)
        {
            run.Problem(FindingId.OpenSsl, noTls.Message, "without it every pull of a mirrored image fails");
        }
        else if (BuildOpenSsl.IsCarried)
        {
            run.Ok(FindingId.OpenSsl, $"this program carries its own: {OpenSsl.Version}; {Configuration(run)}");
        }
        else
        {
            run.Ok(FindingId.OpenSsl, $"libssl 3 of this node can be loaded: {OpenSsl.Version}");
        }

        if (BuildOpenSsl.IsCarried)
        {
            CheckAge(run);
        }
    }

    private static void CheckAge(DoctorRun run)
    {
        if (CarriedOpenSsl.Known is not { } carried)
        {
            run.Warn(
                FindingId.OpenSslAge, "how old the OpenSSL is that this program carries is not known: its build did not say",
                "use the package fast-provider-static, or build with what deploy/packages/openssl.sh gets");
            return;
        }

        // A clock that is behind says nothing of an age; the finding clock is about that.
        var days = Math.Max((int)(DateTime.UtcNow - carried.Changed).TotalDays, 0);
        var message = $"the OpenSSL that this program carries was last mended {days} days ago: {carried}";
        if (days > OldAfterDays)
        {
            run.Warn(
                FindingId.OpenSslAge, message,
                "install a newer fast-provider-static, if the distribution has a newer OpenSSL (apt-cache policy libssl-dev"
                    + " there), or fast-provider, which uses the node's");
        }
        else
        {
            run.Ok(FindingId.OpenSslAge, message);
        }
    }

    /// <summary>Whether it goes by a configuration. Without one it is as strict as the distribution built it.</summary>
    private static string Configuration(DoctorRun run)
    {
        var path = run.Variable("OPENSSL_CONF") ?? OpenSsl.Directory + "/openssl.cnf";
        return run.Files.Exists(path) ? $"it reads {path}"
            : $"there is no {path}, so it goes by its defaults";
    }
}
