using System;
using System.Text;
using FastProvider.Base;
using FastProvider.Generators;
using FastProvider.Native;

namespace FastProvider.Transport;

/// <summary>
/// Reads why the API server refused a request: the message of the Status that comes with it. Shape:
/// k8s.io/apimachinery/pkg/apis/meta/v1 Status; some have no kind, and text/plain as their type.
/// </summary>
[JsonReader(Lenient = true)]
internal sealed partial class StatusReader : IDisposable
{
    private const int MaxBytes = 16 * 1024, PieceBytes = 4 * 1024, MaxCharacters = 300;

    /// <summary>How every JSON Web Token begins in base64url. Words that may repeat a token are not shown.</summary>
    private static ReadOnlySpan<byte> TokenStart => "eyJ"u8;

    /// <summary>The status has decided already, so its words are not waited for any longer.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromMilliseconds(500);

    private readonly SecretBuffer _body = new();

    [FromJson("status")]
    private readonly SecretBuffer _status = new();

    [FromJson("message")]
    private readonly SecretBuffer _message = new();

    [FromJson("details", "name")]
    private readonly SecretBuffer _name = new();

    /// <summary>
    /// Whether what was read last says that the API server's watch cache is not filled yet. There is no reason of its own for it,
    /// only these words; newer servers add a cause behind them (k8s.io/apiserver/pkg/storage/cacher).
    /// </summary>
    public bool SaysCacheIsUnready { get; private set; }

    /// <summary>The object that the Status is about; empty if it is about none, as for a path that is not served.</summary>
    public ReadOnlySpan<byte> Name => _name.WrittenSpan;

    /// <summary>What was read last, cut to a length that a line has room for.</summary>
    public string Message
    {
        get
        {
            if (_message.WrittenSpan.IndexOf(TokenStart) >= 0)
            {
                return "";
            }

            var text = Encoding.UTF8.GetString(_message.WrittenSpan).Trim();
            if (text.Length <= MaxCharacters)
            {
                return text;
            }

            return text[..(char.IsHighSurrogate(text[MaxCharacters - 1]) ? MaxCharacters - 1 : MaxCharacters)] + "...";
        }
    }

    /// <summary>Reads the body of an answer, to its end if that is near; else the connection is closed.</summary>
    /// <returns>The message, or empty.</returns>
    public string ReadMessage(ApiServerLink link, Deadline deadline)
    {
        _body.Clear();
        SaysCacheIsUnready = false;
        var bound = deadline.OrAfter(MaxWait);
        while (_body.Length <= MaxBytes && link.ReadBody(_body.GetSpan(PieceBytes)[..PieceBytes], bound, out var count) is null)
        {
            if (count == 0)
            {
                link.EndAnswer();
                return Read(_body.WrittenSpan) ? Message : "";
            }

            _body.Advance(count);
        }

        link.Close();
        return "";
    }

    /// <summary>Reads a whole document.</summary>
    /// <returns>False if it is no Status of a failure.</returns>
    public bool Read(ReadOnlySpan<byte> json)
    {
        _status.Clear();
        _message.Clear();
        _name.Clear();
        var isFailure = ReadDocument(json).IsNone && _status.WrittenSpan.SequenceEqual("Failure"u8);
        SaysCacheIsUnready = isFailure && _message.WrittenSpan.StartsWith("storage is (re)initializing"u8);
        return isFailure;
    }

    /// <summary>Forgets all, and gives the memory back.</summary>
    public void Release()
    {
        _body.Release();
        _status.Release();
        _message.Release();
        _name.Release();
    }

    public void Dispose() => Release();
}
