using CsCheck;

namespace FastProvider.Tests.Grants;

/// <summary>
/// The executable specification of a slot and its grants. The model is a list and a file; beside it a real directory, lock and
/// slot do the same. After each step it is the same grants, the same file, and the lock is held exactly while there are grants.
/// </summary>
public sealed class GrantModelTests : IDisposable
{
    private static readonly Gen<string> Pod = Gen.OneOf("", "uid-1", "uid-2", "uid-3");

    private static readonly Gen<string> Content =
        Gen.OneOf("{\"auths\":{}}", "{\"auths\":{\"a\":{}}}", "{\"auths\":{\"b\":{}}}");

    private static readonly Gen<TimeSpan> Lifetime =
        Gen.OneOf(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.Zero);

    private readonly DirectoryInfo _node = Directory.CreateTempSubdirectory("fast-provider-grants-");

    private static readonly GenOperation<RealGrants, ModelGrants> APodsRun =
        Gen.Select(Pod, Content, Lifetime).Operation<RealGrants, ModelGrants>(
            (slot, run) => slot.Add(run.Item1, run.Item2, run.Item3), (model, run) => model.Add(run.Item1, run.Item2, run.Item3));

    private static readonly GenOperation<RealGrants, ModelGrants> ARunWithoutAFile =
        Gen.Select(Pod, Lifetime).Operation<RealGrants, ModelGrants>(
            (slot, run) => slot.Withdraw(run.Item1, run.Item2), (model, run) => model.Withdraw(run.Item1, run.Item2));

    private static readonly GenOperation<RealGrants, ModelGrants> APull = Gen.Operation<RealGrants, ModelGrants>(
        slot => slot.Take(), model => model.Take());

    private static readonly GenOperation<RealGrants, ModelGrants> ThePullsEnd = Gen.Operation<RealGrants, ModelGrants>(
        slot => slot.EndPulls(), model => model.EndPulls());

    private static readonly GenOperation<RealGrants, ModelGrants> ADelete = Gen.Operation<RealGrants, ModelGrants>(
        slot => slot.Delete(), model => model.Delete());

    private static readonly GenOperation<RealGrants, ModelGrants> ARunWithoutTheLock =
        Content.Operation<RealGrants, ModelGrants>(
            (slot, content) => slot.WriteAlone(content), (model, content) => model.WriteAlone(content));

    private static readonly GenOperation<RealGrants, ModelGrants> APullAndARunWithoutTheLock =
        Content.Operation<RealGrants, ModelGrants>(
            (slot, content) => slot.TakeAndWriteAlone(content),
            (model, content) => model.TakeAndWriteAlone(content));

    private static readonly GenOperation<RealGrants, ModelGrants> ANewLabel = Gen.Operation<RealGrants, ModelGrants>(
        slot => slot.Relabel(), _ => { });

    private static readonly GenOperation<RealGrants, ModelGrants> ANewDirectory = Gen.Operation<RealGrants, ModelGrants>(
        slot => slot.MakeDirectoryAnew(), model => model.MakeDirectoryAnew());

    private static readonly GenOperation<RealGrants, ModelGrants> ANewAgent = Gen.Operation<RealGrants, ModelGrants>(
        slot => slot.Restart(), model => model.Restart());

    private static readonly GenOperation<RealGrants, ModelGrants> APullBetweenTwoAgents = Gen.Operation<RealGrants, ModelGrants>(
        slot => slot.RestartAfterAPull(), model => model.RestartAfterAPull());

    private static readonly GenOperation<RealGrants, ModelGrants> ARunBetweenTwoAgents =
        Content.Operation<RealGrants, ModelGrants>(
            (slot, content) => slot.RestartAfterARunAlone(content), (model, content) => model.RestartAfterARunAlone(content));

    private static readonly GenOperation<RealGrants, ModelGrants> Time =
        Gen.OneOf(1, 59, 60, 240, 300).Operation<RealGrants, ModelGrants>(
            (slot, seconds) => slot.Age(TimeSpan.FromSeconds(seconds)), (m, seconds) => m.Age(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Each_pods_pull_finds_a_file_and_nothing_is_left_when_the_last_grant_has_ended() =>
        Gen.Const(0).Select(_ => (FreeSlot(), new ModelGrants())).SampleModelBased(
            [
                APodsRun, APodsRun, APodsRun, APull, APull, ThePullsEnd, ARunWithoutAFile, ADelete, ARunWithoutTheLock,
                APullAndARunWithoutTheLock, ANewLabel, ANewDirectory, Time, ANewAgent, APullBetweenTwoAgents,
                ARunBetweenTwoAgents,
            ],
            equal: (slot, model) => model.Allows(slot.Observe()), iter: 200, threads: 1,
            printActual: slot => slot.Observe().ToString(), printModel: model => model.ToString());

    public void Dispose() => _node.Delete(recursive: true);

    private RealGrants FreeSlot() => new(_node.CreateSubdirectory(Guid.NewGuid().ToString()).FullName);
}
