using System;
using FastProvider.Json;

namespace FastProvider.Secrets;

/// <summary>When an object was made, as the API server writes it.</summary>
internal static class CreationTime
{
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

    /// <summary>The form of metav1.Time, RFC 3339 in UTC and whole seconds: 2026-11-23T02:00:26Z.</summary>
    private static bool TryRead(ReadOnlySpan<byte> text, out long unixSeconds)
    {
        unixSeconds = 0;
        if (text.Length != 20 || text[4] is not (byte)'-' || text[7] is not (byte)'-' || text[10] is not (byte)'T'
            || text[13] is not (byte)':' || text[16] is not (byte)':' || text[19] is not (byte)'Z')
        {
            return false;
        }

        int century = Two(text, 0), year = Two(text, 2), month = Two(text, 5), day = Two(text, 8);
        int hour = Two(text, 11), minute = Two(text, 14), second = Two(text, 17);
        // One that is no digit makes its number, and so all of them together, negative.
        year += century * 100;
        if ((century | year | month | day | hour | minute | second) < 0
            || year == 0 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        var ticks = new DateTime(year, month, day).Ticks - DateTime.UnixEpoch.Ticks;
        unixSeconds = (ticks / TimeSpan.TicksPerSecond) + (hour * 3600) + (minute * 60) + second;
        return true;
    }

    private static int Two(ReadOnlySpan<byte> text, int at)
    {
        int tens = text[at] - '0', ones = text[at + 1] - '0';
        return (uint)tens <= 9 && (uint)ones <= 9 ? (tens * 10) + ones : int.MinValue;
    }
}
