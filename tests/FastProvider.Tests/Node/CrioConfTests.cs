using FastProvider.Node;

namespace FastProvider.Tests.Node;

public class CrioConfTests
{
    [Fact]
    public void Without_files_the_defaults_count()
    {
        using var node = new NodeTree();

        var conf = CrioConf.Read(node.Root);

        Assert.Equal("/etc/crio/auth", conf.NamespacedAuthDirectory);
        Assert.Null(conf.GlobalAuthFile);
    }

    [Fact]
    public void Every_file_counts_in_lexical_order_and_the_last_one_wins()
    {
        using var node = new NodeTree()
            .With("/etc/crio/crio.conf", "[crio]\n[crio.image]\nglobal_auth_file = \"/main.json\"\nnamespaced_auth_dir = \"/main\"\n")
            .With("/etc/crio/crio.conf.d/20-late", "[crio.image]\nnamespaced_auth_dir = '/late' # no .conf needed\n")
            .With("/etc/crio/crio.conf.d/15-sub/x.conf", "[ crio.image ] # below\nnamespaced_auth_dir='/sub'\nglobal_auth_file\t=\t\"/sub.json\"\r\n")
            .With("/etc/crio/crio.conf.d/10-early.conf", "[crio.image]\nnamespaced_auth_dir = \"/early\"\nglobal_auth_file = \"/early.json\"");

        var conf = CrioConf.Read(node.Root);

        Assert.Equal("/late", conf.NamespacedAuthDirectory);
        Assert.Equal("/sub.json", conf.GlobalAuthFile);
    }

    [Theory]
    [InlineData("namespaced_auth_dir = \"/x\"")]
    [InlineData("[crio.runtime]\nnamespaced_auth_dir = \"/x\"")]
    [InlineData("[crio.image]\n[crio.network]\nnamespaced_auth_dir = \"/x\"")]
    [InlineData("[crio.image]\n# namespaced_auth_dir = \"/x\"")]
    [InlineData("[crio.image]\nnamespaced_auth_dir_other = \"/x\"")]
    [InlineData("[crio.image]\nnamespaced_auth_dir = \"relative\"")]
    [InlineData("[crio.image]\nnamespaced_auth_dir = \"\"")]
    [InlineData("[crio.image]\nnamespaced_auth_dir = \"/x")]
    [InlineData("[crio.image]\nnamespaced_auth_dir = \"/x\" y")]
    [InlineData("[crio.image]\nnamespaced_auth_dir = \"/x\\ty\"")]
    [InlineData("[crio.image]\nnamespaced_auth_dir = /x")]
    [InlineData("[crio.image]\nnamespaced_auth_dir")]
    [InlineData("[crio.image]\nother = \"\"\"\nnamespaced_auth_dir = \"/x\"\n\"\"\"")]
    [InlineData("[crio.image]\nother = '''\nnamespaced_auth_dir = \"/x\"\n'''")]
    [InlineData("[crio.image")]
    public void What_is_strange_or_elsewhere_leaves_the_default(string toml)
    {
        using var node = new NodeTree().With("/etc/crio/crio.conf", toml);

        Assert.Equal(CrioConf.DefaultNamespacedAuthDirectory, CrioConf.Read(node.Root).NamespacedAuthDirectory);
    }

    [Fact]
    public void What_follows_a_multi_line_string_counts()
    {
        using var node = new NodeTree().With(
            "/etc/crio/crio.conf", "[crio.image]\na = \"\"\"one line\"\"\"\nb = '''\n[crio]\n'''\nnamespaced_auth_dir = \"/x\"");

        Assert.Equal("/x", CrioConf.Read(node.Root).NamespacedAuthDirectory);
    }
}
