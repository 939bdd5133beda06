using System;
using System.Collections.Generic;
using System.Text;
using FastProvider.Base;
using FastProvider.Names;

namespace FastProvider.Secrets;

/// <summary>
/// The Secrets that a pull reads by name, in the order in which they count. One stands at its first place only.
/// </summary>
/// <param name="ownNamespace">The pod's, where Secrets of others may be named, too; empty where they may not.</param>
internal sealed class SecretNames(ReadOnlyMemory<byte> ownNamespace = default)
{
    /// <summary>Nobody needs so many for one image, and each is a request to the API server.</summary>
    public const int Max = 32;

    private readonly List<SecretReference> _names = [];
    private string? _firstInvalid;
    private int _invalidCount;

    public IReadOnlyList<SecretReference> All => _names;

    /// <summary>How many somebody named for this pod; what follows them is offered to all pods.</summary>
    public int NamedCount { get; private set; }

    /// <summary>More than <see cref="Max"/> were added; those beyond are not kept.</summary>
    public bool AreTooMany { get; private set; }

    /// <summary>
    /// Adds the names of a list with commas between them and perhaps spaces around them; empty parts do not count.
    /// </summary>
    public void AddList(ReadOnlySpan<byte> list)
    {
        while (!list.IsEmpty && !AreTooMany)
        {
            var comma = list.IndexOf((byte)',');
            var name = (comma < 0 ? list : list[..comma]).Trim(" \t\r\n"u8);
            if (!name.IsEmpty)
            {
                Add(name);
            }

            list = comma < 0 ? default : list[(comma + 1)..];
        }
    }

    /// <summary>Adds a name. It becomes part of a URL, so what cannot be the name of a Secret is left out.</summary>
    public void Add(ReadOnlySpan<byte> name)
    {
        if (SubdomainName.IsValid(name))
        {
            Add(new SecretReference("", Encoding.ASCII.GetString(name)));
        }
        else if (!ownNamespace.IsEmpty && SecretReference.TryParseShared(name, out var reference))
        {
            var isOwn = Encoding.ASCII.GetString(ownNamespace.Span) == reference.Namespace;
            Add(isOwn ? reference with { Namespace = "" } : reference);
        }
        else
        {
            _firstInvalid ??= ShownKey.Shorten(name);
            _invalidCount++;
        }
    }

    /// <summary>Adds those that a platform offers to all pods.</summary>
    public SecretNames WithShared(ReadOnlySpan<SecretReference> shared)
    {
        foreach (var reference in shared)
        {
            if (!_names.Contains(reference))
            {
                _names.Add(reference);
            }
        }

        return this;
    }

    /// <summary>Says what was left out.</summary>
    public void Warn(SecretNotices warnings, string where)
    {
        if (_invalidCount > 0)
        {
            var others = _invalidCount > 1 ? $" and {_invalidCount - 1} more" : "";
            warnings.Add(
                $"{where} names \"{_firstInvalid}\"{others},"
                    + " which cannot be the name of a Secret (a DNS-1123 subdomain), so it is passed over",
                EventReason.SecretMissing);
        }
    }

    private void Add(in SecretReference reference)
    {
        if (_names.Contains(reference))
        {
            return;
        }

        AreTooMany = _names.Count == Max;
        if (!AreTooMany)
        {
            _names.Add(reference);
            NamedCount++;
        }
    }

    /// <summary>What it means that there <see cref="AreTooMany"/>.</summary>
    public static Failure TooMany(string who, string where)
    {
        var place = where.Length > 0 ? $" {where}" : "";
        var message = $"{who} names more than {Max} Secrets{place}:"
            + " name only those with credentials for the mirrors of its images";
        return new Failure(FailureCause.TooManySecrets, message)
        {
            ForTenant = new TenantNote(EventReason.TooManySecrets, message),
        };
    }
}
