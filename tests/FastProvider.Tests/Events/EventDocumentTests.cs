using System.Text.Json;
using FastProvider.Base;
using FastProvider.Events;
using FastProvider.Token;

namespace FastProvider.Tests.Events;

/// <summary>What the API server takes as an Event (k8s.io/kubernetes/pkg/apis/core/validation, events.go).</summary>
public sealed class EventDocumentTests
{
    private const string Uid = "5d0b4c0e-7c33-4f0e-9d6b-0d1b2c3d4e5f";

    /// <summary>A name of an object has 253 characters, and is a DNS-1123 subdomain.</summary>
    [Theory]
    [InlineData(10, 27)]
    [InlineData(236, 253)]
    [InlineData(237, 253)]
    [InlineData(253, 253)]
    public void Its_name_has_as_many_characters_as_a_name_may_have(int pod, int expected)
    {
        var name = EventDocument.Name(About(new string('a', pod)));

        Assert.Equal(expected, name.Length);
        Assert.Matches("^a+\\.[0-9a-f]{16}$", name);
    }

    [Theory]
    [InlineData('.')]
    [InlineData('-')]
    public void A_name_that_is_cut_behind_a_mark_is_still_one(char mark) =>
        Assert.Matches("^a{235}\\.[0-9a-f]{16}$", EventDocument.Name(About($"{new string('a', 235)}{mark}bcd")));

    /// <summary>reportingInstance has 128 characters.</summary>
    [Theory]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(253)]
    public void The_name_of_the_node_is_cut_to_what_the_API_takes(int length)
    {
        var json = EventDocument.Create(About("app"), new string('n', length), DateTime.UnixEpoch).Bytes.ToArray();

        using var document = JsonDocument.Parse(json);
        Assert.Equal(new string('n', 128), document.RootElement.GetProperty("reportingInstance").GetString());
    }

    /// <summary>Another cause, another note or another pod of the same name is another Event.</summary>
    [Fact]
    public void What_is_told_and_of_whom_makes_the_name()
    {
        string[] names =
        [
            EventDocument.Name(About("app")),
            EventDocument.Name(new PodEvent(new PodName("team-a", "app", "other"), EventReason.Forbidden, "note")),
            EventDocument.Name(new PodEvent(new PodName("team-a", "app", Uid), EventReason.SecretMissing, "note")),
            EventDocument.Name(new PodEvent(new PodName("team-a", "app", Uid), EventReason.Forbidden, "another note")),
        ];

        Assert.Equal(4, names.Distinct().Count());
        Assert.Equal(names[0], EventDocument.Name(About("app")));
    }

    private static PodEvent About(string pod) => new(new PodName("team-a", pod, Uid), EventReason.Forbidden, "note");
}
