using System.Text.RegularExpressions;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Functions;

/// <summary>
/// A regular expression, which is a function from a string to a match. It runs on the engine that cannot run away where
/// the pattern allows that, and against the clock in any case.
/// </summary>
internal sealed class RegexMatcher : Function
{
    private readonly string _pattern;
    private readonly RegexOptions _options;
    private volatile Regex _regex;

    private RegexMatcher(string pattern, RegexOptions options)
    {
        _pattern = pattern;
        _options = options;
        _regex = Build(ExpressionLimits.Default.RegexTime);
    }

    public override int Arity => 1;

    public static RegexMatcher Of(string pattern, string flags, int? position)
    {
        try
        {
            var options = RegexOptions.CultureInvariant | (flags.Contains('i') ? RegexOptions.IgnoreCase : RegexOptions.None);
            return PatternSize.Of(pattern) <= PatternSize.Largest
                ? new RegexMatcher(JavaScriptPattern.Translate(pattern, flags.Contains('m')), options)
                : throw new FormatException("its repetitions multiply to too large a size.");
        }
        catch (Exception problem) when (problem is ArgumentException or FormatException)
        {
            throw new ExpressionFailure("S0303", position, value: pattern, detail: problem.Message);
        }
    }

    public override Value Invoke(ReadOnlySpan<Value> arguments, Value input, Frame frame, Run run)
    {
        if (arguments.Length == 0 || arguments[0].Kind != ValueKind.String)
        {
            return default;
        }

        var text = arguments[0].AsString();
        return Describe(Find(text, run), text, run);
    }

    /// <summary>The first match, which may be of nothing.</summary>
    public Match? Find(string text, Run run) => Find(text, 0, run);

    /// <summary>The next match at or after a place. A match of nothing is refused, as a search for it would not end.</summary>
    public Match? FindNext(string text, int from, Run run) => from >= text.Length ? null : Find(text, from, run) switch
    {
        { Length: 0 } => throw new ExpressionFailure("D1004", run.Position, value: _pattern),
        var match => match,
    };

    private Match? Find(string text, int from, Run run)
    {
        run.Step();
        try
        {
            var match = For(run).Match(text, from);
            return match.Success ? match : null;
        }
        catch (RegexMatchTimeoutException)
        {
            throw new ExpressionFailure(ErrorCodes.RegexTime, run.Position, value: _pattern);
        }
    }

    /// <summary>A match as the language shows it, with a function that finds the next one.</summary>
    public Value Describe(Match? match, string text, Run run)
    {
        if (match is null)
        {
            return default;
        }

        run.Take(256 + 2L * match.Length);
        var described = new ObjectValue();
        described.AddNew("match", Value.Of(match.Value));
        described.AddNew("start", Value.Of(match.Index));
        described.AddNew("end", Value.Of(match.Index + match.Length));
        described.AddNew("groups", new Value(Groups(match)));
        described.AddNew("next", new Value(new NextMatch(this, text, match.Index + match.Length)));
        return new Value(described);
    }

    public static ListValue Groups(Match match)
    {
        var groups = new ListValue(Math.Max(1, match.Groups.Count - 1));
        for (var index = 1; index < match.Groups.Count; index++)
        {
            groups.Add(match.Groups[index].Success ? Value.Of(match.Groups[index].Value) : default);
        }

        return groups;
    }

    private Regex For(Run run)
    {
        var regex = _regex;
        if (regex.MatchTimeout != run.Limits.RegexTime)
        {
            _regex = regex = Build(run.Limits.RegexTime);
        }

        return regex;
    }

    private Regex Build(TimeSpan timeout)
    {
        // The engine that cannot run away writes counted repetitions out, so it must not be given towers of them.
        if (PatternSize.Of(_pattern) <= PatternSize.Small)
        {
            try
            {
                return new Regex(_pattern, _options | RegexOptions.NonBacktracking, timeout);
            }
            catch (NotSupportedException)
            {
                // It looks around or back, which only the backtracking engine can do.
            }
        }

        return new Regex(_pattern, _options, timeout);
    }

    private sealed class NextMatch(RegexMatcher matcher, string text, int from) : Function
    {
        public override int Arity => 0;

        public override Value Invoke(ReadOnlySpan<Value> arguments, Value input, Frame frame, Run run) =>
            matcher.Describe(matcher.FindNext(text, from, run), text, run);
    }
}
