using System.Globalization;
using IntegrationConsole.Mappings.Plan;

namespace IntegrationConsole.Mappings.Text;

/// <summary>
/// Where in a mapping's text its problems are. An expression counts its own lines: in the text there is one line for a
/// mistake, and it is the text's.
/// </summary>
public static class ProblemLines
{
    /// <param name="text">The text.</param>
    /// <param name="reading">What it was read as.</param>
    /// <param name="problems">What is wrong with that mapping.</param>
    public static IReadOnlyList<(int Line, string Sentence)> Of(string text, TextReading reading, IReadOnlyList<MappingProblem> problems)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        return [.. problems.Select(problem => At(lines, reading, problem))];
    }

    private static (int Line, string Sentence) At(string[] lines, TextReading reading, MappingProblem problem)
    {
        var key = KeyOf(problem);
        var line = LineOf(reading.Lines, key);
        if (reading.Document is not { } document || ExpressionAt(document, problem) is not { } expression
            || ExpressionText.MistakeIn(expression) is not { } mistake || !problem.Sentence.EndsWith(mistake.Sentence, StringComparison.Ordinal))
        {
            return (line, $"Line {line}, {key}: {problem.Sentence}");
        }

        var (before, there) = Around(expression, mistake.Position);
        if (Find(lines, line, before, there) is not var (found, column))
        {
            return (line, $"Line {line}, {key}: {mistake.Sentence}");
        }

        var character = column + Math.Max(1, mistake.Position - (expression.LastIndexOf('\n', Math.Max(0, mistake.Position - 1)) + 1));
        return (found, $"Line {found}, character {character}, {key}: {mistake.Sentence}");
    }

    private static string KeyOf(MappingProblem problem) =>
        problem.Field < 0 ? Lower(problem.Part) : $"fields[{problem.Field}].{Lower(problem.Part)}";

    /// <summary>Parts are properties; keys begin small.</summary>
    private static string Lower(string part)
    {
        var name = part.LastIndexOf('.') + 1;
        return $"{part[..name]}{char.ToLowerInvariant(part[name])}{part[(name + 1)..]}";
    }

    /// <summary>That of the key, or of the nearest one around it that is written.</summary>
    private static int LineOf(IReadOnlyDictionary<string, int> lines, string key)
    {
        var known = key;
        while (!lines.ContainsKey(known) && known.LastIndexOfAny(['.', '[']) is > 0 and var end)
        {
            known = known[..end];
        }

        return lines.GetValueOrDefault(known, 1);
    }

    private static string? ExpressionAt(MappingDocument document, MappingProblem problem) => problem switch
    {
        { Field: >= 0, Part: nameof(FieldRule.Source) } => SourceOf(document.Fields, problem.Field),
        { Part: MappingRules.FilterPart } => document.Filter,
        { Part: MappingRules.KeyPart } => document.Key,
        { Part: MappingRules.SplitPart } => document.Split,
        { Part: MappingRules.GroupPart } => document.Group,
        { Field: < 0 } => InChild(document, problem.Part),
        _ => null,
    };

    private static string? InChild(MappingDocument document, string part)
    {
        for (var child = 0; child < document.Children.Count; child++)
        {
            var start = $"{MappingRules.ChildPart(child)}.";
            if (part.StartsWith(start, StringComparison.Ordinal))
            {
                var rest = part[start.Length..];
                return rest == "list" ? document.Children[child].List
                    : rest.StartsWith("fields[", StringComparison.Ordinal) && rest.EndsWith($"].{nameof(FieldRule.Source)}", StringComparison.Ordinal)
                        && int.TryParse(rest.AsSpan(7, rest.IndexOf(']') - 7), CultureInfo.InvariantCulture, out var field) ? SourceOf(document.Children[child].Fields, field)
                    : null;
            }
        }

        return null;
    }

    private static string? SourceOf(IReadOnlyList<FieldRule> fields, int index) =>
        index < fields.Count && fields[index] is { Origin: ValueOrigin.Expression, Source: var source } ? source : null;

    /// <returns>How many lines of the expression stand before the position, and the one that it is in.</returns>
    private static (int Before, string There) Around(string expression, int position)
    {
        var start = position == 0 ? 0 : expression.LastIndexOf('\n', position - 1) + 1;
        var end = expression.IndexOf('\n', position);
        return (expression.AsSpan(0, start).Count('\n'), expression[start..(end < 0 ? expression.Length : end)]);
    }

    /// <summary>An expression stands behind its key, or as a block below it; null where it is written otherwise, with escapes for instance.</summary>
    private static (int Line, int Column)? Find(string[] lines, int keyLine, int before, string there)
    {
        foreach (var line in (int[])[before == 0 ? keyLine : keyLine + 1 + before, keyLine + 1 + before])
        {
            if (line <= lines.Length && lines[line - 1] is var written && written.IndexOf(there, line == keyLine ? written.IndexOf(':') + 1 : 0, StringComparison.Ordinal) is >= 0 and var column)
            {
                return (line, column);
            }
        }

        return null;
    }
}
