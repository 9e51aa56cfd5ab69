using System.Text.Json;
using IntegrationConsole.Connectors.Json;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>What the form's own rules cannot say about the settings of a REST connection.</summary>
internal static class RestRules
{
    public static IReadOnlyList<SettingProblem> Check(JsonElement json)
    {
        RestSettings settings;
        try
        {
            settings = RestSettings.Parse(json);
        }
        catch (JsonException wrong)
        {
            return [new SettingProblem(wrong.Path?.TrimStart('$', '.') ?? "", "This must be a whole number.")];
        }

        var problems = new List<SettingProblem>();
        Add(problems, "baseAddress", RestAddress.ProblemWithBase(settings.BaseAddress));
        Add(problems, "testPath", RestAddress.ProblemWithPath(settings.TestPath));
        foreach (var (name, value) in settings.Headers)
        {
            Add(problems, "headers", HeaderRules.ProblemWithName(name) ?? HeaderRules.ProblemWithValue(name, value));
        }

        for (var index = 0; index < settings.Streams.Count; index++)
        {
            var stream = settings.Streams[index];
            var path = $"streams[{index}]";
            CheckStream(stream, path, problems);
            problems.AddRange(ParentRules.Check(settings.Streams, stream, path));
            if (settings.Streams.Take(index).Any(other => other.Name == stream.Name))
            {
                problems.Add(new($"{path}.name", $"Another stream is named {stream.Name}."));
            }
        }

        return problems;
    }

    private static void CheckStream(RestStream stream, string path, List<SettingProblem> problems)
    {
        Add(problems, $"{path}.path", RestAddress.ProblemWithPath(stream.Path));
        if (!stream.CanRead && !stream.CanWrite)
        {
            problems.Add(new($"{path}.canRead", "A stream can be read, written or both."));
        }

        if (stream.CanRead)
        {
            CheckReading(stream, path, problems);
        }

        if (stream.CanWrite)
        {
            CheckWriting(stream, path, problems);
        }
    }

    private static void CheckReading(RestStream stream, string path, List<SettingProblem> problems)
    {
        CheckPath(stream.Records, $"{path}.records");
        CheckPath(stream.TotalPath, $"{path}.totalPath");
        CheckPath(stream.HasMorePath, $"{path}.hasMorePath");
        CheckPath(stream.CursorField, $"{path}.cursorField");
        if (stream.Pagination is RestPagination.Cursor)
        {
            CheckPath(stream.CursorPath, $"{path}.cursorPath");
            Need(stream.CursorPath, $"{path}.cursorPath", "Say where the answer has its cursor.");
            Need(stream.CursorParameter, $"{path}.cursorParameter", "Say by which parameter the cursor is sent back.");
        }

        if (stream.Pagination is RestPagination.NextLink)
        {
            CheckPath(stream.NextLinkPath, $"{path}.nextLinkPath");
            Need(stream.NextLinkPath, $"{path}.nextLinkPath", "Say where the answer has its next link.");
        }

        if (stream.Pagination is RestPagination.Page or RestPagination.Offset && stream.Stop is RestStop.Total)
        {
            Need(stream.TotalPath + stream.TotalHeader, $"{path}.totalPath", "Say where the answer has its total, or let the list end with an empty page.");
        }

        if ((stream.IncrementalParameter.Length > 0) != (stream.CursorField.Length > 0))
        {
            problems.Add(new(
                stream.CursorField.Length > 0 ? $"{path}.incrementalParameter" : $"{path}.cursorField", "Reading only what changed needs both: the parameter, and the field in the record."));
        }

        void CheckPath(string text, string where) => Add(problems, where, FieldPath.TryParse(text, out _) ? null : "This is not a path such as data.items; odd names go in backticks.");

        void Need(string text, string where, string sentence) => Add(problems, where, text.Length > 0 ? null : sentence);
    }

    private static void CheckWriting(RestStream stream, string path, List<SettingProblem> problems)
    {
        foreach (var (name, text) in (ReadOnlySpan<(string, string)>)[("createPath", stream.CreatePath), ("updatePath", stream.UpdatePath), ("upsertPath", stream.UpsertPath)])
        {
            Add(problems, $"{path}.{name}", RestAddress.ProblemWithPath(text) ?? ProblemWithPlaces(stream, text));
        }

        if (stream.Sending is RestSending.Single)
        {
            Add(problems, $"{path}.updatePath", stream.UpdatePath.Length == 0 || stream.UpdatePath.Contains('{') ? null : "Say where the key goes, such as /customers/{key}.");
            Add(problems, $"{path}.upsertPath", stream.Upsert is not RestUpsert.Put || stream.UpsertPath.Contains('{') ? null : "Say where the key goes, such as /customers/{key}.");
        }
        else
        {
            CheckResults(stream, path, problems);
        }

        CheckLookup(stream, path, problems);
        CheckTakingBack(stream, path, problems);
        if (stream.IdempotencyHeader.Length > 0)
        {
            Add(problems, $"{path}.idempotencyHeader", HeaderRules.ProblemWithName(stream.IdempotencyHeader));
        }
    }

    private static void CheckLookup(RestStream stream, string path, List<SettingProblem> problems)
    {
        foreach (var (name, text) in (ReadOnlySpan<(string, string)>)[("answerIdPath", stream.AnswerIdPath), ("lookupRecord", stream.LookupRecord)])
        {
            Add(problems, $"{path}.{name}", FieldPath.TryParse(text, out _) ? null : "This is not a path such as data.id; odd names go in backticks.");
        }

        Add(problems, $"{path}.lookupPath", stream.LookupPath.Length == 0 ? null
            : RestAddress.ProblemWithPath(stream.LookupPath)
                ?? (!PathTemplate.TryParse(stream.LookupPath, out var lookup) ? "The braces around a name do not match."
                    : lookup.Places.Count == 0 ? "Say where the key goes, such as /orders?external_id={key}." : null));
    }

    private static void CheckTakingBack(RestStream stream, string path, List<SettingProblem> problems)
    {
        if (stream.TakeBackPath.Length == 0)
        {
            return;
        }

        var isTemplate = PathTemplate.TryParse(stream.TakeBackPath, out var template);
        Add(problems, $"{path}.takeBackPath", RestAddress.ProblemWithPath(stream.TakeBackPath)
            ?? (!isTemplate ? "The braces around a name do not match."
                : template!.Places.All(place => place == PathTemplate.ParentId) ? "Say which record is meant, such as /orders/{remoteId}." : null));
        if (isTemplate && template!.Places.Contains(PathTemplate.RemoteId))
        {
            Add(problems, $"{path}.answerIdPath", stream.AnswerIdPath.Length > 0 ? null : "Say where the answer has the id by which the record is taken back.");
        }
    }

    private static void CheckResults(RestStream stream, string path, List<SettingProblem> problems)
    {
        foreach (var (name, text) in (ReadOnlySpan<(string, string)>)[("resultsPath", stream.ResultsPath), ("resultStatusPath", stream.ResultStatusPath), ("resultErrorPath", stream.ResultErrorPath)])
        {
            Add(problems, $"{path}.{name}", FieldPath.TryParse(text, out _) ? null : "This is not a path such as results; odd names go in backticks.");
        }

        if (stream.ResultsPath.Length > 0 && stream.ResultStatusPath.Length == 0 && stream.ResultErrorPath.Length == 0)
        {
            problems.Add(new($"{path}.resultStatusPath", "Say where a result has its status or its error."));
        }
    }

    private static string? ProblemWithPlaces(RestStream stream, string text) =>
        !PathTemplate.TryParse(text, out var template) ? "The braces around a name do not match."
            : stream.Sending is RestSending.Batch && template.Places.Count > 0 ? "A call with many records has no single key: leave the braces out." : null;

    private static void Add(List<SettingProblem> problems, string path, string? sentence)
    {
        if (sentence is not null)
        {
            problems.Add(new(path, sentence));
        }
    }
}
