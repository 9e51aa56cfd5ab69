using System.Text.RegularExpressions;
using IntegrationConsole.Mappings.Plan;

namespace IntegrationConsole.Mappings;

/// <summary>How paths begin in a mapping that splits or gathers: what was written for the record alone is moved under it in one step.</summary>
public static partial class StructureRoots
{
    /// <summary>Whether a path was written for the record alone.</summary>
    public static bool HasStray(MappingDocument document) =>
        RootOf(document).Length > 0 && (document.Fields.Any(rule => IsStray(document, rule)) || document.Conditions.Any(condition => IsStray(document, condition)));

    /// <summary>The same with those paths under the record; of a group under its first. Expressions are left to their author.</summary>
    public static MappingDocument Prefixed(MappingDocument document) => document with
    {
        Fields = [.. document.Fields.Select(rule => IsStray(document, rule) ? rule with { Source = Prefixed(document, rule) } : rule)],
        Conditions = [.. document.Conditions.Select(condition => IsStray(document, condition) ? condition with { Path = RootOf(document) + condition.Path } : condition)],
    };

    /// <summary>The same for the record alone again, when it is no longer split or gathered.</summary>
    public static MappingDocument Unprefixed(MappingDocument document) => document with
    {
        Fields = [.. document.Fields.Select(rule => rule with { Source = Unprefixed(document, rule) })],
        Conditions = [.. document.Conditions.Select(condition => document.Split.Length > 0 ? condition with { Path = Unprefixed(document, condition.Path) } : condition)],
    };

    private static string Unprefixed(MappingDocument document, FieldRule rule) => rule.Origin switch
    {
        ValueOrigin.Path => Unprefixed(document, rule.Source),
        ValueOrigin.Template => Places().Replace(rule.Source, place => place.Groups[1].Success ? $"{{{Unprefixed(document, place.Groups[1].Value)}}}" : place.Value),
        _ => rule.Source,
    };

    private static string Unprefixed(MappingDocument document, string path) =>
        RootOf(document) is { Length: > 0 } root && path.TrimStart().StartsWith(root, StringComparison.Ordinal) ? path.TrimStart()[root.Length..] : path;

    private static string RootOf(MappingDocument document) => document.Split.Length > 0 ? "record." : document.Group.Length > 0 ? "records[0]." : "";

    private static bool IsStray(MappingDocument document, FieldRule rule) =>
        rule.Origin is ValueOrigin.Path ? IsStray(document, rule.Source) : rule.Origin is ValueOrigin.Template && Prefixed(document, rule) != rule.Source;

    private static string Prefixed(MappingDocument document, FieldRule rule) => rule.Origin is ValueOrigin.Path
        ? RootOf(document) + rule.Source
        : Places().Replace(rule.Source, place => IsStray(document, place.Groups[1].Value.Trim()) ? $"{{{RootOf(document)}{place.Groups[1].Value.Trim()}}}" : place.Value);

    /// <summary>What a template has in braces; a doubled brace stands for itself.</summary>
    [GeneratedRegex(@"\{\{|\}\}|\{([^{}]*)\}")]
    private static partial Regex Places();

    /// <summary>A group's conditions see the record alone.</summary>
    private static bool IsStray(MappingDocument document, RecordCondition condition) => document.Split.Length > 0 && IsStray(document, condition.Path);

    private static bool IsStray(MappingDocument document, string text) => SourcePath.Parse(text).Path?.Steps[0].Name is { } first
        && !(document.Split.Length > 0 ? first is ViewPaths.Record or ViewPaths.Item or ViewPaths.Index : first is GroupRows.Key or GroupRows.Records);
}
