using FastProvider.Base;
using FastProvider.Secrets;

namespace FastProvider.Tests.Secrets;

/// <summary>What a tenant is told of its Secrets.</summary>
public sealed class SecretNoticesTests
{
    [Fact]
    public void Each_fault_of_a_Secrets_entries_is_told_once_and_without_their_keys()
    {
        var notices = new SecretNotices();
        var one = new CredentialSource("one"u8.ToArray(), 0);
        notices.AddEntry(one, "a.example.com"u8, "it is no object");
        notices.AddEntry(one, "b.example.com"u8, "it is no object");
        notices.AddEntry(one, "c.example.com"u8, "its auth is not base64");
        notices.AddEntry(new CredentialSource("two"u8.ToArray(), 0), "a.example.com"u8, "it is no object");

        List<TenantNote> told = [];
        notices.AddForTenant(told);

        Assert.Equal(
            [
                "Secret one: an entry is passed over: it is no object",
                "Secret one: an entry is passed over: its auth is not base64",
                "Secret two: an entry is passed over: it is no object",
            ],
            told.Select(note => note.Text));
        Assert.Equal(4, notices.Count);
    }

    [Fact]
    public void The_nodes_own_file_is_no_tenants_business()
    {
        var notices = new SecretNotices();
        notices.AddEntry(new CredentialSource(default, 0), "a.example.com"u8, "it is no object");

        List<TenantNote> told = [];
        notices.AddForTenant(told);

        Assert.Empty(told);
        Assert.Equal(1, notices.Count);
    }
}
