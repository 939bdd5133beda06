using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FastProvider.Bench.Scene;
using k8s;
using Tomlyn;
using Tomlyn.Model;

namespace FastProvider.Bench.Stages;

/// <summary>The same pull as one would write it: JsonSerializer, JsonDocument, Tomlyn's model, KubernetesClient.</summary>
internal sealed class IdiomaticPull : IDisposable
{
    private readonly NodeScene _node;
    private readonly byte[] _request;
    private readonly Kubernetes _client;

    public IdiomaticPull(NodeScene node, byte[] request)
    {
        _node = node;
        _request = request;
        var configuration = KubernetesClientConfiguration.BuildConfigFromConfigFile(node.Server.Kubeconfig);
        using var document = JsonDocument.Parse(request);
        configuration.AccessToken = document.RootElement.GetProperty("serviceAccountToken").GetString();
        configuration.ClientCertificateFilePath = configuration.ClientKeyFilePath = null;
        configuration.ClientCertificateData = configuration.ClientCertificateKeyData = null;
        _client = new Kubernetes(configuration);
    }

    /// <summary>The file that the last run wrote.</summary>
    public string WrittenPath { get; private set; } = "";

    public int Run()
    {
        using var request = JsonDocument.Parse(_request);
        var image = request.RootElement.GetProperty("image").GetString()!;
        var payload = request.RootElement.GetProperty("serviceAccountToken").GetString()!.Split('.')[1].Replace('-', '+')
            .Replace('_', '/');
        using var claims = JsonDocument.Parse(Convert.FromBase64String(payload.PadRight((payload.Length + 3) / 4 * 4, '=')));
        var @namespace = claims.RootElement.GetProperty("kubernetes.io").GetProperty("namespace").GetString()!;
        var model = TomlSerializer.Deserialize<TomlTable>(File.ReadAllText(_node.In("mirror.conf")))!;
        var registry = ((TomlTableArray)model["registry"])
            .Single(r => image.StartsWith((string)r["location"], StringComparison.Ordinal));
        var rest = image[((string)registry["location"]).Length..];
        var repositories = ((TomlTableArray)registry["mirror"]).Append(registry)
            .Select(e => (string)e["location"] + rest).ToList();
        var found = new Dictionary<string, object>();
        foreach (var type in (string[])["kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg"])
        {
            foreach (var secret in _client.CoreV1.ListNamespacedSecret(@namespace, fieldSelector: $"type={type}").Items)
            {
                var auths = AuthModel.Read(secret.Data[".dockerconfigjson"]);
                foreach (var repository in repositories)
                {
                    if (auths.Find(repository) is { } userPassword)
                    {
                        found[repository] = new { auth = Convert.ToBase64String(Encoding.UTF8.GetBytes(userPassword)) };
                    }
                }
            }
        }

        Directory.CreateDirectory(_node.In("auth-idiomatic"));
        WrittenPath = Path.Join(_node.In("auth-idiomatic"),
            $"{@namespace}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(image)))}.json");
        File.WriteAllBytes(WrittenPath, JsonSerializer.SerializeToUtf8Bytes(new { auths = found }));
        return found.Count;
    }

    public void Dispose() => _client.Dispose();
}
