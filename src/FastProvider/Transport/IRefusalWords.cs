using FastProvider.Base;

namespace FastProvider.Transport;

/// <summary>What one who asks the API server says if it is refused. All other statuses say the same whoever asks.</summary>
internal interface IRefusalWords
{
    /// <summary>401: the server does not know who asks.</summary>
    Failure NotKnown();

    /// <summary>403: who asks may not do it.</summary>
    /// <param name="index">Which of the questions.</param>
    Denial NotAllowed(int index);
}

/// <summary>What is not allowed.</summary>
/// <param name="what">Who may not do what.</param>
/// <param name="advice">How to allow it, with the character before it.</param>
internal readonly struct Denial(string what, string advice)
{
    public string What => what;

    public string Advice => advice;
}
