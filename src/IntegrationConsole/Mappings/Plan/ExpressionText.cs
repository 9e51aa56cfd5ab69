using IntegrationConsole.Expressions;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>Reads the expressions of a mapping, and says in one sentence what is wrong with one and where.</summary>
internal static class ExpressionText
{
    /// <returns>The expression, or null and a sentence that says where it is wrong and what was expected.</returns>
    public static (Expression? Expression, string Problem) Parse(string text)
    {
        if (text.Trim().Length == 0)
        {
            return (null, "Write an expression, such as $uppercase(customer.name).");
        }

        var parsing = Expression.Parse(text);
        return parsing.IsParsed ? (parsing.Expression, "") : (null, $"{Place(text, parsing.Error.Position)}: {parsing.Error.Message}");
    }

    /// <summary>What is wrong with an expression, and at which of its characters, from 0; null for nothing, and where it cannot be said.</summary>
    public static (int Position, string Sentence)? MistakeIn(string text) =>
        text.Trim().Length > 0 && Expression.Parse(text) is { IsParsed: false, Error: { Position: { } position, Message: var sentence } } ? (Math.Clamp(position, 0, text.Length), sentence) : null;

    /// <summary>What went wrong with a record, without anything that stands in the record; goes on after "the expression".</summary>
    public static string Failed(string text, ExpressionError error) =>
        $"failed {Lower(Place(text, error.Position))}: {Lower(error.Discreet).TrimEnd('.')} ({error.Code})";

    private static string Place(string text, int? position)
    {
        if (position is not { } at)
        {
            return "In the expression";
        }

        var before = text.AsSpan(0, Math.Clamp(at, 0, text.Length));
        var line = before.Count('\n') + 1;
        var character = Math.Max(1, before.Length - before.LastIndexOf('\n') - 1);
        return text.Contains('\n') ? $"Line {line}, character {character}" : $"At character {character}";
    }

    private static string Lower(string sentence) => sentence.Length > 1 && char.IsUpper(sentence[0]) && !char.IsUpper(sentence[1]) ? char.ToLowerInvariant(sentence[0]) + sentence[1..] : sentence;
}
