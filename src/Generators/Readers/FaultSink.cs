using System.Collections.Generic;
using System.Threading;
using FastProvider.Generators.Model;
using Microsoft.CodeAnalysis;

namespace FastProvider.Generators.Readers;

/// <summary>Takes the faults of one attribute.</summary>
internal readonly struct FaultSink(PlaceSpec? place, List<DiagnosticSpec> faults, CancellationToken cancel)
{
    public PlaceSpec? Place => place;

    public List<DiagnosticSpec> All => faults;

    public CancellationToken Cancel => cancel;

    public void Add(DiagnosticDescriptor fault, string argument) => faults.Add(new DiagnosticSpec(fault.Id, place, argument));
}
