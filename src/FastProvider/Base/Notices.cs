using System;
using System.Collections.Generic;
using System.Text;

namespace FastProvider.Base;

/// <summary>
/// What a pull noticed and went on without: names of Secrets, keys and mirrors, never content. They stand at the end of the
/// pull's line. Some of them are also told to the tenant of the pod.
/// </summary>
internal class Notices
{
    /// <summary>A namespace may hold any number of broken Secrets; the line stays readable.</summary>
    private const int ShownInLine = 8;

    /// <summary>More than a note of an Event has room for.</summary>
    private const int MaxTold = 16;

    private readonly List<string> _shown = [];
    private Told? _lastTold;
    private int _count;

    public int Count => _count;

    /// <summary>How many are kept in words.</summary>
    public int MaxShown { get; init; } = ShownInLine;

    /// <summary>Those in words.</summary>
    public IReadOnlyList<string> Shown => _shown;

    public void Add(string notice) => Show(HasRoom(), notice);

    /// <summary>Adds what concerns the pod and tells it to its tenant in the same words.</summary>
    public void Add(string notice, EventReason reason)
    {
        Add(notice);
        Tell(reason, notice);
    }

    /// <summary>Adds what the tenants are told, in its order and each once.</summary>
    public void AddForTenant(List<TenantNote> notes)
    {
        var first = notes.Count;
        for (var told = _lastTold; told is not null; told = told.Before)
        {
            notes.Insert(first, told.Note);
        }
    }

    public override string ToString()
    {
        var all = string.Join("; ", _shown);
        return _count > _shown.Count ? $"{all}; and {_count - _shown.Count} more" : all;
    }

    /// <summary>Whether the tenant is told of one more.</summary>
    protected bool MayTell => (_lastTold?.Number ?? 0) < MaxTold;

    /// <summary>Counts one more, and says whether it is shown.</summary>
    protected bool HasRoom() => _count++ < MaxShown;

    protected void Show(bool isShown, string text)
    {
        if (isShown)
        {
            _shown.Add(text);
        }
    }

    /// <summary>Keeps what is told, and how many notices there were with it.</summary>
    /// <param name="reason">What it is about.</param>
    /// <param name="text">What is told. The same text is told once.</param>
    /// <param name="about">What has the fault, in UTF-8; empty if nobody asks for it by <see cref="IsToldOf"/>.</param>
    /// <param name="fault">The fault.</param>
    protected void Tell(EventReason reason, string text, string about = "", string fault = "")
    {
        for (var told = _lastTold; told is not null; told = told.Before)
        {
            if (told.Note.Text == text)
            {
                return;
            }
        }

        if (MayTell)
        {
            _lastTold = new Told(new TenantNote(reason, text), _count, about, fault, _lastTold);
        }
    }

    /// <summary>Whether the tenant was told of this fault of the same thing.</summary>
    protected bool IsToldOf(ReadOnlySpan<byte> about, string fault)
    {
        for (var told = _lastTold; told is not null; told = told.Before)
        {
            if (told.Fault == fault && Ascii.Equals(about, told.About))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Forgets all but the first, as before a list is read again.</summary>
    protected void TruncateNotices(int count)
    {
        _count = count;
        if (_shown.Count > count)
        {
            _shown.RemoveRange(count, _shown.Count - count);
        }

        while (_lastTold?.At > count)
        {
            _lastTold = _lastTold.Before;
        }
    }

    /// <summary>A list from its end, as most pulls have nothing to tell.</summary>
    private sealed class Told(TenantNote note, int at, string about, string fault, Told? before)
    {
        public TenantNote Note => note;

        public int At => at;

        public string About => about;

        public string Fault => fault;

        public Told? Before => before;

        public int Number { get; } = (before?.Number ?? 0) + 1;
    }
}
