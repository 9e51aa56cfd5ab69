using System.Text.RegularExpressions;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Expressions.Functions;

namespace IntegrationConsole.Mappings.Studio;

/// <summary>Something that can be written where the caret stands.</summary>
/// <param name="Text">What is shown, and written.</param>
/// <param name="Kind">value, function or variable.</param>
/// <param name="Detail">In a few words: a type and an example, or how a function is called.</param>
/// <param name="Does">What a function does; empty for values.</param>
/// <param name="Example">A whole expression.</param>
/// <param name="Gives">What the example makes.</param>
public sealed record Completed(string Text, string Kind, string Detail, string Does = "", string Example = "", string Gives = "");

/// <summary>What can be written at a place in a source, and which part of the text it takes the place of.</summary>
public sealed partial record Completion(int From, int To, IReadOnlyList<Completed> Options)
{
    public static readonly Completion None = new(0, 0, []);

    private const int MostOptions = 40;

    private static readonly Completed[] OfTheRun =
    [
        new("$tenant", "variable", "text", "The tenant as it stands in addresses."),
        new("$run", "variable", "text", "The id of the run; zeros in the preview."),
        new("$$", "variable", "the whole record", "The record from its top, wherever the expression is."),
    ];

    /// <param name="origin">What is being written.</param>
    /// <param name="text">As far as it is written.</param>
    /// <param name="caret">Where.</param>
    /// <param name="asked">Somebody asked for it: then everything is offered even where nothing is begun.</param>
    /// <param name="values">What the sample records hold.</param>
    public static Completion At(ValueOrigin origin, string text, int caret, bool asked, IReadOnlyList<SampleValue> values)
    {
        caret = Math.Clamp(caret, 0, text.Length);
        return origin switch
        {
            ValueOrigin.Path => OfPath(text, 0, text.Length, caret, asked, values),
            ValueOrigin.Template => OfTemplate(text, caret, values),
            ValueOrigin.Expression => OfExpression(text, caret, asked, values),
            ValueOrigin.Constant => None,
        };
    }

    private static Completion OfPath(string text, int from, int to, int caret, bool asked, IReadOnlyList<SampleValue> values)
    {
        var begun = text[from..caret].TrimStart();
        return begun.Length == 0 && !asked ? None : Offer(from, to, text[from..to], Matching(begun, values.Select(value => (value.Path, value))));
    }

    private static Completion OfTemplate(string text, int caret, IReadOnlyList<SampleValue> values)
    {
        var open = caret == 0 ? -1 : text.LastIndexOf('{', caret - 1);
        if (open < 0 || text.IndexOf('}', open, caret - open) >= 0 || (open > 0 && text[open - 1] == '{'))
        {
            return None;
        }

        var close = text.AsSpan(caret).IndexOfAny('}', '{', ' ');
        return OfPath(text, open + 1, close < 0 ? text.Length : caret + close, caret, asked: true, values);
    }

    private static Completion OfExpression(string text, int caret, bool asked, IReadOnlyList<SampleValue> values)
    {
        var place = ExpressionPlace.At(text, caret);
        if (place.Kind is PlaceKind.Nothing || (place.Begun.Length == 0 && !asked && !place.IsLedTo))
        {
            return None;
        }

        if (place.Kind is PlaceKind.Variable)
        {
            return Offer(place.From, place.To, text[place.From..place.To], OfDollar(text, place.Begun));
        }

        var below = place.Context is not { } context ? [] : values
            .Select(value => (Path: SourceReads.WithoutPositions(value.Path), value))
            .Where(each => context.Length == 0 || SourceReads.IsAbove(context, each.Path))
            .Select(each => (context.Length == 0 ? each.Path : each.Path[(context.Length + 1)..], each.value)).DistinctBy(each => each.Item1);
        return Offer(place.From, place.To, text[place.From..place.To], Matching(place.Begun, below));
    }

    /// <summary>Functions and variables: a dollar sign and the beginning of a name, or something of it.</summary>
    private static IEnumerable<Completed> OfDollar(string text, string begun)
    {
        var own = OwnVariables().Matches(text).Select(match => match.Groups["name"].Value).Distinct().Where(name => name != begun)
            .Select(name => new Completed("$" + name, "variable", "of this expression", "A variable that this expression binds itself."));
        var functions = FunctionCatalog.All.Select(note => new Completed("$" + note.Name, "function", note.Signature, note.IsOurs ? $"{note.Does} Ours, beyond the language." : note.Does, note.Example, note.Gives));
        return Ranked(begun, own.Concat(OfTheRun).Concat(functions.OrderBy(option => option.Text, StringComparer.OrdinalIgnoreCase)), option => option.Text[1..]);
    }

    private static IEnumerable<Completed> Matching(string begun, IEnumerable<(string Path, SampleValue Value)> values) =>
        Ranked(begun, values, each => each.Path).Select(each => new Completed(each.Path, "value", each.Value.Example.Length > 0 ? $"{each.Value.Type.Words}, such as {each.Value.Example}" : each.Value.Type.Words));

    /// <summary>First what begins so, then what has a step that begins so, then what holds it anywhere.</summary>
    private static IEnumerable<T> Ranked<T>(string begun, IEnumerable<T> items, Func<T, string> name)
    {
        int Rank(string text) =>
            text.StartsWith(begun, StringComparison.OrdinalIgnoreCase) ? 0
            : text.Split('.').Any(step => step.TrimStart('`').StartsWith(begun.TrimStart('`'), StringComparison.OrdinalIgnoreCase)) ? 1
            : text.Contains(begun, StringComparison.OrdinalIgnoreCase) ? 2 : 3;
        return items.Select(item => (Item: item, Rank: Rank(name(item)))).Where(each => each.Rank < 3).OrderBy(each => each.Rank).Select(each => each.Item);
    }

    /// <summary>Nothing where the only value to offer is there already; what a function does is worth saying even then.</summary>
    private static Completion Offer(int from, int to, string written, IEnumerable<Completed> options)
    {
        var offered = options.Take(MostOptions).ToList();
        return offered.Count == 0 || (offered is [{ Kind: "value" } only] && only.Text == written) ? None : new Completion(from, to, offered);
    }

    [GeneratedRegex(@"\$(?<name>\w+)\s*:=|[@#]\$(?<name>\w+)|(?:function|λ)\s*\((?:\s*\$(?<name>\w+)\s*,?)*")]
    private static partial Regex OwnVariables();
}
