using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>Puts what is wrong with a record's fields into the one failure that its letter carries.</summary>
internal static class ProblemText
{
    /// <summary>The first problem in full, the fields of the others by name.</summary>
    /// <param name="problems">At least one.</param>
    /// <param name="place">Which row of the record it is about, such as <c>Item 3</c>; empty where there is only one.</param>
    public static Failure Of(IReadOnlyList<FieldProblem> problems, string place = "")
    {
        var first = problems[0];
        var sentence = Sentence(first, place);
        if (problems.Count > 1)
        {
            sentence += $" Also {string.Join(", ", problems.Skip(1).Select(problem => problem.Brief).Distinct().Take(10))}.";
        }

        return new Failure(first.Cause, sentence, first.Code, first.Field);
    }

    public static string Sentence(FieldProblem problem, string place = "")
    {
        var text = problem.Field.Length > 0 ? $"{problem.Field}: {problem.Sentence}." : $"{problem.Sentence}.";
        return place.Length > 0 ? $"{place}: {text}" : problem.Field.Length > 0 ? text : Upper(text);
    }

    private static string Upper(string text) => $"{char.ToUpperInvariant(text[0])}{text[1..]}";
}
