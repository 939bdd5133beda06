namespace FastProvider.Bench.Fleet.Server;

/// <summary>An API server: its cores, and the two priority levels that credential providers meet.</summary>
internal sealed class ApiServer
{
    public ApiServer(Timeline timeline)
    {
        Processor = new Processor(timeline, Costs.CoresPerApiServer);
        WorkloadLow = new PriorityLevel(timeline, Processor, SeatsOf(Costs.WorkloadLowShares), Costs.WorkloadLowQueues);
        System = new PriorityLevel(timeline, Processor, SeatsOf(Costs.SystemShares), Costs.SystemQueues);
    }

    public Processor Processor { get; }

    /// <summary>Requests of ServiceAccounts; each is one flow.</summary>
    public PriorityLevel WorkloadLow { get; }

    /// <summary>Requests of nodes; each is one flow.</summary>
    public PriorityLevel System { get; }

    public int Handshakes { get; private set; }

    /// <summary>Before there is a request, so no priority level has a say.</summary>
    public void Handshake(Action done)
    {
        Handshakes++;
        Processor.Do(Costs.HandshakeCpu, done);
    }

    /// <summary>Rounded up, as Kubernetes does.</summary>
    public static int SeatsOf(int shares) => (Costs.TotalSeats * shares + Costs.AllShares - 1) / Costs.AllShares;
}
