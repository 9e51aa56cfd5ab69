using System.Buffers;
using System.Text;
using System.Text.Json;
using FsCheck.Fluent;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Tests.Expressions;

/// <summary>The table of a source is built by a scan of our own: it takes what the framework's reader takes, and reads it alike.</summary>
public sealed class Reading_json
{
    private const string Sample = """ {"a\u00e9":[1,-0.5e+3,{"b":{}},[],true,false,null] , "long enough to fill a vector":"x\"\\\n and more of it Zurich","n":12.25} """;

    [Fact]
    public void Damage_at_any_place_is_noticed_as_the_framework_notices_it()
    {
        byte[] replacements = [.. "\"\\,:[]{}0-.eEtun x\u0001"u8];
        var sample = Encoding.UTF8.GetBytes(Sample);
        var (taken, refused) = (0, 0);
        for (var place = 0; place < sample.Length; place++)
        {
            foreach (var replacement in replacements)
            {
                var damaged = sample.ToArray();
                damaged[place] = replacement;
                Count(AreReadAlike(damaged), ref taken, ref refused);
            }

            Count(AreReadAlike([.. sample[..place], .. sample[(place + 1)..]]), ref taken, ref refused);
            Count(AreReadAlike(sample[..place]), ref taken, ref refused);
        }

        Assert.True(taken > 500 && refused > 500, $"{taken} taken and {refused} refused say little.");
    }

    [Fact]
    public void Any_json_whole_or_damaged_is_read_as_the_framework_reads_it()
    {
        var (taken, refused) = (0, 0);
        var damages = Gen.Choose(0, 100_000).Zip(Gen.Elements([.. "\"\\,:[]{}0-.eEtun x\u0001"])).ListOf();

        // A name of half a character cannot be asked of the framework.
        Chance.Holds(Chance.Json().Where(text => !text.Contains("\\ud800")).Zip(damages), 10_000, made =>
        {
            var text = made.Item1.ToCharArray();
            foreach (var (place, letter) in made.Item2.Take(2))
            {
                text[place % text.Length] = letter;
            }

            Count(AreReadAlike(Encoding.UTF8.GetBytes(text)), ref taken, ref refused);
        });

        Assert.True(taken > 500 && refused > 500, $"{taken} taken and {refused} refused say little.");
    }

    [Theory]
    [InlineData("")]
    [InlineData("1 2")]
    [InlineData("01")]
    [InlineData("-")]
    [InlineData("1.")]
    [InlineData("1e")]
    [InlineData("[1,]")]
    [InlineData("[,1]")]
    [InlineData("[1 2]")]
    [InlineData("{,}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{\"a\"}")]
    [InlineData("{1:2}")]
    [InlineData("[}")]
    [InlineData("{]")]
    [InlineData("nul")]
    [InlineData("\"\\x\"")]
    [InlineData("\"\\u12g4\"")]
    [InlineData("\"a")]
    [InlineData("\ufeff1")]
    public void What_is_not_json_is_refused(string text) => Assert.False(AreReadAlike(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("0")]
    [InlineData("-0")]
    [InlineData(" \t\r\n\"\" ")]
    [InlineData("[[[]],{}]")]
    [InlineData("1E-7")]
    [InlineData("\"\\ud83d\"")]
    public void Odd_json_is_json(string text) => Assert.True(AreReadAlike(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData(512, true)]
    [InlineData(513, false)]
    public void Nesting_has_its_limit(int depth, bool isTaken) =>
        Assert.Equal(isTaken, AreReadAlike(Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth))));

    [Theory]
    [InlineData("")]
    [InlineData("\\n")]
    [InlineData("\\u00e9")]
    [InlineData("é")]
    public void Texts_of_all_lengths_end_at_their_quote(string middle)
    {
        for (var length = 0; length < 150; length++)
        {
            var text = $"[\"{new string('a', length)}{middle}\",\"{middle}b\",{{\"{new string('c', length)}\":\"\"}}]";

            Assert.True(AreReadAlike(Encoding.UTF8.GetBytes(text)));
            Assert.False(AreReadAlike(Encoding.UTF8.GetBytes(text[..(length + 2 + middle.Length)])));
        }
    }

    [Fact]
    public void A_long_text_may_be_of_nothing_but_small_values()
    {
        var text = new byte[9 * 1024 * 1024 + 1];
        for (var place = 0; place < text.Length; place++)
        {
            text[place] = place == 0 ? (byte)'[' : place == text.Length - 1 ? (byte)']' : place % 2 == 0 ? (byte)',' : (byte)'1';
        }

        Assert.Equal(text.Length / 2, Value.FromJson(text).Count);
    }

    [Fact]
    public void The_table_is_the_same_whoever_builds_it_and_wherever_a_text_ends()
    {
        var chance = new Random(20_260_101);
        byte[][] pieces =
        [
            "\""u8.ToArray(), "\\"u8.ToArray(), "\\\\"u8.ToArray(), "\\u00e9"u8.ToArray(), "\\n"u8.ToArray(), "\0"u8.ToArray(), "\u001f"u8.ToArray(), [0xff], [0x80], "\u007f"u8.ToArray(), "é😀"u8.ToArray(),
            "{"u8.ToArray(), "}"u8.ToArray(), "["u8.ToArray(), "]"u8.ToArray(), ","u8.ToArray(), ":"u8.ToArray(), " "u8.ToArray(), "12"u8.ToArray(), "-1.5e9"u8.ToArray(), "true"u8.ToArray(), "null"u8.ToArray(), "a"u8.ToArray(),
        ];
        var (taken, refused) = (0, 0);
        for (var round = 0; round < 60_000; round++)
        {
            // Its parts move over the borders of the windows in which texts are looked for.
            var padding = new string(round % 2 == 0 ? 'x' : ' ', chance.Next(0, 200));
            var text = new List<byte>(Encoding.UTF8.GetBytes(round % 2 == 0 ? $"{{\"{padding}\":[\"" : $"{padding}[\""));
            for (var piece = chance.Next(0, 6); piece > 0; piece--)
            {
                text.AddRange(pieces[chance.Next(pieces.Length)]);
            }

            text.AddRange(Encoding.UTF8.GetBytes(round % 2 == 0 ? $"\",{{\"{padding}\":-0.5}}]}}" : $"\",1]{padding}"));
            if (round % 5 == 0)
            {
                text.RemoveRange(chance.Next(text.Count), 1);
            }

            Count(TablesAreAlike([.. text]), ref taken, ref refused);
        }

        Assert.True(taken > 5_000 && refused > 5_000, $"{taken} taken and {refused} refused say little.");
    }

    [Fact]
    public void A_text_may_lie_anywhere_in_memory()
    {
        var padded = Encoding.UTF8.GetBytes("""garbage{"a":[1,"é"],"b":{"c":2}}garbage""");
        var slice = Value.FromJson(padded.AsMemory(7..^7));
        using var foreign = new ForeignMemory(padded[7..^7]);

        Assert.Equal("""{"a":[1,"é"],"b":{"c":2}}""", slice.ToJson());
        Assert.Equal(2, slice.Field("b").Field("c").AsDouble());
        Assert.Equal("é", Value.FromJson(foreign.Memory).Field("a").Items().Last().AsString());
    }

    /// <summary>Memory that shows no array behind it, as a caller may bring it.</summary>
    private sealed class ForeignMemory(byte[] bytes) : MemoryManager<byte>
    {
        public override Span<byte> GetSpan() => bytes;

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin() => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            // There is nothing to give back.
        }
    }

    /// <returns>Whether both took it.</returns>
    private static bool AreReadAlike(byte[] text)
    {
        string? expected = null, actual = null;
        try
        {
            expected = Written(JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 512 }).RootElement);
        }
        catch (JsonException)
        {
            // Not JSON, then: both have to say so.
        }

        try
        {
            actual = Written(Value.FromJson(text));
        }
        catch (JsonException)
        {
            // As above.
        }

        Assert.True(expected == actual, $"{Encoding.UTF8.GetString(text)}: {expected ?? "refused"} expected, {actual ?? "refused"} given");
        return actual is not null;
    }

    private static bool TablesAreAlike(byte[] text)
    {
        static string Table(ReadOnlySpan<JsonToken> tokens) => string.Join(' ', tokens.ToArray().Select(token => $"{token.Start}+{token.Packed}"));
        string? expected = null, actual = null;
        try
        {
            expected = Table(JsonIndex.TokensOf(text, 3));
        }
        catch (JsonException)
        {
            // Not JSON, then: both have to say so.
        }

        try
        {
            using var table = JsonTable.Of(text, 3);
            actual = Table(table.Tokens);
        }
        catch (JsonException)
        {
            // As above.
        }

        Assert.True(expected == actual, Convert.ToHexString(text));
        return actual is not null;
    }

    private static void Count(bool isTaken, ref int taken, ref int refused) => _ = isTaken ? taken++ : refused++;

    private static string Written(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => $"[{string.Join(",", value.EnumerateArray().Select(Written))}]({value.GetArrayLength()})",
        JsonValueKind.Object => $"{{{string.Join(",", value.EnumerateObject().Select(field => $"{field.Name}:{Written(field.Value)}"))}}}",
        _ => value.GetRawText(),
    };

    private static string Written(Value value) => value.Kind switch
    {
        ValueKind.Array => $"[{string.Join(",", value.Items().Select(Written))}]({value.Count})",
        ValueKind.Object => $"{{{string.Join(",", value.Fields().Select(field => $"{field.Key}:{Written(field.Value)}"))}}}",
        _ => value.ToJson(),
    };
}
