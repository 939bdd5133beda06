namespace FastProvider.Generators.Tests;

/// <summary>Declarations in the manner of the plugin's.</summary>
internal static class Samples
{
    /// <summary>A table with names of every length of tail, in both tables and both kinds of case.</summary>
    public const string Names = """
        using System;
        using FastProvider.Generators;

        namespace Sample;

        public enum Key
        {
            None,
            [Utf8Name("a")] One,
            [Utf8Name("io")] Two,
            [Utf8Name("aud")] [Utf8Name("iss")] Three,
            [Utf8Name("name")] [Utf8Name("type")] Four,
            [Utf8Name("image")] Five,
            [Utf8Name("prefix")] [Utf8Name("mirror")] Six,
            [Utf8Name("blocked")] Seven,
            [Utf8Name("location")] [Utf8Name("insecure")] Eight,
            [Utf8Name("namespace")] Nine,
            [Utf8Name("registries")] Ten,
            [Utf8Name("credential-")] Eleven,
            [Utf8Name("aaaaaaaabbbb")] [Utf8Name("aaaaaaaacccc")] Twelve,
            [Utf8Name("kubernetes.io")] Thirteen,
            [Utf8Name("aaaaaaaabbbbbbbb")] [Utf8Name("aaaaaaaacccccccc")] [Utf8Name("bbbbbbbbcccccccc")] Sixteen,
            [Utf8Name("creationTimestamp")] Seventeen,
            [Utf8Name("additional-layer-store-auth-helper")] ThirtyFour,
        }

        public static partial class Keys
        {
            [Utf8Find]
            public static partial Key Find(ReadOnlySpan<byte> name);

            [Utf8Find(Key.Eight, Key.Six)]
            public static partial Key FindSome(ReadOnlySpan<byte> name);

            [Utf8Find("docker.io", "index.docker.io", "registry-1.docker.io", "a-b_c@[x]", IgnoreCase = true)]
            public static partial bool IsHub(ReadOnlySpan<byte> name);
        }
        """;

    /// <summary>Words of members in both directions, in two sets, with members that have none.</summary>
    public const string Words = """
        using System;
        using FastProvider.Generators;

        namespace Sample.Levels
        {
            public enum Level
            {
                [Utf8Name("error")] [Utf8Name("E", Set = "short")] Error,
                [Utf8Name("warning")] [Utf8Name("warn")] Warning,
                [Utf8Name("a \"quoted\" one")] [Utf8Name("Q", Set = "short")] Quoted,
                Nameless,
            }
        }

        namespace Sample
        {
            using Sample.Levels;

            public enum Way
            {
                None,
                [Utf8Name("there")] There,
            }

            public static partial class Words
            {
                [Utf8Word]
                public static partial ReadOnlySpan<byte> Word(this Level level);

                [Utf8Word]
                internal static partial string Word(this Way way);

                [Utf8Word(Set = "short")]
                public static partial string? Letter(Level level);

                [Utf8Find]
                public static partial Level? Find(ReadOnlySpan<byte> word);

                [Utf8Find(Set = "short")]
                public static partial Level? Find(string word);

                [Utf8Find]
                public static partial Way FindWay(string word);
            }
        }
        """;

    /// <summary>A reader of a whole document with every kind of member.</summary>
    public const string Whole = """
        using System;
        using System.Collections.Generic;
        using System.Text;
        using System.Text.Json;
        using FastProvider.Generators;
        using FastProvider.Native;

        namespace Sample;

        public enum Size
        {
            Unknown,
            [Utf8Name("small")] Small,
            [Utf8Name("large")] Large,
        }

        [JsonReader]
        public partial class Document
        {
            [FromJson("owner")] private readonly SecretBuffer _owner = new();
            private readonly List<string> _labels = new();

            [FromJson("kubernetes.io", "pod", "name")] public ReadOnlyMemory<byte> Pod { get; private set; }
            [FromJson("kubernetes.io", "namespace")] public ReadOnlyMemory<byte> Namespace { get; private set; }
            [FromJson("exp")] public long Expires { get; private set; }
            [FromJson("size")] public Size Size { get; private set; }
            public int Items { get; private set; }
            public int Taken { get; private set; }

            public static string Read(byte[] json)
            {
                using var values = new SecretBuffer();
                values.Reserve(json.Length);
                var document = new Document();
                switch (document.ReadDocument(json, values).Kind)
                {
                    case JsonFaultKind.NoObject: return "no object";
                    case JsonFaultKind.WrongType: return "wrong type";
                    case JsonFaultKind.Broken: return "no JSON";
                    case JsonFaultKind.Trailing: return "more than an object";
                }

                return $"{Text(document.Namespace)}/{Text(document.Pod)} {document.Expires} {document.Size}"
                    + $" {Encoding.UTF8.GetString(document._owner.WrittenSpan)} {document.Items}/{document.Taken} {string.Join(",", document._labels)}";
            }

            private static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);

            [JsonStart("items", "[]")]
            private void StartItem() => Items++;

            [FromJson("items", "[]", "taken")]
            private void Take(ref Utf8JsonReader reader, SecretBuffer values)
            {
                reader.Skip();
                Taken++;
            }

            [FromJson("labels", "{}")]
            private void TakeLabel(ref Utf8JsonReader reader)
            {
                var name = reader.GetString();
                reader.Read();
                _labels.Add($"{name}={reader.TokenType}");
                reader.Skip();
            }
        }
        """;

    /// <summary>The same document in pieces.</summary>
    public const string Resumable = """
        using System;
        using System.Text;
        using System.Text.Json;
        using FastProvider.Generators;
        using FastProvider.Json;
        using FastProvider.Native;

        namespace Sample;

        public enum Size
        {
            Unknown,
            [Utf8Name("small")] Small,
            [Utf8Name("large")] Large,
        }

        [JsonReader(Resumable = true, NamesAreUnique = true)]
        public partial class List
        {
            [FromJson("items", "[]", "metadata", "name")] private readonly SecretBuffer _name = new();
            [FromJson("items", "[]", "metadata", "generation")] private long _generation;
            [FromJson("items", "[]", "size")] private Size _size;
            private readonly JsonReading _json = new(64);
            private StringBuilder _items = new();

            public string Items => _items.ToString();

            public bool IsWhole => IsAtEnd;

            public void Start()
            {
                _json.Start();
                _items.Clear();
                StartJson();
            }

            public bool Read(ReadOnlySpan<byte> piece, bool isLast)
            {
                var reader = new JsonPieceReader(_json, piece, isLast);
                try
                {
                    return ReadJson(ref reader);
                }
                catch (Exception broken) when (broken is JsonException or InvalidOperationException)
                {
                    return false;
                }
            }

            [FromJson("kind")]
            private bool TakeKind(ref JsonPieceReader reader) => reader.ValueTextEquals("List"u8);

            [JsonStart("items", "[]")]
            private void StartItem()
            {
                _name.Clear();
                _generation = 0;
                _size = Size.Unknown;
            }

            [JsonEnd("items", "[]")]
            private void EndItem() => _items.Append($"{Encoding.UTF8.GetString(_name.WrittenSpan)}:{_generation}:{_size};");
        }
        """;

    /// <summary>A reader of a whole document of which little is wanted.</summary>
    public const string MostlyUnwanted = """
        using System.Text;
        using FastProvider.Generators;
        using FastProvider.Json;
        using FastProvider.Native;

        namespace Sample;

        [JsonReader(Lenient = true, MostlyUnwanted = true)]
        public partial class Found
        {
            [FromJson("of", "name")] private readonly SecretBuffer _name = new();
            [FromJson("size")] private long _size;
            private int _labels;

            public static string Read(byte[] json)
            {
                var found = new Found();
                using var reading = new JsonReading(64);
                reading.Start();
                var reader = new JsonPieceReader(reading, json, isLast: true);
                reader.Read();
                found.ReadJson(ref reader);
                return $"{Encoding.UTF8.GetString(found._name.WrittenSpan)} {found._size} {found._labels} {reader.Read()}";
            }

            [FromJson("labels", "{}")]
            private void TakeLabel(ref JsonPieceReader reader)
            {
                _labels++;
                reader.Skip();
            }
        }
        """;
}
