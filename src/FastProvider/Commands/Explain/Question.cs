using System;
using System.Text;
using FastProvider.Base;
using FastProvider.Names;
using FastProvider.Native;
using FastProvider.Request;
using FastProvider.Settings;
using FastProvider.Token;

namespace FastProvider.Commands.Explain;

/// <summary>
/// What is to be explained: the pull of an image for a pod, as far as the command line knows the pod. Dispose it: it may hold a
/// token.
/// </summary>
internal sealed class Question : IDisposable
{
    private const int MaxBytes = 2 * 1024 * 1024;

    private readonly SecretBuffer _given = new();
    private readonly SecretBuffer _values = new();
    private readonly SecretBuffer _claimValues = new();
    private CredentialProviderRequest _request;
    private TokenClaims _claims;

    private Question()
    {
    }

    public ImageArgument Image { get; private set; } = null!;

    /// <summary>As the kubelet would send it; without a token where only a namespace is known.</summary>
    public ref readonly CredentialProviderRequest Request => ref _request;

    /// <summary>Of the token; empty without one.</summary>
    public ref readonly TokenClaims Claims => ref _claims;

    public bool HasToken => !_request.Token.IsEmpty;

    /// <summary>The pod's namespace; empty for a request without token, as for a static pod.</summary>
    public string Namespace { get; private set; } = "";

    public string ServiceAccount { get; private set; } = "";

    /// <summary>Reads what the flags give; the token is never repeated in a failure.</summary>
    public static Failure? Read(CommandArguments arguments, out Question question)
    {
        question = new Question();
        var requestFile = arguments[ExplainCommand.Request];
        var tokenFile = arguments[ExplainCommand.TokenFile];
        var given = (requestFile is null ? 0 : 1) + (tokenFile is null ? 0 : 1)
            + (arguments[ExplainCommand.Namespace] is null ? 0 : 1);
        return given != 1 ? Usage("one of --namespace, --token-file and --request says for whom")
            : arguments.Operand.Length == 0 && requestFile is null ? Usage("the image is missing")
            : requestFile is not null ? question.ReadRequest(requestFile, arguments)
            : question.Take(arguments.Operand, tokenFile, arguments);
    }

    public void Dispose()
    {
        _given.Dispose();
        _values.Dispose();
        _claimValues.Dispose();
    }

    private static Failure Usage(string what) => Argument.Usage(what, ExplainCommand.Definition.Name);

    private Failure? ReadRequest(string path, CommandArguments arguments)
    {
        if ((ReadFile(path, "--request")
            ?? CredentialProviderRequest.Read(
                _given.WrittenSpan, _values, out _request,
                Encoding.ASCII.GetBytes(arguments.Pull.SecretsAnnotation))) is { } unread)
        {
            return unread;
        }

        var image = ImageArgument.Read(
            arguments.Operand.Length > 0 ? arguments.Operand : Encoding.UTF8.GetString(_request.Image.Span));
        if (!image.IsOk)
        {
            return image.Failure;
        }

        Image = image.Value;
        _request = new CredentialProviderRequest
        {
            Image = Encoding.UTF8.GetBytes(Image.Repository),
            Token = _request.Token,
            HasAnnotation = _request.HasAnnotation,
            Annotation = _request.Annotation,
        };
        return _request.Token.IsEmpty ? null : ReadClaims();
    }

    private Failure? Take(string operand, string? tokenFile, CommandArguments arguments)
    {
        var image = ImageArgument.Read(operand);
        if (!image.IsOk)
        {
            return image.Failure;
        }

        Image = image.Value;
        var annotation = arguments[ExplainCommand.Annotation];
        if (tokenFile is not null && ReadFile(tokenFile, "--token-file") is { } unread)
        {
            return unread;
        }

        _request = new CredentialProviderRequest
        {
            Image = Encoding.UTF8.GetBytes(Image.Repository),
            Token = TrimmedGiven(),
            HasAnnotation = annotation is not null,
            Annotation = Encoding.UTF8.GetBytes(annotation ?? ""),
        };
        if (tokenFile is not null)
        {
            return ReadClaims();
        }

        Namespace = arguments[ExplainCommand.Namespace]!;
        ServiceAccount = arguments[ExplainCommand.ServiceAccount] ?? "default";
        _claims = TokenClaims.Of(Encoding.UTF8.GetBytes(Namespace), Encoding.UTF8.GetBytes(ServiceAccount));
        return !NamespaceName.IsValid(Encoding.UTF8.GetBytes(Namespace))
            ? Usage($"--namespace: \"{Argument.Printable(Namespace)}\" is no namespace")
            : SubdomainName.IsValid(Encoding.UTF8.GetBytes(ServiceAccount)) ? null
            : Usage($"--service-account: \"{Argument.Printable(ServiceAccount)}\" is no ServiceAccount");
    }

    private ReadOnlyMemory<byte> TrimmedGiven() => _given.WrittenMemory.Trim(" \t\r\n"u8);

    private Failure? ReadClaims()
    {
        var failure = TokenClaims.Read(_request.Token.Span, _claimValues, out _claims);
        Namespace = Encoding.UTF8.GetString(_claims.Namespace.Span);
        ServiceAccount = Encoding.UTF8.GetString(_claims.ServiceAccount.Span);
        return failure;
    }

    private Failure? ReadFile(string path, string flag)
    {
        if (path == "-")
        {
            return StandardInput.ReadTo(_given, TimeSpan.FromMinutes(10));
        }

        var fault = FileBytes.Read(path, MaxBytes, out var bytes);
        using (bytes)
        {
            _given.Write(bytes.Span);
        }

        return fault.IsNone ? null : new Failure($"{flag} {Argument.Printable(path)}: {fault}", Failure.WrongUsage);
    }
}
