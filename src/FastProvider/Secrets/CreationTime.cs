using System;
using FastProvider.Json;

namespace FastProvider.Secrets;

/// <summary>When an object was made, as the API server writes it.</summary>
internal static class CreationTime
{
    /// <summary>The form of metav1.Time: RFC 3339 in UTC, whole seconds.</summary>
    private static ReadOnlySpan<byte> Form => "0000-00-00T00:00:00Z"u8;

    /// <summary>Seconds since 1970; 0 for what is no time of RFC 3339.</summary>
    /// <param name="reader">At a string.</param>
    public static long UnixSeconds(in JsonPieceReader reader)
    {
        if (TryRead(reader.ValueSpan, out var created))
        {
            return created;
        }

        // Any other form, as System.Text.Json takes it.
        return reader.AsUtf8JsonReader().TryGetDateTimeOffset(out var other) ? other.ToUnixTimeSeconds() : 0;
    }

    private static bool TryRead(ReadOnlySpan<byte> text, out long unixSeconds)
    {
        unixSeconds = 0;
        if (text.Length != Form.Length)
        {
            return false;
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (Form[i] is (byte)'0' ? !char.IsAsciiDigit((char)text[i]) : text[i] != Form[i])
            {
                return false;
            }
        }

        int year = (Two(text, 0) * 100) + Two(text, 2), month = Two(text, 5), day = Two(text, 8);
        int hour = Two(text, 11), minute = Two(text, 14), second = Two(text, 17);
        if (year == 0 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        unixSeconds = (new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc) - DateTime.UnixEpoch).Ticks
            / TimeSpan.TicksPerSecond;
        return true;
    }

    private static int Two(ReadOnlySpan<byte> text, int at) => ((text[at] - '0') * 10) + text[at + 1] - '0';
}
