using IntegrationConsole.Expressions.Functions;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Compiling;

/// <summary>The operator <c>&amp;</c>, as one string of all pieces of a chain.</summary>
internal static class Concatenation
{
    /// <param name="pieces">What is joined, two pieces at least.</param>
    /// <param name="positions">Where the operator before each piece stands; the first piece has that of the second.</param>
    public static Evaluation Of(Evaluation[] pieces, int[] positions)
    {
        if (pieces.Length == 2)
        {
            var (left, right, position) = (pieces[0], pieces[1], positions[0]);
            return (input, frame, run) =>
            {
                var (one, other) = (left(input, frame, run), right(input, frame, run));
                var first = Piece(one, position, run);
                var second = Piece(other, position, run);
                run.Take(2L * (first.Length + second.Length));
                return Value.Of(string.Concat(first, second));
            };
        }

        return (input, frame, run) =>
        {
            var texts = new string[pieces.Length];
            var first = pieces[0](input, frame, run);
            var length = 0L;
            for (var index = 1; index < pieces.Length; index++)
            {
                var next = pieces[index](input, frame, run);
                if (index == 1)
                {
                    texts[0] = Piece(first, positions[0], run);
                    length = texts[0].Length;
                }

                texts[index] = Piece(next, positions[index], run);
                length += texts[index].Length;
            }

            run.Take(2 * length);
            return Value.Of(string.Concat(texts));
        };
    }

    private static string Piece(Value value, int operatorPosition, Run run)
    {
        switch (value.Kind)
        {
            case ValueKind.Undefined:
                return "";
            case ValueKind.String:
                return value.AsString();
        }

        var (position, token) = (run.Position, run.Token);
        (run.Position, run.Token) = (operatorPosition, "&");
        var text = Texts.Of(value, run);
        (run.Position, run.Token) = (position, token);
        return text;
    }
}
