using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Functions;

/// <summary>One match found by a pattern.</summary>
internal sealed record Found(string Text, int Start, int End, Value Groups);

/// <summary>
/// The matches of a pattern in a text, one after the other. The pattern is a string, a regular expression, or any
/// function that answers as one does.
/// </summary>
internal sealed class Matches
{
    private readonly string _text;
    private readonly Caller _caller;
    private readonly RegexMatcher? _regex;
    private readonly string? _literal;
    private Function? _custom;
    private int _from;
    private bool _hasBegun;

    public Matches(string text, Value pattern, Call call)
    {
        _text = text;
        _caller = new Caller(call.Input, call.Frame, call.Run);
        _regex = pattern.Reference as RegexMatcher;
        _literal = pattern.Kind == ValueKind.String ? pattern.AsString() : null;
        _custom = _regex is null ? pattern.Function : null;
    }

    public Found? Next()
    {
        if (_literal is not null)
        {
            _caller.Run.Step();
            var at = _from > _text.Length ? -1 : _text.IndexOf(_literal, _from, StringComparison.Ordinal);
            return at < 0 ? null : Advance(new Found(_literal, at, at + _literal.Length, new Value(new ListValue(0))));
        }

        if (_regex is not null)
        {
            var match = _hasBegun ? _regex.FindNext(_text, _from, _caller.Run) : _regex.Find(_text, _caller.Run);
            _hasBegun = true;
            return match is not null
                ? Advance(new Found(match.Value, match.Index, match.Index + match.Length, new Value(RegexMatcher.Groups(match))))
                : null;
        }

        return NextOfCustom();
    }

    private Found Advance(Found found)
    {
        _from = found.End;
        return found;
    }

    private Found? NextOfCustom()
    {
        if (_custom is null)
        {
            return null;
        }

        _caller.Run.Step();
        Value[] arguments = _from == 0 ? [Value.Of(_text)] : [];
        var answer = Sequences.Simplify(_custom.Invoke(arguments, _caller.Input, _caller.Frame, _caller.Run), false);
        if (answer.IsUndefined)
        {
            return null;
        }

        var (start, end, groups, next) = (answer.Field("start"), answer.Field("end"), answer.Field("groups"), answer.Field("next"));
        if (start.Kind != ValueKind.Number || end.Kind != ValueKind.Number || !groups.IsArray || next.Kind != ValueKind.Function)
        {
            throw new ExpressionFailure("T1010", _caller.Run.Position, _caller.Run.Token);
        }

        _custom = next.Function;
        var found = new Found(
            answer.Field("match") is { Kind: ValueKind.String } match ? match.AsString() : "",
            (int)Math.Clamp(start.AsDouble(), _from, _text.Length),
            (int)Math.Clamp(end.AsDouble(), _from, _text.Length),
            groups);

        // A matcher that finds nothing again and again would never end.
        return found.End > _from ? Advance(found) : throw new ExpressionFailure("D1004", _caller.Run.Position);
    }

    /// <summary>What a call needs besides its arguments, which cannot be kept.</summary>
    private sealed record Caller(Value Input, Frame Frame, Run Run);
}
