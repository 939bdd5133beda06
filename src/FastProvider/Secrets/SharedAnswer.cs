using FastProvider.Names;

namespace FastProvider.Secrets;

/// <summary>What the API server answered for a Secret that a platform shares between namespaces.</summary>
/// <param name="Secret">Which one.</param>
/// <param name="Status">200 it was read; 403 or 404: it is not for this pod.</param>
internal readonly record struct SharedAnswer(SecretReference Secret, int Status)
{
    /// <summary>The pod may not read it, or there is none of that name. Both are as the platform has it, and no fault.</summary>
    public bool IsForPod => Status == 200;

    /// <summary>For people.</summary>
    public string Words => Status switch
    {
        200 => "read",
        403 => "not for this pod (403 Forbidden)",
        _ => "not for this pod (404 Not Found)",
    };
}
