using System.Buffers;
using System.Text.Json;

namespace FastProvider.Commands.Doctor;

/// <summary>The findings for programs; docs/doctor.md has the shape.</summary>
internal static class DoctorJson
{
    private const int ShapeVersion = 1;

    public static int Send(DoctorRun run, int status)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("version", ShapeVersion);
            json.WriteString("root", run.Root);
            json.WriteStartArray("findings");
            foreach (var finding in run.Findings)
            {
                json.WriteStartObject();
                json.WriteString("id", finding.Id);
                json.WriteString("level", finding.Level.Word());
                json.WriteString("message", finding.Message);
                json.WriteString("cure", finding.Cure);
                json.WriteStartArray("items");
                foreach (var item in finding.Items)
                {
                    json.WriteStringValue(item);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return CommandOutput.Send([.. bytes.WrittenSpan, (byte)'\n'], status);
    }
}
