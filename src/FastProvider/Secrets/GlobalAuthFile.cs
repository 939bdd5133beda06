using System;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;
using FastProvider.Generators;
using FastProvider.Native;

namespace FastProvider.Secrets;

/// <summary>
/// The node's own auth file. The file that a run writes replaces it for the pull, so it answers for the endpoints that no
/// Secret serves, and its credential helpers are kept for their hosts.
/// Shape: containers-auth.json(5).
/// </summary>
internal sealed partial class GlobalAuthFile
{
    private const int MaxBytes = 16 * 1024 * 1024;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = 1000 };

    private GlobalAuthFile(IReadOnlyList<CredentialHelper> helpers) => Helpers = helpers;

    /// <summary>The helpers of the endpoints' hosts that belong into the written file.</summary>
    public IReadOnlyList<CredentialHelper> Helpers { get; }

    /// <summary>Reads the file for the endpoints that have no credential from a Secret.</summary>
    /// <param name="path">A missing file is an empty one. One that cannot be read or parsed is a warning: the pull may not need it.</param>
    /// <param name="endpoints">All endpoints of the pull.</param>
    /// <param name="warnings">What was passed over.</param>
    public static GlobalAuthFile Read(string path, IReadOnlyList<EndpointCredential> endpoints, Warnings warnings)
    {
        var fault = FileBytes.Read(path, MaxBytes, out var content);
        if (!fault.IsNone)
        {
            if (!fault.IsMissing)
            {
                warnings.Add($"global auth file {path} cannot be read: {fault}");
            }

            return new GlobalAuthFile([]);
        }

        using (content)
        {
            if (content.Length == 0)
            {
                return new GlobalAuthFile([]);
            }

            List<EndpointCredential> open = [];
            foreach (var endpoint in endpoints)
            {
                if (!endpoint.IsFound)
                {
                    open.Add(endpoint);
                }
            }

            using var document = new AuthDocument([.. open], warnings);
            if (document.Read(content.Span, isFlatMap: false, default) is { } wrong)
            {
                warnings.Add($"global auth file {path} {wrong}");
                return new GlobalAuthFile([]);
            }

            return new GlobalAuthFile(ReadHelpers(content.Span, endpoints, warnings));
        }
    }

    private static List<CredentialHelper> ReadHelpers(
        ReadOnlySpan<byte> json, IReadOnlyList<EndpointCredential> endpoints, Warnings warnings)
    {
        var wanted = new WantedHelpers(endpoints, warnings);
        wanted.Read(json, Options);
        return wanted.Helpers;
    }

    /// <summary>
    /// A helper answers for a whole host and beats the file's entries, so one is copied only where it hides no credential of
    /// a Secret.
    /// </summary>
    [JsonReader(Lenient = true)]
    private readonly partial struct WantedHelpers(IReadOnlyList<EndpointCredential> endpoints, Warnings warnings)
    {
        public List<CredentialHelper> Helpers { get; } = [];

        /// <summary>Reads a document that is known to be valid JSON.</summary>
        public void Read(ReadOnlySpan<byte> json, JsonReaderOptions options)
        {
            var reader = new Utf8JsonReader(json, options);
            reader.Read();
            try
            {
                ReadJson(ref reader);
            }
            catch (InvalidOperationException)
            {
                // What is no map has no helpers.
            }
        }

        [FromJson("credHelpers", "{}")]
        private void TakeHelper(ref Utf8JsonReader reader)
        {
            var host = reader.ValueSpan;
            reader.Read();
            if (reader.TokenType is JsonTokenType.String && Concerns(host, out var servedBy))
            {
                if (servedBy is null)
                {
                    Helpers.Add(new CredentialHelper(host.ToArray(), reader.ValueSpan.ToArray()));
                }
                else
                {
                    warnings.Add($"global auth file: the credential helper of {Encoding.UTF8.GetString(host)} is left out, as Secret"
                        + $" {Encoding.UTF8.GetString(servedBy.SecretName.Span)} serves that registry");
                }
            }

            reader.Skip();
        }

        private bool Concerns(ReadOnlySpan<byte> host, out EndpointCredential? servedBy)
        {
            servedBy = null;
            var concerns = false;
            foreach (var endpoint in endpoints)
            {
                if (host.SequenceEqual(endpoint.Repository.Authority))
                {
                    concerns = true;
                    servedBy ??= endpoint.IsFromSecret ? endpoint : null;
                }
            }

            return concerns;
        }
    }
}

/// <summary>One entry of <c>credHelpers</c>, both halves as they stand in the JSON (escapes included).</summary>
internal sealed class CredentialHelper(byte[] host, byte[] helper)
{
    public byte[] Host => host;

    public byte[] Helper => helper;
}
