using IntegrationConsole.Expressions.Functions;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Compiling;

/// <summary>The operator <c>&amp;</c>, as one string of all pieces of a chain.</summary>
internal static class Concatenation
{
    public static Evaluation Of(Evaluation[] pieces)
    {
        if (pieces.Length == 2)
        {
            var (left, right) = (pieces[0], pieces[1]);
            return (input, frame, run) =>
            {
                var first = Piece(left(input, frame, run), run);
                var second = Piece(right(input, frame, run), run);
                run.Take(2L * (first.Length + second.Length));
                return Value.Of(string.Concat(first, second));
            };
        }

        return (input, frame, run) =>
        {
            var texts = new string[pieces.Length];
            var length = 0L;
            for (var index = 0; index < pieces.Length; index++)
            {
                texts[index] = Piece(pieces[index](input, frame, run), run);
                length += texts[index].Length;
            }

            run.Take(2 * length);
            return Value.Of(string.Concat(texts));
        };
    }

    private static string Piece(Value value, Run run) => value.Kind switch
    {
        ValueKind.Undefined => "",
        ValueKind.String => value.AsString(),
        _ => Texts.Of(value, run),
    };
}
