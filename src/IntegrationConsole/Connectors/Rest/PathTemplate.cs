using System.Diagnostics.CodeAnalysis;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>
/// A path with places for values: <c>{key}</c> for the record's key, <c>{name}</c> for the field of that name,
/// <c>{parentId}</c> and <c>{remoteId}</c> for what the system answered, and when reading <c>{parent}</c> for the record below which a list stands. A value
/// becomes one segment or one query value and nothing else: it is escaped, and what would lead elsewhere is refused.
/// </summary>
internal sealed class PathTemplate
{
    public const string Key = "key";

    /// <summary>The id that the system gave the record.</summary>
    public const string RemoteId = "remoteId";

    /// <summary>The id that the system gave the record to which this one belongs.</summary>
    public const string ParentId = "parentId";

    /// <summary>The id of the record below which a list is read.</summary>
    public const string Parent = "parent";

    private readonly string[] _texts;

    private PathTemplate(string[] texts, string[] places)
    {
        _texts = texts;
        Places = places;
    }

    public IReadOnlyList<string> Places { get; }

    public static bool TryParse(string path, [NotNullWhen(true)] out PathTemplate? template)
    {
        template = null;
        var texts = new List<string>();
        var places = new List<string>();
        var at = 0;
        while (path.IndexOf('{', at) is >= 0 and var open)
        {
            var close = path.IndexOf('}', open);
            if (close <= open + 1 || path.AsSpan(open + 1, close - open - 1).Contains('{'))
            {
                return false;
            }

            texts.Add(path[at..open]);
            places.Add(path[(open + 1)..close]);
            at = close + 1;
        }

        texts.Add(path[at..]);
        template = texts.Exists(text => text.Contains('}')) ? null : new PathTemplate([.. texts], [.. places]);
        return template is not null;
    }

    /// <param name="valueOf">The value for a place; null where the record has none.</param>
    /// <returns>Null when a value cannot stand in an address.</returns>
    public string? Fill(Func<string, string?> valueOf)
    {
        var path = _texts[0];
        for (var index = 0; index < Places.Count; index++)
        {
            // Empty, a missing segment would address the whole list; dots would climb out of it.
            if (valueOf(Places[index]) is not { } value || value.Trim() is "" or "." or "..")
            {
                return null;
            }

            path += Uri.EscapeDataString(value) + _texts[index + 1];
        }

        return path;
    }
}
