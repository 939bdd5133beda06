namespace FastProvider.Mutants.Simple;

/// <summary>
/// The tests that are to notice a simple mutant of a room, in stages: those of the room itself, which take seconds, then those
/// that run whole pulls of its kind. Not all tests, as most know nothing of the room.
/// </summary>
internal static class RoomTests
{
    /// <summary>For each room its stages; a stage is the parts of the full names of its tests.</summary>
    public static IReadOnlyDictionary<string, string[][]> Stages { get; } = new Dictionary<string, string[][]>
    {
        ["AuthFile"] =
        [
            [".Tests.AuthFile.", ".Slot.SlotSigns", ".Slot.SlotModel"],
            [".EndToEnd.AuthDir", ".Faults.AuthDirectory", ".Clock.UntakenAge", ".Clock.SlotWait", ".Slot.Turn",
                ".Slot.SweptLock"],
            [".Slot.Sweep", ".Slot.PrivateImages", ".Faults.Limit"],
        ],
        ["Mirrors"] =
        [
            [".Tests.Mirrors.", ".Tests.Request."],
            [".EndToEnd.HappyPath", ".Faults.Registries", ".Faults.SizeBound", ".Commands.Explain", ".Doctor.DoctorTests"],
        ],
        ["Secrets"] =
        [
            [".Tests.Secrets."],
            [".EndToEnd.Selection", ".EndToEnd.SecretDocument", ".EndToEnd.GlobalAuthFile", ".EndToEnd.HappyPath",
                ".EndToEnd.Wire"],
            ["WayTests", ".Commands.Explain", ".Faults.SizeBound", ".EndToEnd.EndlessAnswer"],
        ],
        ["Transport"] =
        [
            [".Tests.Transport."],
            [".EndToEnd.Tls", ".EndToEnd.ServerCertificate", ".EndToEnd.TokenReceiver", ".EndToEnd.Proxy", ".EndToEnd.Wire",
                ".EndToEnd.ApiFault", ".EndToEnd.HappyPath"],
            [".EndToEnd.ServerFault", ".EndToEnd.ApiServerNode", ".EndToEnd.Event", ".EndToEnd.PodWay", ".EndToEnd.HeavyList",
                ".EndToEnd.HoldingPeer", ".EndToEnd.SilentResolver", ".EndToEnd.EndlessAnswer", ".Clock.Patience",
                ".Faults.SizeBound"],
        ],
    };
}
