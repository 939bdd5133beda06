using System.Globalization;
using FastProvider.Sbom;

// FILE VERSION IMAGE-LIBRARIES OPENSSL ASSETS...: the file to write, the release's version, the list that image.sh wrote, the
// folder that openssl.sh made, and the project.assets.json of each architecture.
if (args.Length < 5)
{
    Console.Error.WriteLine("Usage: Sbom FILE VERSION IMAGE-LIBRARIES OPENSSL ASSETS...");
    return 2;
}

var epoch = long.Parse(Environment.GetEnvironmentVariable("SOURCE_DATE_EPOCH") ?? "0", CultureInfo.InvariantCulture);
var components = args[4..].SelectMany(LinkedPackages.Of).Concat(ImageLibraries.Read(args[2])).Concat(CarriedOpenSsl.Read(args[3]))
    .DistinctBy(component => component.Purl).OrderBy(component => component.Purl, StringComparer.Ordinal);
await using var file = File.Create(args[0]);
CycloneDx.Write(file, args[1], DateTimeOffset.FromUnixTimeSeconds(epoch), [.. components]);
return 0;
