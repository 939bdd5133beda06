using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using FastProvider.Bench.Scene;
using FastProvider.Response;

namespace FastProvider.Bench.Stages;

/// <summary>
/// Answers the kubelet, the write to standard output included. The alternative: JsonSerializer, then the same write.
/// </summary>
public class ResponseStage : Stage
{
    private readonly byte[] _image = Encoding.UTF8.GetBytes(RegistriesText.MirroredImage);
    private FileStream? _nowhere;
    private RedirectedOutput? _redirected;

    public override int InputBytes => 0;

    [Benchmark]
    public override int Ours() => CredentialProviderResponse.Write(_image, isPrivate: true) is null ? 1 : -1;

    [Benchmark(Baseline = true)]
    public override int Idiomatic()
    {
        _nowhere!.Write(Serialize());
        return 1;
    }

    public override void CleanUp()
    {
        _redirected?.Dispose();
        _nowhere?.Dispose();
    }

    protected override void Prepare()
    {
        _nowhere = new FileStream("/dev/null", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        _redirected = new RedirectedOutput("/dev/null");
    }

    protected override (string Ours, string Idiomatic) Answers()
    {
        var path = Path.GetTempFileName();
        using (new RedirectedOutput(path))
        {
            Ours();
        }

        var ours = File.ReadAllText(path);
        File.Delete(path);
        return (ours, Encoding.UTF8.GetString(Serialize()));
    }

    private static byte[] Serialize() => JsonSerializer.SerializeToUtf8Bytes(new
    {
        kind = "CredentialProviderResponse",
        apiVersion = "credentialprovider.kubelet.k8s.io/v1",
        cacheKeyType = "Image",
        cacheDuration = "0s",
        auth = new Dictionary<string, object> { [RegistriesText.MirroredImage] = new { username = "", password = "" } },
    });
}
