using CsCheck;
using FastProvider.AuthFile;
using FastProvider.Base;
using FastProvider.Native;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Slot;

/// <summary>
/// The executable specification of a slot: free, written, taken, swept. The model is a handful of fields; beside it the real
/// directory, lock and slot do the same.
/// </summary>
public sealed class SlotModelTests : IDisposable
{
    private static readonly TimeSpan ShortBound = TimeSpan.FromMilliseconds(2), LongBound = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo _node = Directory.CreateTempSubdirectory("fast-provider-slots-");

    private static readonly GenOperation<RealSlot, ModelSlot> Written = Gen.Operation<RealSlot, ModelSlot>(
        slot => slot.Write(slot.Bound), model => model.Write());

    private static readonly GenOperation<RealSlot, ModelSlot> WrittenWhileALockIsHeld = Gen.Operation<RealSlot, ModelSlot>(
        slot => slot.WriteWhileLocked(ShortBound), model => model.WriteUnlocked());

    private static readonly GenOperation<RealSlot, ModelSlot> Emptied = Gen.Operation<RealSlot, ModelSlot>(
        slot => slot.Empty(slot.Bound), model => model.Empty());

    private static readonly GenOperation<RealSlot, ModelSlot> Taken = Gen.Operation<RealSlot, ModelSlot>(
        slot => slot.Take(), model => model.Take());

    private static readonly GenOperation<RealSlot, ModelSlot> Pulled = Gen.Operation<RealSlot, ModelSlot>(
        slot => slot.EndPull(), model => model.EndPull());

    private static readonly GenOperation<RealSlot, ModelSlot> SweptWhenOld = Gen.Operation<RealSlot, ModelSlot>(
        slot => slot.Sweep(RealSlot.Old), model => model.Sweep());

    private static readonly GenOperation<RealSlot, ModelSlot> SweptWhenYoung = Gen.Operation<RealSlot, ModelSlot>(
        slot => slot.Sweep(RealSlot.Young), _ => { });

    private static readonly GenOperation<RealSlot, ModelSlot> SweptWhileALockIsHeld = Gen.Operation<RealSlot, ModelSlot>(
        slot => slot.SweepWhileLocked(), _ => { });

    [Fact]
    public void A_slot_is_free_written_taken_or_swept() =>
        Gen.Const(0).Select(_ => (FreeSlot(), new ModelSlot())).SampleModelBased(
            [Written, WrittenWhileALockIsHeld, Emptied, Taken, Pulled, SweptWhenOld, SweptWhenYoung, SweptWhileALockIsHeld],
            equal: (slot, model) => slot.Observe() == model.Observe(), iter: 60, threads: 1);

    [Fact]
    public void Of_runs_that_start_together_each_has_a_file_for_its_pull() =>
        Gen.Int[0, 15].Array[2, 8].Sample(gapsMs =>
        {
            var slot = FreeSlot();
            var hasFile = new bool[gapsMs.Length];
            var pods = gapsMs.Select((gapMs, pod) => new Thread(() =>
            {
                slot.Write(LongBound);
                Thread.Sleep(gapMs);
                hasFile[pod] = slot.Take();
            })).ToArray();
            Array.ForEach(pods, pod => pod.Start());
            Array.ForEach(pods, pod => pod.Join());
            return Array.TrueForAll(hasFile, has => has) && !slot.Observe().HasFile;
        }, iter: 30, threads: 1);

    public void Dispose() => _node.Delete(recursive: true);

    private RealSlot FreeSlot() => new(_node.CreateSubdirectory(Guid.NewGuid().ToString()).FullName);

    /// <summary>What can be told apart from outside.</summary>
    /// <param name="HasFile">A file lies in the slot.</param>
    /// <param name="Pulls">Files that CRI-O took and still uses.</param>
    /// <param name="IsSameStory">The file has the time of the first that was written since the slot was free.</param>
    /// <param name="WasWaitNeeded">The last run met a file or a held lock; otherwise it must not have waited.</param>
    internal readonly record struct Observation(bool HasFile, int Pulls, bool IsSameStory, bool WasWaitNeeded);

    internal sealed class ModelSlot
    {
        private bool _hasFile, _wasWaitNeeded;
        private int _pulls;

        public void Write()
        {
            _wasWaitNeeded = _hasFile;
            _hasFile = true;
        }

        public void WriteUnlocked()
        {
            _wasWaitNeeded = true;
            _hasFile = true;
        }

        public void Empty() => (_wasWaitNeeded, _hasFile) = (_hasFile, false);

        public void Take() => (_pulls, _hasFile) = (_pulls + (_hasFile ? 1 : 0), false);

        public void EndPull() => _pulls = Math.Max(0, _pulls - 1);

        public void Sweep() => _hasFile = false;

        public Observation Observe() => new(_hasFile, _pulls, true, _wasWaitNeeded);
    }

    internal sealed class RealSlot
    {
        public static readonly TimeSpan Old = -TimeSpan.FromDays(1), Young = TimeSpan.FromDays(1);

        private const string Image = PullScene.Image;

        private readonly string _root;
        private readonly Crio _crio;
        private readonly Queue<string> _pulls = [];
        private DateTime? _firstWritten;
        private bool _wasWaitNeeded, _wasWaitedFor;
        private DateTime _written;

        public RealSlot(string root)
        {
            _root = root;
            Directory.CreateDirectory(AuthDir, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            _crio = new Crio(AuthDir);
        }

        private string AuthDir => Path.Combine(_root, "auth");

        private string LockDir => Path.Combine(_root, "run");

        private string FilePath => EndToEnd.AuthFile.PathOf(AuthDir, PullScene.Namespace, Image);

        /// <summary>
        /// Short where a file lies, for which a run might wait. Where none lies a run waits for the lock alone, which the waiter
        /// of a run that gave up may have for a moment, and on a busy machine for a long one.
        /// </summary>
        public TimeSpan Bound => File.Exists(FilePath) ? ShortBound : LongBound;

        public void Write(TimeSpan bound)
        {
            using var slot = Open();
            using var turn = Await(slot, bound, toEmpty: false);
            Assert.Null(turn.Fill([], []));
        }

        public void WriteWhileLocked(TimeSpan bound)
        {
            using var slotLock = Lock();
            Write(bound);
        }

        public void Empty(TimeSpan bound)
        {
            using var slot = Open();
            using var turn = Await(slot, bound, toEmpty: true);
            Assert.Null(turn.Empty());
        }

        public bool Take()
        {
            var taken = _crio.TryTake(Image);
            if (taken is not null)
            {
                Assert.Equal("{\"auths\":{}}", EndToEnd.AuthFile.ReadText(taken)); // whole
                lock (_pulls)
                {
                    _pulls.Enqueue(taken);
                    _wasWaitedFor = false;
                }
            }

            return taken is not null;
        }

        public void EndPull()
        {
            if (_pulls.TryDequeue(out var taken))
            {
                File.Delete(taken);
                _wasWaitedFor = false;
            }
        }

        /// <summary>With a lifetime for which all that lies there is old, or young: nobody can set a change time.</summary>
        public void Sweep(TimeSpan lifetime)
        {
            for (var tries = 0; tries == 0 || (lifetime == Old && File.Exists(FilePath) && tries < 1000); tries++)
            {
                // A run that gave up leaves a waiter behind, which has the lock for a moment; so has a process that another test
                // starts, until it runs its program. A sweep would not wait for either.
                Lock().Dispose();
                SweepNow(lifetime);
            }
        }

        public void SweepWhileLocked()
        {
            using var slotLock = Lock();
            SweepNow(Old);
        }

        private void SweepNow(TimeSpan lifetime) =>
            UntakenFiles.Sweep(AuthDir, LockDir, lifetime, DateTime.UtcNow, Deadline.After(LongBound));

        public Observation Observe()
        {
            var hasFile = File.Exists(FilePath);
            _firstWritten = hasFile ? _firstWritten ?? File.GetLastWriteTimeUtc(FilePath) : null;
            var isSameStory = !hasFile || File.GetLastWriteTimeUtc(FilePath) == _firstWritten;
            Assert.All(_pulls, taken => Assert.True(File.Exists(taken), "A file in use is gone."));
            Assert.DoesNotContain(Directory.EnumerateFiles(AuthDir), f => f.EndsWith(".tmp", StringComparison.Ordinal));
            return new Observation(hasFile, _pulls.Count, isSameStory, _wasWaitNeeded);
        }

        private SlotTurn Await(AuthFileSlot slot, TimeSpan bound, bool toEmpty)
        {
            var hadFile = File.Exists(FilePath);
            var turn = slot.Await(new SlotWait(LockDir, bound), toEmpty);
            var hasWaited = turn.WaitedInVain || turn.Warning is not null;
            // A wait in vain is remembered until a pull begins or ends. Nor need what lies there be waited for some time after it
            // was written, to which a slow machine may have come. Where nothing lies there is no wait at all.
            var mayPass = hadFile && (_wasWaitedFor || DateTime.UtcNow - _written > TimeSpan.FromMilliseconds(50));
            _wasWaitNeeded = hasWaited || mayPass;
            _wasWaitedFor |= hasWaited;
            _written = DateTime.UtcNow; // before the file is
            return turn;
        }

        private AuthFileSlot Open() => AuthFileSlot.Open(AuthDir, "team-a"u8, "registry.invalid/app"u8).Value!;

        private SlotLock Lock()
        {
            var opened = OwnedDirectory.Open("lock directory", LockDir);
            Assert.Null(opened.Failure);
            using (var locks = opened.Value)
            {
                Assert.Null(SlotLock.Take(locks!, AuthDir, Path.GetFileName(FilePath), Deadline.After(LongBound), out var taken));
                Assert.True(taken is not null, "A lock was left behind.");
                return taken!;
            }
        }
    }
}
