using System;
using System.Collections.Generic;
using System.Text;
using FastProvider.Native;
using FastProvider.Transport;

namespace FastProvider.Commands.Explain.Probe;

/// <summary>What a registry or its token server answered to one request, or why there is no answer.</summary>
internal sealed class RegistryAnswer : IDisposable
{
    private readonly SecretBuffer _body = new();
    private string _code = "";

    private RegistryAnswer()
    {
    }

    /// <summary>Why there is no answer; null if there is one, and then the rest is filled.</summary>
    public ProbeVerdict? Fault { get; private init; }

    public int Status { get; private init; }

    /// <summary>The body is compressed, although nobody asked for it.</summary>
    public bool IsEncoded { get; private init; }

    public bool IsJson { get; private init; }

    /// <summary>It has the header of registries, Docker-Distribution-Api-Version, or at least is no page for people.</summary>
    public bool LooksLikeRegistry { get; private init; }

    /// <summary>Where a redirect goes; empty if there is none.</summary>
    public byte[] Location { get; private init; } = [];

    public List<Challenge> Challenges { get; } = [];

    /// <summary>As far as it was read.</summary>
    public SecretBuffer Body => _body;

    public bool IsRedirect => Status is 301 or 302 or 303 or 307 or 308;

    public static RegistryAnswer Failed(ProbeVerdict fault) => new() { Fault = fault };

    /// <param name="head">The head.</param>
    /// <param name="section">Its header section, checked by <see cref="HttpHead.TryRead"/>.</param>
    public static RegistryAnswer Of(in HttpHead head, ReadOnlySpan<byte> section)
    {
        byte[] location = [];
        var isRegistry = false;
        var isPage = false;
        List<Challenge> challenges = [];
        foreach (var range in section.Split((byte)'\n'))
        {
            var line = section[range].TrimEnd((byte)'\r');
            var colon = line.IndexOf((byte)':');
            if (colon <= 0)
            {
                continue;
            }

            var name = line[..colon];
            var value = line[(colon + 1)..].Trim(" \t"u8);
            if (Ascii.EqualsIgnoreCase(name, "www-authenticate"u8))
            {
                Challenge.Read(value, challenges);
            }
            else if (Ascii.EqualsIgnoreCase(name, "location"u8))
            {
                location = value.ToArray();
            }
            else if (Ascii.EqualsIgnoreCase(name, "docker-distribution-api-version"u8))
            {
                isRegistry = true;
            }
            else if (Ascii.EqualsIgnoreCase(name, "content-type"u8))
            {
                isPage = value.Length >= 9 && Ascii.EqualsIgnoreCase(value[..9], "text/html"u8);
            }
        }

        var answer = new RegistryAnswer
        {
            Status = head.Status,
            IsEncoded = head.IsEncoded,
            IsJson = head.IsJson,
            LooksLikeRegistry = isRegistry || !isPage,
            Location = location,
        };
        answer.Challenges.AddRange(challenges);
        return answer;
    }

    /// <summary>Takes the word for an error from the body that was read, if one is there.</summary>
    public void ReadCode() => _code = RegistryError.Code(_body.WrittenSpan);

    /// <summary>The status, and the registry's own word for an error if it gave one.</summary>
    public string Said() => _code.Length == 0 ? $"{Status}" : $"{Status} {_code}";

    public void Dispose() => _body.Dispose();
}
