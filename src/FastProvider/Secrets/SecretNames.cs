using System;
using System.Collections.Generic;
using System.Text;
using FastProvider.Base;
using FastProvider.Names;

namespace FastProvider.Secrets;

/// <summary>
/// The names of the Secrets that a pull reads, in the order in which they count. A name stands at its first place only.
/// </summary>
internal sealed class SecretNames
{
    /// <summary>Nobody needs so many for one image, and each is a request to the API server.</summary>
    public const int Max = 32;

    private readonly List<string> _names = [];
    private string? _firstInvalid;
    private int _invalidCount;

    public IReadOnlyList<string> All => _names;

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
        if (!SubdomainName.IsValid(name))
        {
            _firstInvalid ??= ShownKey.Shorten(name);
            _invalidCount++;
            return;
        }

        var text = Encoding.ASCII.GetString(name);
        if (_names.Contains(text))
        {
            return;
        }

        AreTooMany = _names.Count == Max;
        if (!AreTooMany)
        {
            _names.Add(text);
        }
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
