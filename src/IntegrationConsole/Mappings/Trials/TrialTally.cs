using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Mappings.Trials;

/// <summary>One value that the draft makes otherwise than the published version. Both texts are data of a record.</summary>
/// <param name="Before">Null for no value.</param>
/// <param name="After">Null for no value.</param>
public sealed record ChangedValue(string Record, string? Before, string? After);

/// <summary>A field that comes out differently in some records.</summary>
public sealed record ChangedField(string Name, int Count, IReadOnlyList<ChangedValue> Examples);

/// <summary>Records that the draft rejects for one cause at one field.</summary>
/// <param name="Sentence">Of the first of them.</param>
/// <param name="Examples">The keys of some.</param>
public sealed record TrialFailure(FailureCause Cause, string Field, int Count, string Sentence, IReadOnlyList<string> Examples);

/// <summary>What a draft makes of records, beside what the published version makes of them. Its size does not grow with their number.</summary>
public sealed class TrialTally
{
    private const int MostExamples = 3;
    private const int MostFailures = 100;
    private const int LongestExample = 200;

    private readonly Dictionary<string, (int Count, List<ChangedValue> Examples)> _fields = [];
    private readonly Dictionary<(FailureCause, string), (int Count, string Sentence, List<string> Examples)> _failures = [];

    public int Seen { get; internal set; }

    /// <summary>The draft makes rows of them.</summary>
    public int Passing { get; internal set; }

    /// <summary>Of those passing, the ones that come out otherwise than with the published version.</summary>
    public int Changed { get; internal set; }

    /// <summary>Of those passing, the ones that the published version rejects or leaves out.</summary>
    public int NewlyPassing { get; internal set; }

    public int Filtered { get; internal set; }

    /// <summary>Of those left out, the ones that the published version does not leave out.</summary>
    public int NewlyFiltered { get; internal set; }

    public int Failing { get; internal set; }

    /// <summary>Of those failing, the ones that the published version does not reject.</summary>
    public int NewlyFailing { get; internal set; }

    /// <summary>Failing records whose cause and field are not among <see cref="Failures"/>: there are too many different ones.</summary>
    public int OtherFailures { get; private set; }

    /// <summary>The most frequent first.</summary>
    public IReadOnlyList<ChangedField> Fields => [.. _fields.OrderByDescending(pair => pair.Value.Count).Select(pair => new ChangedField(pair.Key, pair.Value.Count, pair.Value.Examples))];

    /// <summary>The most frequent first.</summary>
    public IReadOnlyList<TrialFailure> Failures =>
        [.. _failures.OrderByDescending(pair => pair.Value.Count).Select(pair => new TrialFailure(
            pair.Key.Item1, pair.Key.Item2, pair.Value.Count, pair.Value.Sentence, pair.Value.Examples))];

    internal void AddChange(string field, string record, string? before, string? after)
    {
        var known = _fields.GetValueOrDefault(field, (0, []));
        if (known.Examples.Count < MostExamples)
        {
            known.Examples.Add(new ChangedValue(Short(record)!, Short(before), Short(after)));
        }

        _fields[field] = (known.Count + 1, known.Examples);
    }

    internal void AddFailure(string record, Failure failure)
    {
        var key = (failure.Cause, failure.Field);
        if (!_failures.TryGetValue(key, out var known))
        {
            if (_failures.Count >= MostFailures)
            {
                OtherFailures++;
                return;
            }

            known = (0, failure.Sentence, []);
        }

        if (known.Examples.Count < MostExamples)
        {
            known.Examples.Add(Short(record)!);
        }

        _failures[key] = (known.Count + 1, known.Sentence, known.Examples);
    }

    /// <summary>Not in the middle of a character.</summary>
    private static string? Short(string? text) =>
        text is { Length: > LongestExample } ? text[..(char.IsHighSurrogate(text[LongestExample - 1]) ? LongestExample - 1 : LongestExample)] + "…" : text;
}
