using System;
using System.Threading;

namespace FastProvider.Transport;

/// <summary>The right to use a link alone, until it is disposed of. The link then goes back to where it came from.</summary>
internal sealed class ApiServerLease(ApiServerLinks home, ApiServerLink link) : IDisposable
{
    private ApiServerLink? _link = link;

    public ApiServerLink Link => _link ?? throw new ObjectDisposedException(nameof(ApiServerLease));

    /// <summary>A second call does nothing: by then the link may be another pull's.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _link, null) is { } returned)
        {
            home.Return(returned);
        }
    }
}
