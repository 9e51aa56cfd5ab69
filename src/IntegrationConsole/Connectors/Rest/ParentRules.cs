using IntegrationConsole.Connectors.Json;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>Which streams can stand below which.</summary>
internal static class ParentRules
{
    /// <param name="streams">All of the connection.</param>
    /// <param name="stream">The one that is looked at.</param>
    /// <param name="path">Where it is in the settings.</param>
    public static IEnumerable<SettingProblem> Check(IReadOnlyList<RestStream> streams, RestStream stream, string path)
    {
        if (!stream.CanRead)
        {
            return [];
        }

        var places = PathTemplate.TryParse(stream.Path, out var template) ? template.Places : null;
        if (!stream.IsBelow)
        {
            return places?.Contains(PathTemplate.Parent) is true
                ? [new($"{path}.parent", "Say below which stream it stands: {parent} in its path is the id of one of that stream's records.")] : [];
        }

        var parent = streams.FirstOrDefault(other => other.Name == stream.Parent);
        var unfit = ProblemWithParent(parent, stream);
        (string Name, string? Sentence)[] found =
        [
            ("parent", unfit),
            ("path", ProblemWithPlaces(places)),
            ("parentId", ProblemWithId(unfit is null ? parent : null, stream)),
            ("incrementalParameter", stream.IncrementalParameter.Length + stream.CursorField.Length == 0 ? null
                : "A stream below another is read in full: while its parents are read one after the other, records change below those that were read already, and a cursor would pass them by."),
            ("createPath", !stream.CanWrite || stream.CreatePath.Length > 0 ? null : "Say where records are made: {parent} in the stream's own path is for reading."),
        ];
        return found.Where(problem => problem.Sentence is not null).Select(problem => new SettingProblem($"{path}.{problem.Name}", problem.Sentence!));
    }

    private static string? ProblemWithParent(RestStream? parent, RestStream stream) => parent switch
    {
        null => $"There is no stream named {stream.Parent} in this connection: write the name of another one here, or nothing.",
        _ when parent.Name == stream.Name => "A stream cannot stand below itself.",
        { CanRead: false } => $"{parent.Name} is not set up for reading.",
        { IsBelow: true } => $"{parent.Name} stands below another stream itself: only one level is read.",
        _ => null,
    };

    private static string? ProblemWithPlaces(IReadOnlyList<string>? places) =>
        places is null ? "The braces around a name do not match."
            : places.Count == 0 ? "Say where the parent's id goes, such as /customers/{parent}/orders."
            : places.Any(place => place != PathTemplate.Parent) ? "Only {parent} is filled in when the stream is read." : null;

    private static string? ProblemWithId(RestStream? parent, RestStream stream) =>
        stream.ParentId.Length == 0 ? parent is null or { Keys: [_] } ? null : $"Say which field of {parent.Name} is its id: it has no single key field."
            : FieldPath.TryParse(stream.ParentId, out _) ? null : "This is not a path such as id or account.id; odd names go in backticks.";
}
