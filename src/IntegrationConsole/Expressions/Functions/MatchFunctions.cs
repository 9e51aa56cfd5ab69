using System.Globalization;
using System.Text;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Functions;

/// <summary>The built-in functions that search in strings.</summary>
internal static class MatchFunctions
{
    public static readonly BuiltIn[] All =
    [
        new("contains", "<s-(sf):b>", Contains),
        new("match", "<s-f<s:o>n?:a<o>>", Match),
        new("replace", "<s-(sf)(sf)n?:s>", Replace),
        new("split", "<s-(sf)n?:a<s>>", Split),
    ];

    private static Value Contains(Call call)
    {
        if (call[0].IsUndefined || call[1].IsUndefined)
        {
            return default;
        }

        return Value.Of(new Matches(call[0].AsString(), call[1], call).Next() is not null);
    }

    private static Value Match(Call call)
    {
        if (call[0].IsUndefined)
        {
            return default;
        }

        var limit = Limit(call, 2, "D3040", int.MaxValue);
        var text = call[0].AsString();
        var matches = new Matches(text, call[1], call);
        var described = ListValue.Sequence();
        for (var found = limit > 0 ? matches.Next() : null; found is not null && described.Count < limit; found = matches.Next())
        {
            var one = new ObjectValue();
            one.AddNew("match", Value.Of(found.Text));
            one.AddNew("index", Value.Of(found.Start));
            one.AddNew("groups", found.Groups);
            call.Run.Take(128 + 2L * found.Text.Length);
            described.Add(new Value(one));
        }

        return new Value(described);
    }

    private static double Limit(Call call, int index, string code, double otherwise)
    {
        if (call[index].IsUndefined)
        {
            return otherwise;
        }

        var limit = call[index].AsDouble();
        return limit < 0 ? throw new ExpressionFailure(code, call.Run.Position, value: Brief.Of(call[index])) : limit;
    }

    private static Value Split(Call call)
    {
        if (call[0].IsUndefined)
        {
            return default;
        }

        // A fraction of a part is none where a string separates, and one more where a pattern does.
        var limit = Limit(call, 2, "D3020", int.MaxValue);
        limit = call[1].Kind == ValueKind.String ? Math.Floor(limit) : Math.Ceiling(limit);
        var text = call[0].AsString();
        call.Run.Take(2L * text.Length);
        var parts = new ListValue();
        if (limit == 0)
        {
            return new Value(parts);
        }

        if (call[1].IsUndefined)
        {
            parts.Add(Value.Of(text));
        }
        else if (call[1].Kind == ValueKind.String && call[1].AsString().Length == 0)
        {
            for (var index = 0; index < text.Length && parts.Count < limit; index++)
            {
                call.Run.TakeItem(parts.Count);
                parts.Add(Value.Of(text[index].ToString()));
            }
        }
        else
        {
            Split(text, new Matches(text, call[1], call), limit, parts, call.Run);
        }

        return new Value(parts);
    }

    private static void Split(string text, Matches matches, double limit, ListValue parts, Run run)
    {
        var from = 0;
        for (var found = matches.Next(); found is not null && parts.Count < limit; found = matches.Next())
        {
            run.TakeItem(parts.Count);
            parts.Add(Value.Of(text[from..found.Start]));
            from = found.End;
        }

        if (parts.Count < limit)
        {
            parts.Add(Value.Of(text[from..]));
        }
    }

    private static Value Replace(Call call)
    {
        if (call[0].IsUndefined)
        {
            return default;
        }

        var isText = call[1].Kind == ValueKind.String;
        if (isText && call[1].AsString().Length == 0)
        {
            throw new ExpressionFailure("D3010", call.Run.Position, "replace");
        }

        var limit = Limit(call, 3, "D3011", int.MaxValue);
        var position = call.Run.Position;
        var text = call[0].AsString();
        var matches = new Matches(text, call[1], call);
        var replaced = new StringBuilder();
        var from = 0;
        var count = 0;
        for (var found = limit > 0 ? matches.Next() : null; found is not null && count < limit; found = matches.Next())
        {
            count++;
            var replacement = Replacement(call, found, isText, position);
            call.Run.Take(2L * (found.Start - from + replacement.Length));
            replaced.Append(text, from, found.Start - from).Append(replacement);
            from = found.End;
        }

        call.Run.Take(2L * (text.Length - from));
        return Value.Of(replaced.Append(text, from, text.Length - from).ToString());
    }

    private static string Replacement(Call call, Found found, bool isText, int position)
    {
        if (call[2].Function is { } function)
        {
            var described = new ObjectValue();
            described.AddNew("match", Value.Of(found.Text));
            described.AddNew("start", Value.Of(found.Start));
            described.AddNew("end", Value.Of(found.End));
            described.AddNew("groups", found.Groups);
            var answer = Sequences.Simplify(function.Invoke([new Value(described)], Value.Null, call.Frame, call.Run), false);
            return answer.Kind == ValueKind.String
                ? answer.AsString()
                : throw new ExpressionFailure("D3012", position, "replace", Brief.Of(answer));
        }

        var replacement = call[2].IsUndefined ? "undefined" : call[2].AsString();
        return isText ? replacement : Substitute(replacement, found);
    }

    /// <summary>Puts in the groups named by <c>$1</c> and so on; as many digits count as there are groups to number.</summary>
    private static string Substitute(string replacement, Found found)
    {
        var result = new StringBuilder();
        var groups = found.Groups.Count;
        var digits = groups == 0 ? 1 : (int)Math.Floor(Math.Log10(groups)) + 1;
        for (var at = 0; at < replacement.Length; at++)
        {
            if (replacement[at] != '$' || at + 1 >= replacement.Length)
            {
                result.Append(replacement[at]);
                continue;
            }

            var next = replacement[at + 1];
            if (next is '$' or '0')
            {
                result.Append(next == '$' ? "$" : found.Text);
                at++;
            }
            else if (char.IsAsciiDigit(next))
            {
                at += Group(replacement, at + 1, digits, found, result);
            }
            else
            {
                result.Append('$');
            }
        }

        return result.ToString();
    }

    private static int Group(string replacement, int at, int digits, Found found, StringBuilder result)
    {
        var length = 0;
        while (length < digits && at + length < replacement.Length && char.IsAsciiDigit(replacement[at + length]))
        {
            length++;
        }

        var groups = found.Groups.Count;
        var number = int.Parse(replacement.AsSpan(at, length), CultureInfo.InvariantCulture);
        if (length > 1 && number > groups)
        {
            number = int.Parse(replacement.AsSpan(at, --length), CultureInfo.InvariantCulture);
        }

        if (number <= groups && Compiling.Filters.At(found.Groups, number - 1) is { Kind: ValueKind.String } group)
        {
            result.Append(group.AsString());
        }

        return length;
    }
}
