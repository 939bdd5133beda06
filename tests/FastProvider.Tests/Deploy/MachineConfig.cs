namespace FastProvider.Tests.Deploy;

/// <summary>
/// The parts of a MachineConfig (machineconfiguration.openshift.io/v1) and of Ignition 3.4 in it that ours may have; no client
/// library has them.
/// </summary>
public sealed class MachineConfig
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public k8s.Models.V1ObjectMeta Metadata { get; set; } = new();

    public Body Spec { get; set; } = new();

    public sealed class Body
    {
        public Ignition Config { get; set; } = new();
    }

    public sealed class Ignition
    {
        [YamlDotNet.Serialization.YamlMember(Alias = "ignition", ApplyNamingConventions = false)]
        public Version Header { get; set; } = new();

        public Storage Storage { get; set; } = new();

        public Systemd Systemd { get; set; } = new();
    }

    public sealed class Version
    {
        [YamlDotNet.Serialization.YamlMember(Alias = "version", ApplyNamingConventions = false)]
        public string Number { get; set; } = "";
    }

    public sealed class Storage
    {
        public IList<StoredFile> Files { get; set; } = [];
    }

    public sealed class StoredFile
    {
        public string Path { get; set; } = "";

        public int Mode { get; set; }

        public bool Overwrite { get; set; }

        public Resource Contents { get; set; } = new();
    }

    public sealed class Resource
    {
        public string Source { get; set; } = "";
    }

    public sealed class Systemd
    {
        public IList<Unit> Units { get; set; } = [];
    }

    public sealed class Unit
    {
        public string Name { get; set; } = "";

        public bool? Enabled { get; set; }

        public string? Contents { get; set; }

        public IList<DropIn> Dropins { get; set; } = [];
    }

    public sealed class DropIn
    {
        public string Name { get; set; } = "";

        public string Contents { get; set; } = "";
    }
}
