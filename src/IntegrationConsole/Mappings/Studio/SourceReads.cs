using System.Text.RegularExpressions;
using IntegrationConsole.Expressions.Parsing;
using IntegrationConsole.Mappings.Plan;

namespace IntegrationConsole.Mappings.Studio;

/// <summary>Which values of the source record a rule reads.</summary>
public static partial class SourceReads
{
    private const string OfRecord = ViewPaths.Record + ".";

    /// <returns>Paths; those of expressions without positions in lists. Nothing where the source cannot be read as it is written.</returns>
    public static IReadOnlyList<string> Of(FieldRule rule) => rule.Origin switch
    {
        ValueOrigin.Path => SourcePath.Parse(rule.Source).Path is { } path ? [path.Text] : [],
        ValueOrigin.Template => Template.Parse(rule.Source, new PathSet()).Template?.Paths ?? [],
        ValueOrigin.Expression => PathsRead.Of(rule.Source),
        ValueOrigin.Constant => [],
    };

    /// <summary>What decides whether a record is taken at all.</summary>
    public static IReadOnlyList<string> OfConditions(MappingDocument document) =>
        [.. document.Conditions.Select(condition => condition.Path).Where(path => SourcePath.Parse(path).Path is not null), .. document.Filter.Length > 0 ? PathsRead.Of(document.Filter) : []];

    /// <summary>What the record key and the child tables read, and which of them does. An item is read with its list.</summary>
    public static IEnumerable<(string Path, string By)> OfStructure(MappingDocument document) =>
    [
        .. (document.Key.Length > 0 ? PathsRead.Of(document.Key) : []).Select(path => (path, "the record key")),
        .. document.Children.SelectMany(child => PathsRead.Of(child.List).Select(path => (path, child.Stream))),
        .. from child in document.Children
           from rule in child.Fields
           from path in Of(rule)
           where path.StartsWith(OfRecord, StringComparison.Ordinal)
           select (path[OfRecord.Length..], $"{child.Stream}.{rule.Name}"),
    ];

    /// <summary>A path without its positions: the same for all items of a list.</summary>
    public static string WithoutPositions(string path) => path.Contains('[') ? Positions().Replace(path, "") : path;

    /// <summary>Whether a read value is the one at a path, or is around it, or is a part of it. Both without positions.</summary>
    public static bool Touches(string read, string path) =>
        read == path || IsAbove(path, read) || IsAbove(read.EndsWith('*') ? read[..^1].TrimEnd('.') : read, path) || read == "*";

    /// <summary>Whether a path leads to another one that lies inside.</summary>
    internal static bool IsAbove(string outer, string inner) => inner.Length > outer.Length && inner[outer.Length] == '.' && inner.StartsWith(outer, StringComparison.Ordinal);

    [GeneratedRegex(@"\[\d+\]")]
    private static partial Regex Positions();
}
