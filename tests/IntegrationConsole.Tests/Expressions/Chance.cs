using FsCheck;
using FsCheck.Fluent;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Tests.Expressions;

/// <summary>Holds what must hold to what chance makes: the same in every run, and made smaller where it fails.</summary>
internal static class Chance
{
    private static readonly string[] Words = ["a", "b", "c", "e\u0301", "😀", "", "$", "long name of a field", "\"", "\\", "\u0001", "\ud800", "1", "__proto__"];

    private static readonly string[] Numbers = ["0", "-0", "1", "-2.5", "1e3", "1E-7", "12345678901234567890", "0.1", "1e400", "-1e-400", "3.0"];

    public static void Holds<T>(Gen<T> made, int times, Action<T> claim) =>
        Prop.ForAll(Arb.From(made), claim).Check(Config.QuickThrowOnFailure.WithMaxTest(times).WithReplay(20_260_101, 7));

    /// <summary>What is a list of pieces shrinks by leaving pieces out.</summary>
    public static void HoldsForText(Gen<string[]> pieces, int times, Action<string> claim) =>
        Prop.ForAll(Arb.From(pieces, Shorter), list => claim(string.Concat(list))).Check(Config.QuickThrowOnFailure.WithMaxTest(times).WithReplay(20_260_101, 7));

    /// <summary>JSON of any shape, with the letters and numbers that readers stumble over.</summary>
    public static Gen<string> Json(int levels = 4) => levels == 0 ? Scalar() : Gen.Frequency(
        (2, Scalar()),
        (2, Json(levels - 1).ListOf().Select(items => $"[{string.Join(",", items.Take(5))}]")),
        (3, Text().Zip(Json(levels - 1)).ListOf().Select(fields => $"{{{string.Join(" ,", fields.Take(5).Select(field => $"{field.Item1}: {field.Item2}"))}}}")));

    private static Gen<string> Scalar() => Gen.OneOf(Gen.Elements("null", "true", "false"), Gen.Elements(Numbers), Text());

    private static Gen<string> Text() => Gen.Elements(Words).Select(word => Value.Of(word).ToJson());

    private static IEnumerable<string[]> Shorter(string[] pieces)
    {
        for (var size = pieces.Length / 2; size > 0; size /= 2)
        {
            for (var start = 0; start + size <= pieces.Length; start += size)
            {
                yield return [.. pieces[..start], .. pieces[(start + size)..]];
            }
        }
    }
}
