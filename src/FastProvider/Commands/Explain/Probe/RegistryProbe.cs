using System;
using System.Diagnostics;
using System.Text;
using FastProvider.Base;
using FastProvider.Mirrors;
using FastProvider.Secrets;

namespace FastProvider.Commands.Explain.Probe;

/// <summary>
/// Asks one endpoint in the steps of a pull (containers/image, docker_client.go): <c>/v2/</c> without credential, then what its
/// challenge wants, then <c>/v2/</c> and the repository's tags with it. A credential goes where a pull sends it, nowhere else.
/// </summary>
internal sealed class RegistryProbe
{
    private const string DockerHub = "docker.io", DockerHubServer = "registry-1.docker.io", Base = "/v2/";

    private readonly EndpointCredential _endpoint;
    private readonly bool _isInsecure;

    // The registry itself, for which the kubelet may have a credential of its own.
    private readonly bool _isPrimary;

    private readonly RegistryClient _client;
    private readonly Deadline _deadline;
    private WebAddress? _base;
    private ProbeAuthentication _authentication;
    private int _status;
    private string _how = "";

    private RegistryProbe(in PullEndpoint source, EndpointCredential endpoint, RegistryClient client, Deadline deadline)
    {
        _endpoint = endpoint;
        _isInsecure = source.Insecure;
        _isPrimary = source.IsPrimary;
        _client = client;
        _deadline = deadline;
    }

    private string Authority => Encoding.UTF8.GetString(_endpoint.Repository.Authority);

    private string Repository => Encoding.UTF8.GetString(_endpoint.Repository.Path);

    /// <param name="source">What registries.conf says of the endpoint.</param>
    /// <param name="endpoint">The endpoint and the credential that was chosen for it.</param>
    /// <param name="trust">For TLS.</param>
    /// <param name="variable">Looks an environment variable up.</param>
    /// <param name="deadline">When to give up.</param>
    public static EndpointProbe Run(
        in PullEndpoint source, EndpointCredential endpoint, RegistryTrust trust, Func<string, string?> variable,
        Deadline deadline)
    {
        var opened = trust.Open(Encoding.UTF8.GetString(endpoint.Repository.Authority), source.Insecure);
        if (!opened.IsOk)
        {
            return new EndpointProbe { Result = ProbeResult.Untrusted, Detail = opened.Failure.Message };
        }

        using (opened.Value)
        {
            var start = Stopwatch.GetTimestamp();
            var client = new RegistryClient(opened.Value, variable);
            var probe = new RegistryProbe(source, endpoint, client, deadline);
            var verdict = probe.Decide();
            return new EndpointProbe
            {
                Result = verdict.Result,
                Detail = verdict.Detail + probe._how,
                Status = probe._status,
                Authentication = probe._authentication,
                Tls = probe.Tls,
                Elapsed = Stopwatch.GetElapsedTime(start),
                UsedProxy = client.UsedProxy,
            };
        }
    }

    private ProbeTls Tls => _base is null ? ProbeTls.Unknown
        : !_base.IsTls ? ProbeTls.Plain
        : _isInsecure ? ProbeTls.Unverified
        : ProbeTls.Verified;

    private ProbeVerdict Decide()
    {
        using var ping = Reach();
        _status = ping.Status;
        if (ping.Fault is not null)
        {
            return ping.Fault;
        }

        _how = Tls switch
        {
            ProbeTls.Plain => "; in clear, as registries.conf says insecure",
            ProbeTls.Unverified => "; its certificate is not verified, as registries.conf says insecure",
            _ => "",
        };
        // A challenge counts beside 200, too, as it does for CRI-O.
        if (ping.Status == 200 && ping.Challenges.Count == 0)
        {
            _authentication = ProbeAuthentication.None;
            return !ping.LooksLikeRegistry
                ? new ProbeVerdict(ProbeResult.NotARegistry, "/v2/ is a page for people there")
                : AskRepository(new RegistryRequest(), ProbeResult.Open, "it asks for no credential, so a pull sends none");
        }

        if (ping.Status is not (200 or 401))
        {
            return OfStatus(ping, "/v2/");
        }

        foreach (var challenge in ping.Challenges)
        {
            if (challenge.Scheme is "basic")
            {
                _authentication = ProbeAuthentication.Basic;
                return AskWithBasic();
            }

            if (challenge.Scheme is "bearer")
            {
                _authentication = ProbeAuthentication.Bearer;
                return AskWithToken(challenge);
            }
        }

        return new ProbeVerdict(
            ProbeResult.NotARegistry, $"it wants another authentication than Basic and Bearer ({ping.Status})");
    }

    /// <summary>Finds by which scheme a registry answers; with insecure plain http is the second, as for CRI-O.</summary>
    private RegistryAnswer Reach()
    {
        var server = Authority is DockerHub ? DockerHubServer : Authority;
        if (WebAddress.Of(server, isTls: true, Base) is not { } address)
        {
            return RegistryAnswer.Failed(new ProbeVerdict(ProbeResult.NotProbed, $"{server} is no host and port"));
        }

        if (!_isInsecure)
        {
            return Ping(address, _deadline);
        }

        // As CRI-O: in clear if TLS fails, or is no registry. What is only late may be one, and gets no password in clear.
        var byTls = Ping(address, _deadline);
        if (IsRegistrys(byTls) || byTls.Fault?.Result is ProbeResult.NotProbed || _deadline.IsOver)
        {
            return byTls;
        }

        var tlsBase = _base;
        var inClear = Ping(WebAddress.Of(server, isTls: false, Base)!, _deadline);
        if (IsRegistrys(inClear) || (inClear.Fault is null && byTls.Fault is not null))
        {
            byTls.Dispose();
            return inClear;
        }

        _base = tlsBase;
        var clearFault = inClear.Fault?.Detail;
        inClear.Dispose();
        if (byTls.Fault is not { } fault || fault.Detail == clearFault)
        {
            return byTls;
        }

        byTls.Dispose();
        return RegistryAnswer.Failed(new ProbeVerdict(
            fault.Result, $"{fault.Detail}; by plain http, as registries.conf says insecure, {clearFault}"));
    }

    private static bool IsRegistrys(RegistryAnswer answer) => answer.Fault is null && answer.Status is 200 or 401;

    private RegistryAnswer Ping(WebAddress address, Deadline deadline)
    {
        using var request = new RegistryRequest();
        var answer = _client.Ask(address, request, deadline);
        _base = answer.Fault is null ? address : null;
        return answer;
    }

    private ProbeVerdict AskWithBasic()
    {
        if (!_endpoint.IsFound)
        {
            return NoCredential("it asks for Basic");
        }

        var request = new RegistryRequest().WithBasic(_endpoint.UserPassword);
        return AskAgain(request, ProbeResult.Accepted, "it takes the credential", "it does not take the credential");
    }

    private ProbeVerdict AskWithToken(Challenge challenge)
    {
        if (WebAddress.Parse(challenge["realm"]) is not { } realm)
        {
            return new ProbeVerdict(ProbeResult.NotARegistry, "its challenge names no token server that can be asked (401)");
        }

        if (!realm.IsTls && _base!.IsTls)
        {
            return new ProbeVerdict(
                ProbeResult.Untrusted, $"its token server {realm} is to be asked in clear, by plain http, which is not done");
        }

        using var request = TokenRequest(challenge, ref realm);
        using var answer = _client.Ask(realm, request, _deadline);
        if (answer.Fault is not null)
        {
            return new ProbeVerdict(answer.Fault.Result, $"its token server {answer.Fault.Detail}");
        }

        _status = answer.Status;
        if (answer.Status is 401 or 403 || (answer.Status == 400 && request.IsConfidential))
        {
            return _endpoint.IsFound
                ? new(ProbeResult.Refused, $"its token server {realm} does not take the credential ({answer.Said()})")
                : NoCredential($"its token server {realm} gives none without a credential ({answer.Said()})");
        }

        if (answer.Status != 200)
        {
            return OfStatus(answer, $"its token server {realm}");
        }

        using var token = new TokenAnswer();
        if (answer.IsEncoded || !token.Read(answer.Body.WrittenSpan))
        {
            return new ProbeVerdict(ProbeResult.NotARegistry, $"there is no token in what its token server {realm} answers");
        }

        var isAnonymous = !_endpoint.IsFound;
        return AskAgain(
            new RegistryRequest().WithBearer(token.Token),
            isAnonymous ? ProbeResult.Open : ProbeResult.Accepted,
            isAnonymous ? $"token server {realm} gives a token to anyone" : $"token server {realm} takes the credential",
            $"it does not take the token of its token server {realm}");
    }

    /// <summary>As CRI-O asks: GET with Basic, POST of the identity token, or GET of a token for anyone.</summary>
    private RegistryRequest TokenRequest(Challenge challenge, ref WebAddress realm)
    {
        var request = new RegistryRequest { WantsBody = true };
        var service = challenge["service"];
        var scope = Encoding.UTF8.GetBytes($"repository:{Repository}:pull");
        if (_endpoint.IsFound && !_endpoint.IdentityToken.IsEmpty)
        {
            if (!service.IsEmpty)
            {
                request.WithField("service"u8, service);
            }

            return request.WithField("grant_type"u8, "refresh_token"u8).WithField("scope"u8, scope)
                .WithField("client_id"u8, "fast-provider"u8).WithField("refresh_token"u8, _endpoint.IdentityToken);
        }

        if (_endpoint.IsFound)
        {
            var user = _endpoint.UserPassword;
            realm = realm.WithQuery($"account={RegistryRequest.Escaped(user[..user.IndexOf((byte)':')])}");
            request.WithBasic(user);
        }

        if (!service.IsEmpty)
        {
            realm = realm.WithQuery($"service={RegistryRequest.Escaped(service)}");
        }

        realm = realm.WithQuery($"scope={RegistryRequest.Escaped(scope)}");
        return request;
    }

    /// <summary>
    /// Asks for <c>/v2/</c> with a credential, which tells a wrong password, then for the repository. A pull asks for the
    /// repository alone, so where that is opened <c>/v2/</c> has nothing to say.
    /// </summary>
    private ProbeVerdict AskAgain(RegistryRequest request, ProbeResult success, string taken, string refused)
    {
        using (request)
        {
            using var answer = _client.Ask(_base!, request, _deadline);
            if (answer.Fault is not null)
            {
                return answer.Fault;
            }

            _status = answer.Status;
            if (answer.Status is 200 || OpensRepository(request))
            {
                return AskRepository(request, success, taken);
            }

            return answer.Status is not (401 or 403) ? OfStatus(answer, "/v2/")
                : success is ProbeResult.Open ? NoCredential($"{refused} ({answer.Said()})")
                : new ProbeVerdict(ProbeResult.Refused, $"{refused} ({answer.Said()})");
        }
    }

    private bool OpensRepository(RegistryRequest request)
    {
        using var answer = _client.Ask(TagsOf(), request, _deadline);
        return answer.Fault is null && answer.Status is 200;
    }

    private WebAddress TagsOf() => _base!.At($"{Base}{Repository}/tags/list?n=1");

    /// <summary>What was accepted says who asks; whether the repository may be read, its tags say.</summary>
    private ProbeVerdict AskRepository(RegistryRequest request, ProbeResult success, string taken)
    {
        using var answer = _client.Ask(TagsOf(), request, _deadline);
        if (answer.Fault is not null)
        {
            return new ProbeVerdict(success, $"{taken}; whether the repository may be read is not known: {answer.Fault.Detail}");
        }

        _status = answer.Status;
        return answer.Status switch
        {
            200 => new ProbeVerdict(success, $"{taken}, and the repository may be read"),
            401 or 403 when _authentication is ProbeAuthentication.Bearer && success is ProbeResult.Open =>
                NoCredential($"{taken}, but it does not open the repository ({answer.Said()})"),
            401 or 403 => new ProbeVerdict(ProbeResult.NoAccess, $"{taken}, but the repository is refused ({answer.Said()})"),
            404 => new ProbeVerdict(
                success, $"{taken}; the repository is not there ({answer.Said()}), as at a cache that has not pulled it yet"),
            _ => new ProbeVerdict(success, $"{taken}; whether the repository may be read is not known ({answer.Said()})"),
        };
    }

    private ProbeVerdict NoCredential(string what) => new(
        ProbeResult.NeedsCredentials,
        $"{what}, and the pull has none" + (_isPrimary ? " (the kubelet's own for this registry is not seen here)" : ""));

    private static ProbeVerdict OfStatus(RegistryAnswer answer, string who) =>
        answer.IsRedirect ? new(ProbeResult.NotARegistry, $"{who} answers with a redirect that is not followed ({answer.Said()})")
        : answer.Status is 429 or >= 500 ? new(ProbeResult.Failing, $"{who} answers with {answer.Said()}")
        : answer.Status is 403 ? new(ProbeResult.NoAccess, $"{who} refuses before it asks for a credential ({answer.Said()})")
        : new(ProbeResult.NotARegistry, $"{who} answers with {answer.Said()}");
}
