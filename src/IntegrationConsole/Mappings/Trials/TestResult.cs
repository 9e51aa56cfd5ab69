using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Mappings.Trials;

/// <summary>One thing that came out otherwise than expected.</summary>
/// <param name="Field">The field, with its row where there are several; empty for the record as a whole.</param>
/// <param name="Expected">Null for no value. A field's text is data of a record.</param>
/// <param name="Made">Null for no value.</param>
public sealed record TestDifference(string Field, string? Expected, string? Made);

/// <summary>How a saved test came out.</summary>
public sealed record TestResult(SavedTest Test, IReadOnlyList<TestDifference> Differences)
{
    public bool Passed => Differences.Count == 0;

    /// <summary>What differs, without any value of the record.</summary>
    public string Sentence => Passed ? "as expected" : string.Join("; ", Differences.Take(5).Select(Words)) + (Differences.Count > 5 ? $" and {Differences.Count - 5} more" : "");

    public static TestResult Of(SavedTest test, Expectation made)
    {
        var expected = test.Expectation;
        if (expected.End is ExpectedEnd.Rows && made.End is ExpectedEnd.Rows && expected.Rows.Count == made.Rows.Count)
        {
            return new TestResult(test,
            [
                .. expected.Rows.SelectMany((row, index) => Rows(row, made.Rows[index], expected.Rows.Count > 1 ? $" of row {index + 1}" : "")),
                .. expected.Children?.SelectMany(child => Children(child.Key, child.Value, made.Children?.GetValueOrDefault(child.Key))) ?? [],
            ]);
        }

        var isSame = expected.End == made.End && expected.End is not ExpectedEnd.Rows
            && (expected.End is ExpectedEnd.Filtered || (expected.Cause == made.Cause && (expected.Field.Length == 0 || expected.Field == made.Field)));
        return new TestResult(test, isSame ? [] : [new TestDifference("", EndOf(expected), EndOf(made))]);
    }

    /// <summary>The expressions of the mapping take so long that the test was not run.</summary>
    public static TestResult NotReached(SavedTest test) => new(test, [new TestDifference("", EndOf(test.Expectation), "was not tried in time")]);

    /// <summary>How a record ends, in words that follow "it".</summary>
    public static string EndOf(Expectation end) => end.End switch
    {
        ExpectedEnd.Rows => $"makes {Count(end.Rows.Count)}{string.Concat(end.Children?.Select(child => $" and {Count(child.Value.Count)} of {child.Key}") ?? [])}",
        ExpectedEnd.Filtered => "is left out",
        ExpectedEnd.Rejected => $"is rejected ({end.Cause.Code}{(end.Field.Length > 0 ? $" at {end.Field}" : "")})",
    };

    private static IEnumerable<TestDifference> Rows(IReadOnlyDictionary<string, string?> expected, IReadOnlyDictionary<string, string?> made, string which)
    {
        foreach (var (field, text) in expected)
        {
            if (!made.TryGetValue(field, out var value))
            {
                yield return new TestDifference(field + which, text, "(the mapping does not make this field)");
            }
            else if (value != text)
            {
                yield return new TestDifference(field + which, text, value);
            }
        }
    }

    /// <summary>The rows of a child table; of another number of them nobody can say which one differs.</summary>
    private static IEnumerable<TestDifference> Children(string stream, IReadOnlyList<IReadOnlyDictionary<string, string?>> expected, IReadOnlyList<IReadOnlyDictionary<string, string?>>? made) =>
        made is null ? [new TestDifference(stream, Count(expected.Count), "(the mapping does not fill this table)")]
        : made.Count != expected.Count ? [new TestDifference(stream, Count(expected.Count), Count(made.Count))]
        : expected.SelectMany((row, index) => Rows(row, made[index], $" of row {index + 1} of {stream}"));

    private static string Count(int rows) => rows switch { 0 => "no row", 1 => "a row", _ => $"{rows} rows" };

    private static string Words(TestDifference difference) =>
        difference.Field.Length > 0 ? $"{difference.Field} differs" : $"it {difference.Made} where it should be that it {difference.Expected}";
}
