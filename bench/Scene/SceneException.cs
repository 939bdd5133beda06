namespace FastProvider.Bench.Scene;

/// <summary>Something that a measurement needs is missing or went wrong; the message says what to do. Ends the program.</summary>
public sealed class SceneException : Exception
{
    /// <summary>Without a message.</summary>
    public SceneException()
    {
    }

    /// <summary>With what went wrong.</summary>
    public SceneException(string message)
        : base(message)
    {
    }

    /// <summary>With what went wrong and its cause.</summary>
    public SceneException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
