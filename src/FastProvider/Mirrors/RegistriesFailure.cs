using FastProvider.Base;

namespace FastProvider.Mirrors;

/// <summary>A registries.conf that breaks a rule of its own.</summary>
internal sealed class RegistriesFailure(string message, RegistriesRule rule) : Failure(FailureCause.RegistriesConf, message)
{
    public RegistriesRule Rule => rule;
}
