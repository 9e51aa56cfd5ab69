using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>How the rows of one run are sent: found out, and found possible, before the first one goes.</summary>
/// <param name="KeyField">The field that is the key; null when there is none or the key is made of several.</param>
internal sealed record RestWritePlan(
    RestStream Stream, WriteMode Mode, HttpMethod Method, PathTemplate Path, IReadOnlyList<RowField> Fields, bool HasKey, int? KeyField)
{
    /// <summary>Sent twice, it makes two records, unless the system knows the call by its idempotency key.</summary>
    public bool IsCreate => Mode is WriteMode.Append;

    public bool IsRepeatable => !IsCreate || Stream.IdempotencyHeader.Length > 0;

    /// <summary>Where the system is asked for the record of a row; null where it cannot be.</summary>
    public PathTemplate? Lookup { get; private init; }

    /// <summary>Where a row that was made is taken back; null where it is not.</summary>
    public PathTemplate? TakeBack { get; private init; }

    public static RestWritePlan For(RestStream stream, WriteRequest request)
    {
        if (!stream.CanWrite)
        {
            throw Wrong($"The stream {stream.Name} is not set up for writing.");
        }

        var (method, path) = request.Mode switch
        {
            WriteMode.Append => (stream.CreateMethod, CreatePath(stream)),
            WriteMode.Update when stream.UpdatePath.Length > 0 => (stream.UpdateMethod, stream.UpdatePath),
            WriteMode.Update => throw Wrong($"Records of {stream.Name} cannot be changed: set the path to change in the connection."),
            WriteMode.Overwrite => throw Wrong($"{stream.Name} cannot be replaced as a whole: write by key, or always make new ones."),
            WriteMode.Upsert => stream.Upsert switch
            {
                RestUpsert.Put => ("PUT", stream.UpsertPath.Length > 0 ? stream.UpsertPath : CreatePath(stream)),
                RestUpsert.Post => ("POST", stream.UpsertPath.Length > 0 ? stream.UpsertPath : CreatePath(stream)),
                RestUpsert.None => throw Wrong($"{stream.Name} cannot create or change in one call: choose to create or to change, or set it up in the connection."),
            },
        };
        if (!PathTemplate.TryParse(path, out var template))
        {
            throw Wrong($"The braces in {path} do not match.");
        }

        var fields = request.Fields.Select(field => field.Name).ToList();
        var lookup = LookupOf(stream, request);
        var takeBack = TakeBackOf(stream, request);
        IReadOnlyList<string> places = [.. template.Places, .. lookup?.Places ?? [], .. takeBack?.Places ?? []];
        if (request.Keys.Concat(places.Where(place => place is not (PathTemplate.Key or PathTemplate.RemoteId or PathTemplate.ParentId))).FirstOrDefault(name => !fields.Contains(name)) is { } missing)
        {
            throw Wrong($"{missing} is needed to address a record of {stream.Name}, but the mapping does not fill it.");
        }

        if (template.Places.Contains(PathTemplate.Key) && request.Keys.Count == 0)
        {
            throw Wrong($"{stream.Name} addresses each record by its key: name the key fields.");
        }

        return new RestWritePlan(stream, request.Mode, new HttpMethod(method), template, request.Fields, request.Keys.Count > 0, request.Keys is [var key] ? fields.IndexOf(key) : null)
        {
            Lookup = lookup, TakeBack = takeBack,
        };
    }

    /// <summary>The path of one row; null when a value in it cannot stand in an address.</summary>
    public string? PathOf(RowBatch rows, int row) => PathOf(Path, rows, row);

    /// <param name="path">Where.</param>
    /// <param name="rows">The batch.</param>
    /// <param name="row">Which one.</param>
    /// <param name="remoteId">The id that the system gave the row; null where it has none yet.</param>
    public string? PathOf(PathTemplate path, RowBatch rows, int row, string? remoteId = null) => path.Fill(place => place switch
    {
        PathTemplate.RemoteId => remoteId,
        PathTemplate.ParentId => rows.ParentIds?[row],
        PathTemplate.Key when KeyField is null => rows.KeyOf(row),
        PathTemplate.Key => rows[row][KeyField!.Value].ToText(),
        _ => rows[row][IndexOf(place)].ToText(),
    });

    /// <summary>Why a row has no path.</summary>
    public Failure ProblemWithPath(RowBatch rows, int row) =>
        Path.Places.Contains(PathTemplate.ParentId) && string.IsNullOrEmpty(rows.ParentIds?[row])
            ? new Failure(FailureCause.Configuration, $"{Stream.Name} needs the id of the record it belongs to, and the system did not say it: set where the answer to that record has it.", "parent")
            : new Failure(FailureCause.Validation, "The record's key is empty, or cannot stand in an address.", "key");

    private int IndexOf(string name)
    {
        for (var index = 0; index < Fields.Count; index++)
        {
            if (Fields[index].Name == name)
            {
                return index;
            }
        }

        throw new InvalidOperationException($"There is no field {name}.");
    }

    /// <summary>Records without a key can be asked for by their fields only.</summary>
    private static PathTemplate? LookupOf(RestStream stream, WriteRequest request) =>
        stream.LookupPath.Length == 0 ? null
            : !PathTemplate.TryParse(stream.LookupPath, out var lookup) ? throw Wrong($"The braces in {stream.LookupPath} do not match.")
            : request.Keys.Count == 0 && lookup.Places.Contains(PathTemplate.Key) ? null : lookup;

    private static PathTemplate? TakeBackOf(RestStream stream, WriteRequest request) =>
        stream.TakeBackPath.Length == 0 ? null
            : !PathTemplate.TryParse(stream.TakeBackPath, out var path) ? throw Wrong($"The braces in {stream.TakeBackPath} do not match.")
            : request.Keys.Count == 0 && path.Places.Contains(PathTemplate.Key) ? null : path;

    /// <summary>The query of the stream's path is for reading.</summary>
    private static string CreatePath(RestStream stream) => stream.CreatePath.Length > 0 ? stream.CreatePath : stream.Path.Split('?')[0];

    private static FailureException Wrong(string sentence) => new(new Failure(FailureCause.Configuration, sentence, "stream"));
}
