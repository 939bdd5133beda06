namespace FastProvider.Tests.Grants;

/// <summary>A slot and its grants, as they are to be: slow and obvious.</summary>
internal sealed class ModelGrants
{
    /// <summary>What a grant waits at most whose file is never removed.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    /// <summary>The oldest first.</summary>
    private readonly List<ModelGrant> _grants = [];

    private string? _file;
    private int _pulls;
    private bool _mayBeHidden;
    private TimeSpan _lifetime;

    /// <summary>Its pull is to find this content, which is the newest.</summary>
    public void Add(string pod, string content, TimeSpan lifetime)
    {
        _mayBeHidden = false;
        Open(lifetime);
        EndOf(pod);
        _grants.Add(ModelGrant.Of(pod, content, lifetime));
        Place();
    }

    /// <summary>The pod's pull is to find nothing; the others' may still come, a moment later.</summary>
    public void Withdraw(string pod, TimeSpan lifetime)
    {
        Open(lifetime);
        EndOf(pod);
        _mayBeHidden = _grants.Count > 0;
        Place();
    }

    public void Take() => Take(isPull: true);

    public void Delete() => Take(isPull: false);

    public void EndPulls() => _pulls = 0;

    /// <summary>A file that a run alone wrote is that of a pod which nobody knows, and older than all that was granted.</summary>
    public void WriteAlone(string content)
    {
        if (_mayBeHidden)
        {
            return;
        }

        if (_grants.Count == 0)
        {
            _file = content;
            return;
        }

        _grants.Insert(0, ModelGrant.Of("", content, _lifetime));
        Place();
    }

    public void TakeAndWriteAlone(string content)
    {
        if (_mayBeHidden)
        {
            return;
        }

        if (_file is not null)
        {
            _pulls++;
            UseUp(_file);
        }

        if (_grants.Count == 0)
        {
            _file = content;
            return;
        }

        _grants.Insert(0, ModelGrant.Of("", content, _lifetime));
        Place();
    }

    /// <summary>What lay in it is gone with it.</summary>
    public void MakeDirectoryAnew()
    {
        _pulls = 0;
        if (_file is not null && !_mayBeHidden)
        {
            UseUp(_file);
        }

        _file = null;
        Place();
    }

    /// <summary>
    /// The agent ends and another comes. One grant that lies there needs nobody, and nobody knows whose it was any more.
    /// </summary>
    public void Restart()
    {
        if (_grants.Count == 1 && !_mayBeHidden)
        {
            _grants.Clear();
        }
    }

    /// <summary>A pull comes between the two agents.</summary>
    public void RestartAfterAPull()
    {
        Restart();
        Take(isPull: true);
    }

    /// <summary>A run that goes alone fills the slot between the two agents: its file is the newest.</summary>
    public void RestartAfterARunAlone(string content)
    {
        if (_mayBeHidden)
        {
            return;
        }

        Restart();
        if (_grants.Count == 0)
        {
            _file = content;
            return;
        }

        _grants.Add(ModelGrant.Of("", content, _lifetime));
        Place();
    }

    /// <summary>While pulls are under way a grant may stand behind them. Files are hidden for less than a step of time.</summary>
    public void Age(TimeSpan elapsed)
    {
        if (_pulls > 0 || _grants.Count == 0 || _mayBeHidden)
        {
            return;
        }

        var stays = _grants.TrueForAll(grant => grant.Stays && grant.Left <= elapsed);
        foreach (var grant in _grants.ToList())
        {
            _grants[_grants.IndexOf(grant)] = grant with { Left = grant.Left - elapsed };
        }

        _grants.RemoveAll(grant => grant.Left <= TimeSpan.Zero);
        if (!stays)
        {
            Place();
        }
    }

    public bool Allows(Observation seen) =>
        seen.Grants == _grants.Count && seen.IsLocked == _grants.Count > 0 && seen.Pulls == _pulls
        && (seen.File == _file || (_mayBeHidden && seen.File is null));

    public override string ToString() =>
        $"{string.Join(", ", _grants)}; file {_file}; {_pulls} pulls{(_mayBeHidden ? "; may be hidden" : "")}";

    private void Take(bool isPull)
    {
        if (_file is null || _mayBeHidden)
        {
            return;
        }

        _pulls += isPull ? 1 : 0;
        UseUp(_file);
        Place();
    }

    private void UseUp(string content)
    {
        _file = null;
        var oldest = _grants.FindIndex(grant => grant.Content == content);
        if (oldest >= 0)
        {
            _grants.RemoveAt(oldest);
        }
    }

    private void Open(TimeSpan lifetime)
    {
        _lifetime = lifetime;
        if (_grants.Count == 0 && _file is not null)
        {
            _grants.Add(ModelGrant.Of("", _file, lifetime));
        }
    }

    private void EndOf(string pod) => _grants.RemoveAll(grant => pod.Length > 0 && grant.Pod == pod);

    private void Place() => _file = _grants.Count > 0 ? _grants[^1].Content : null;

    private sealed record ModelGrant(string Pod, string Content, TimeSpan Left, bool Stays)
    {
        // Two of one pod that nobody knows are still two.
        private Guid Id { get; } = Guid.NewGuid();

        public static ModelGrant Of(string pod, string content, TimeSpan lifetime) =>
            new(pod, content, lifetime == TimeSpan.Zero ? LongestWait : lifetime, lifetime == TimeSpan.Zero);

        public override string ToString() => $"[{Pod} {Content} {Left.TotalSeconds} s{(Stays ? " stays" : "")}]";
    }
}
