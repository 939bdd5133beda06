using FastProvider.Tests.ApiServer;

namespace FastProvider.Tests.EndToEnd;

/// <summary>What tenants write into Secrets: the forms that are good, and what a bad one costs.</summary>
public sealed class SecretDocumentTests
{
    private const string Key = "localhost:5000";

    public static TheoryData<string> BadEntries =>
    [
        """{"auth":"!!not base64!!"}""",
        """{"auth":"bm9jb2xvbg=="}""", // "nocolon"
        """{"auth":""}""",
        "{}",
        """{"email":"a@example.com"}""",
    ];

    public static TheoryData<string> BadDocuments =>
    [
        "",
        "not json at all",
        """{"auths":{"localhost:5000":{"auth":"YmFkOmJhZC1wYXNzd29yZA=="}}""", // a brace short
        """{"auths":{"localhost:5000":{"auth":"YmFkOmJhZC1wYXNzd29yZA=="}}} trailing""",
        """{"auths":["localhost:5000"]}""",
        """["auths"]""",
        "null",
    ];

    [Fact]
    public async Task A_dockercfg_secret_serves_as_well()
    {
        await using var scene = await StartAsync(
            Secret.DockerCfg("legacy", (Key, RegistryEntry.Basic("legacy", "password-legacy"))));

        (await scene.WritesAsync()).Serves(PullScene.MirrorRepository, "legacy", "password-legacy");
    }

    [Fact]
    public async Task Both_types_compete_by_the_same_rules()
    {
        await using var scene = await StartAsync(
            Secret.DockerConfigJson("a", (Key, RegistryEntry.Basic("host", "password-host"))),
            Secret.DockerCfg("b", (Key + "/mirror", RegistryEntry.Basic("deeper", "password-deeper"))));

        (await scene.WritesAsync()).Serves(PullScene.MirrorRepository, "deeper", "password-deeper");
    }

    /// <summary>A login by token alone has no user, or no password.</summary>
    [Theory]
    [InlineData("""{"auth":"OnBhc3N3b3JkLXRva2Vu"}""", "", "password-token")]
    [InlineData("""{"auth":"dXNlci10b2tlbjo="}""", "user-token", "")]
    [InlineData("""{"username":"","password":"password-token"}""", "", "password-token")]
    [InlineData("""{"username":"user-token"}""", "user-token", "")]
    [InlineData("""{"auth":"dXNlcjpwYXNzd29yZC1saW5lCg=="}""", "user", "password-line\n")]
    public async Task One_half_of_a_credential_may_be_empty_and_all_of_it_is_passed_on(string entry, string user, string password)
    {
        await using var scene = await StartAsync(
            Secret.OfDocument(
                "token", Secret.DockerConfigJsonType, ".dockerconfigjson", $$$$"""{"auths":{"{{{{Key}}}}":{{{{entry}}}}}}"""));

        (await scene.WritesAsync()).Serves(PullScene.MirrorRepository, user, password);
    }

    [Theory]
    [InlineData("dXNlcjpwYXNzd29yZC1saW5lCg==")]
    [InlineData("dXNlcgo6cGFzc3dvcmQtbGluZQ==")]
    [InlineData("dXNlcjpwYXNzd29yZC1saW5lDQo=")]
    public async Task A_line_end_at_the_end_of_user_or_password_is_a_warning(string auth)
    {
        await using var scene = await StartAsync(
            Secret.OfDocument(
                "line", Secret.DockerConfigJsonType, ".dockerconfigjson",
                $$$$"""{"auths":{"{{{{Key}}}}":{"auth":"{{{{auth}}}}"}}}"""));

        var run = await scene.PullAsync();

        run.Answers().ClaimsPrivate(PullScene.Image);
        Assert.Contains(
            "warning: Secret line, key \"localhost:5000\": user or password begins or ends with a line end", run.Stderr,
            StringComparison.Ordinal);
        run.RevealsNoneOf([auth, "password-line"]);
    }

    [Fact]
    public async Task A_Secret_without_an_entry_is_named_where_none_serves_and_is_no_warning()
    {
        await using var scene = await StartAsync(
            Secret.OfDocument("placeholder", Secret.DockerConfigJsonType, ".dockerconfigjson", """{"auths":{}}"""));

        var said = await scene.FindsNothingAsync();

        Assert.Contains("; 1 Secrets read, of which Secret placeholder has no entry; ", said, StringComparison.Ordinal);
        Assert.DoesNotContain("warning", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_in_a_key_serves_its_host_and_is_not_shown()
    {
        await using var scene = await StartAsync(Secret.OfDocument("url", Secret.DockerConfigJsonType, ".dockerconfigjson",
            """{"auths":{"https://someone:password-in-key@localhost:5000/":{"auth":"dXNlcjpwYXNzd29yZC11cmw="}}}"""));

        var run = await scene.PullAsync();

        run.Answers().ClaimsPrivate(PullScene.Image);
        AuthFile.Read(scene.AuthFilePath).Serves(PullScene.MirrorRepository, "user", "password-url");
        Assert.Contains("from Secret url key \"https://***@localhost:5000/\"", run.Stderr, StringComparison.Ordinal);
        run.RevealsNoneOf(["password-in-key"]);
    }

    [Fact]
    public async Task A_secret_of_another_type_is_not_read()
    {
        await using var scene = await StartAsync(Secret.OfDocument("opaque", "Opaque", ".dockerconfigjson",
            """{"auths":{"localhost:5000":{"auth":"b3BhcXVlOnBhc3N3b3JkLW9wYXF1ZQ=="}}}"""));

        await scene.FindsNothingAsync();
    }

    [Fact]
    public async Task Username_and_password_become_an_auth_string()
    {
        await using var scene = await StartAsync(
            Secret.DockerConfigJson("pair", (Key, new RegistryEntry { Username = "user", Password = "password:with:colons" })));

        (await scene.WritesAsync()).Serves(PullScene.MirrorRepository, "user", "password:with:colons");
    }

    [Fact]
    public async Task A_non_empty_auth_goes_before_username_and_password()
    {
        await using var scene = await StartAsync(Secret.DockerConfigJson("both",
            (Key, RegistryEntry.Basic("from-auth", "password-auth") with { Username = "other", Password = "password-other" })));

        (await scene.WritesAsync()).Serves(PullScene.MirrorRepository, "from-auth", "password-auth");
    }

    [Fact]
    public async Task An_empty_auth_leaves_the_word_to_username_and_password()
    {
        await using var scene = await StartAsync(Secret.DockerConfigJson("both",
            (Key, new RegistryEntry { Auth = "", Username = "user", Password = "password-user" })));

        (await scene.WritesAsync()).Serves(PullScene.MirrorRepository, "user", "password-user");
    }

    [Fact]
    public async Task Base64_without_padding_is_written_with_it()
    {
        var padded = RegistryEntry.Encode("user", "password-22"); // 16 bytes: ends in "=="
        await using var scene = await StartAsync(
            Secret.DockerConfigJson("bare", (Key, new RegistryEntry { Auth = padded.TrimEnd('=') })));

        var file = await scene.WritesAsync();

        file.Serves(PullScene.MirrorRepository, "user", "password-22");
        Assert.Contains(padded, file.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_identity_token_is_kept_beside_an_auth_of_the_user_alone()
    {
        await using var scene = await StartAsync(Secret.DockerConfigJson("token",
            (Key, new RegistryEntry { Username = "user", IdentityToken = "identity-token-0123456789" })));

        var entry = (await scene.WritesAsync()).Auths[PullScene.MirrorRepository];

        Assert.Equal("identity-token-0123456789", entry.IdentityToken);
        Assert.Equal(("user", ""), (entry.User, entry.Password));
    }

    [Theory]
    [MemberData(nameof(BadEntries))]
    public async Task A_bad_entry_costs_itself_and_a_warning_that_names_secret_and_key(string entry)
    {
        // The bad entry is the more exact one, so that its loss shows.
        await using var scene = await StartAsync(Secret.OfDocument(
            "mixed-secret", Secret.DockerConfigJsonType, ".dockerconfigjson",
            $$$$"""{"auths":{"localhost:5000/mirror":{{{{entry}}}},"localhost:5000":{"auth":"{{{{RegistryEntry.Encode("good", "password-good")}}}}"}}}"""));

        var run = await scene.PullAsync();

        run.Answers().ClaimsPrivate(PullScene.Image);
        AuthFile.Read(scene.AuthFilePath).Serves(PullScene.MirrorRepository, "good", "password-good");
        Assert.Contains("mixed-secret", run.Stderr, StringComparison.Ordinal);
        Assert.Contains("localhost:5000/mirror", run.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(BadDocuments))]
    public async Task A_bad_document_costs_its_secret_and_a_warning_that_names_it(string document)
    {
        await using var scene = await StartAsync(
            Secret.OfDocument("broken-secret", Secret.DockerConfigJsonType, ".dockerconfigjson", document)
                .CreatedAt("2026-12-01T00:00:00Z"),
            Secret.DockerConfigJson("good-secret", (Key, RegistryEntry.Basic("good", "password-good"))));

        var run = await scene.PullAsync();

        run.Answers().ClaimsPrivate(PullScene.Image);
        AuthFile.Read(scene.AuthFilePath).Serves(PullScene.MirrorRepository, "good", "password-good");
        Assert.Contains("broken-secret", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_without_its_data_key_costs_itself()
    {
        await using var scene = await StartAsync(
            Secret.OfDocument("hollow", Secret.DockerConfigJsonType, "config.json", "{}"),
            Secret.DockerConfigJson("good-secret", (Key, RegistryEntry.Basic("good", "password-good"))));

        (await scene.WritesAsync()).Serves(PullScene.MirrorRepository, "good", "password-good");
    }

    [Fact]
    public async Task A_key_spelled_twice_in_one_document_does_not_end_the_run()
    {
        await using var scene = await StartAsync(
            Secret.OfDocument("twice", Secret.DockerConfigJsonType, ".dockerconfigjson",
                $$$$"""{"auths":{"localhost:5000":{"auth":"{{{{RegistryEntry.Encode("same", "password-same")}}}}"},"https://localhost:5000/":{"auth":"{{{{RegistryEntry.Encode("other", "password-other")}}}}"}}}"""));

        // DECISIONS 11: the key that equals the normalised name goes first.
        (await scene.WritesAsync()).Serves(PullScene.MirrorRepository, "same", "password-same");
    }

    private static async Task<PullScene> StartAsync(params Secret[] secrets) => (await PullScene.StartAsync()).Secrets(secrets);
}
